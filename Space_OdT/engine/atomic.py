"""Replace files and folders so that a reader sees the old or the new one, never half of either."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_TEMPORARY_SUFFIX = ".tmp"
_PREVIOUS_SUFFIX = ".previous"


def write_atomic(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a whole file by temporary file and rename.

    Args:
        path: The file to replace; its folder must exist.
        data: The new content.
        durable: Whether the content must survive a power failure, at the cost of a disk sync.

    Raises:
        OSError: When the folder is not writable or the disk is full; the old file stays.
    """
    with replacing(path, durable=durable) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """Write a file piece by piece; it takes the place of the old one when the block ends well.

    Args:
        path: The file to replace; its folder must exist.
        durable: Whether the content must survive a power failure, at the cost of a disk sync.

    Yields:
        The temporary file, open for writing bytes.

    Raises:
        OSError: When the folder is not writable or the disk is full; the old file stays.
    """
    temporary = path.with_name(path.name + _TEMPORARY_SUFFIX)
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # whatever ends the block, half a file must not stay; it goes on raising
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def sync_files(paths: Iterable[Path]) -> None:
    """Make the content of files survive a power failure.

    Args:
        paths: Existing files.

    Raises:
        OSError: When the disk refuses; some systems report a full disk only here.
    """
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder survive a power failure, where the system offers it.

    Args:
        folder: An existing folder.
    """
    if os.name == "nt":  # Windows cannot open a folder; NTFS journals the rename itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:  # some network file systems refuse to sync a folder
        return
    finally:
        os.close(descriptor)


def previous_of(folder: Path) -> Path:
    """Name the place where the old version of a folder waits during a swap.

    Args:
        folder: The folder that is swapped.

    Returns:
        A hidden sibling.
    """
    return folder.with_name(f".{folder.name}{_PREVIOUS_SUFFIX}")


def swap_folder(new: Path, target: Path) -> None:
    """Put a complete new folder in the place of the old one.

    Args:
        new: The complete folder, on the same file system.
        target: The folder to replace; it may be missing.

    Raises:
        OSError: When a rename is refused; the old folder is back in its place then.
    """
    recover_swap(target)
    previous = previous_of(target)
    if target.exists():
        target.rename(previous)
    try:
        new.rename(target)
    except OSError:
        recover_swap(target)
        raise
    sync_folder(target.parent)
    shutil.rmtree(previous, ignore_errors=True)


def recover_swap(target: Path) -> None:
    """Finish or undo a swap that was cut off between its two renames.

    Args:
        target: The folder that was swapped; when it is missing, the old one is put back.
    """
    previous = previous_of(target)
    if not previous.exists():
        return
    if target.exists():
        shutil.rmtree(previous, ignore_errors=True)
    else:
        previous.rename(target)


def link_or_copy(source: Path, target: Path) -> None:
    """Carry a file over to another folder without reading it, where the system can link.

    Args:
        source: Existing file.
        target: Where it should appear as well; must not exist.

    Raises:
        OSError: When it can neither be linked nor copied.
    """
    try:
        target.hardlink_to(source)
    except OSError:  # other file system, or one without links
        shutil.copy2(source, target)
