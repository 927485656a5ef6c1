"""Find and load `.env` files: the only writer of the process environment."""

from __future__ import annotations

import os
from pathlib import Path

from dotenv import dotenv_values

ENV_FILE_NAME = ".env"
PROJECT_ROOT = Path(__file__).resolve().parents[2]


def env_files(start: Path | None = None) -> list[Path]:
    """List the `.env` files that count, nearest first.

    Args:
        start: Folder to search from; the current folder when None.

    Returns:
        Existing files: the start folder, its ancestors, then the project root, each once.
    """
    origin = (start or Path.cwd()).resolve()
    folders = [origin, *origin.parents, PROJECT_ROOT]
    found: dict[Path, None] = {}
    for folder in folders:
        candidate = folder / ENV_FILE_NAME
        try:
            if candidate.is_file():
                found[candidate] = None
        except OSError:  # an ancestor we may not look into holds no settings of ours
            continue
    return list(found)


def load_env(start: Path | None = None) -> list[Path]:
    """Load `.env` files into the environment; the nearest file wins, and beats exported variables.

    Args:
        start: Folder to search from; the current folder when None.

    Returns:
        The files that were read, nearest first.
    """
    files = env_files(start)
    for path in reversed(files):  # the nearest is written last, so it wins
        try:
            values = dotenv_values(path, encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
        os.environ.update({key: value for key, value in values.items() if value is not None})
    return files
