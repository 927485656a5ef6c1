"""Find and load `.env` files: the only writer of the process environment."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

ENV_FILE_NAME = ".env"
PROJECT_ROOT = Path(__file__).resolve().parents[2]

# PowerShell 5 writes UTF-16 with `>`: a file that looks right in every editor.
_ENCODINGS = (
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


@dataclass(frozen=True, slots=True)
class LoadedEnv:
    """What loading the `.env` files did.

    Attributes:
        files: Files that were read, nearest first.
        origins: Variable name -> file its value came from; exported variables are absent.
        problems: One sentence per file or line that could not be used.
    """

    files: tuple[Path, ...] = ()
    origins: Mapping[str, Path] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def env_files(start: Path | None = None) -> list[Path]:
    """List the `.env` files that count, nearest first.

    Args:
        start: Folder to search from; the current folder when None.

    Returns:
        Existing files: the start folder, its ancestors, then the project root, each once.
    """
    origin = (start or Path.cwd()).resolve()
    folders = [origin, *origin.parents, PROJECT_ROOT]
    candidates = dict.fromkeys(folder / ENV_FILE_NAME for folder in folders)
    return [path for path in candidates if _is_there(path)]


def load_env(start: Path | None = None) -> LoadedEnv:
    """Load `.env` files into the environment; the nearest file wins, and beats exported variables.

    A file that cannot be read is reported, never silently passed over: its token may be the one
    the operator means to use.

    Args:
        start: Folder to search from; the current folder when None.

    Returns:
        Files read, where each variable came from, and what was unusable.
    """
    read: list[Path] = []
    origins: dict[str, Path] = {}
    problems: list[str] = []
    for path in reversed(env_files(start)):  # the nearest is written last, so it wins
        try:
            text = _decoded(path.read_bytes())
        except OSError as error:
            problems.append(f"{path} cannot be read: {error.strerror or error}")
            continue
        except UnicodeDecodeError:
            problems.append(f"{path} is not text in UTF-8 or UTF-16")
            continue
        values = _values(text)
        os.environ.update(values)
        origins.update(dict.fromkeys(values, path))
        problems.extend(f"{path}, line {line}: not NAME=value" for line in _bad_lines(text))
        read.append(path)
    return LoadedEnv(tuple(reversed(read)), origins, tuple(problems))


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # an ancestor we may not look into holds no settings of ours
        return False


def _decoded(raw: bytes) -> str:
    encoding = next((name for mark, name in _ENCODINGS if raw.startswith(mark)), None)
    if encoding is None and b"\0" in raw[:2]:  # names are ASCII: half of each character is zero
        encoding = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
    return raw.decode(encoding or "utf-8")


def _bad_lines(text: str) -> Iterator[int]:
    """Number the lines that set nothing: they may be a token that stands alone."""
    for binding in parse_stream(io.StringIO(text)):
        text = binding.original.string
        has_no_value = binding.key is not None and binding.value is None
        if binding.error or has_no_value or "\0" in text:
            blank = text[: len(text) - len(text.lstrip())]  # the parser counts blank lines before
            yield binding.original.line + blank.count("\n")


def _values(text: str) -> dict[str, str]:
    """Parse the text; a blank value is no value, and what the system would refuse is left out."""
    usable = "".join(
        binding.original.string
        for binding in parse_stream(io.StringIO(text))
        if not binding.error  # reported by line; python-dotenv would log its text, maybe a token
    )
    parsed = dotenv_values(stream=io.StringIO(usable))
    return {
        name: value
        for name, value in parsed.items()
        if value and "\0" not in value and "\0" not in name
    }
