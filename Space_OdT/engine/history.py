"""Earlier outputs move to the history instead of being lost."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from Space_OdT.engine.atomic import replacing, sync_folder
from Space_OdT.engine.csv_lines import stored_records
from Space_OdT.engine.output_columns import ROW_NUMBER

_MOST_PASSES_A_SECOND = 1000


def history_folder(history_dir: Path, moment: str) -> Path:
    """Make a folder of the history that is not there yet.

    Args:
        history_dir: Folder of the history; made when missing.
        moment: What it is named after, as the moment a pass began in ISO 8601.

    Returns:
        The new folder; a number is appended when the name is taken.

    Raises:
        OSError: When it cannot be made.
    """
    history_dir.mkdir(parents=True, exist_ok=True)
    # colons are no part of a file name on Windows
    name = re.sub(r"[^0-9A-Za-z.-]", "", moment.replace("+00:00", "Z")) or "unknown"
    for number in range(_MOST_PASSES_A_SECOND):
        folder = history_dir / (f"{name}-{number + 1}" if number else name)
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        sync_folder(history_dir)
        return folder
    raise FileExistsError(f"{history_dir / name} and {_MOST_PASSES_A_SECOND} more are there")


def move_to_history(files: Iterable[Path], folder: Path) -> tuple[Path, ...]:
    """Move files into a folder of the history; each one is in the one place or in the other.

    Args:
        files: The files, the checkpoint last: while it stays, the move can be repeated.
        folder: A folder made by `history_folder`.

    Returns:
        Where the files are now; missing ones are left out.

    Raises:
        OSError: When a file cannot be moved.
    """
    moved = []
    for file in files:
        if file.exists():
            target = folder / file.name
            file.replace(target)
            moved.append(target)
            sync_folder(folder)
            sync_folder(file.parent)
    return tuple(moved)


def withdraw_records(path: Path, rows: Collection[int], folder: Path) -> int:
    """Move the records of some rows from an output into the history.

    The records are copied and synced first, then the output is replaced by the rest: after a
    crash in between they are in both, and the next start moves them again.

    Args:
        path: `results.csv` or `pending_rows.csv`; nobody may have it open.
        rows: Numbers of the rows.
        folder: A folder made by `history_folder`.

    Returns:
        How many records were moved.

    Raises:
        Damage: When the file is not whole.
        OSError: When a file cannot be written.
    """
    if not path.exists():
        return 0
    moved = 0
    kept_aside = folder / path.name
    with path.open("rb") as source, kept_aside.open("wb") as aside, replacing(path) as rest:
        at = 0
        for record in stored_records(path):
            raw = source.readline()
            if record.line == 1:
                at = record.cells.index(ROW_NUMBER)
                rest.write(raw)
                aside.write(raw)
            elif int(record.cells[at]) in rows:
                moved += 1
                aside.write(raw)
            else:
                rest.write(raw)
        aside.flush()
        os.fsync(aside.fileno())
        sync_folder(folder)
    return moved
