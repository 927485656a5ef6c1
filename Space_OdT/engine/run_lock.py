"""One run per output folder: a lock the operating system drops when its owner dies."""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

# The byte that is locked lies far behind the text, so that the owner stays readable on Windows,
# where a locked range cannot be read by anybody else.
_LOCKED_BYTE = 1 << 30
# What systems answer when somebody else holds a lock.
_HELD = frozenset({errno.EACCES, errno.EAGAIN, errno.EDEADLK})


@dataclass(frozen=True, slots=True)
class LockOwner:
    """Who holds a lock.

    Attributes:
        pid: Process id.
        host: Name of the machine.
        started_at: When the lock was taken, ISO 8601 in UTC.
        command: What is running.
    """

    pid: int
    host: str
    started_at: str
    command: str

    def __str__(self) -> str:
        return f"{self.command} (process {self.pid} on {self.host}, since {self.started_at})"


class FolderLockedError(Exception):
    """Another run works on the folder; `owner` says which, when it could be read."""

    def __init__(self, path: Path, owner: LockOwner | None) -> None:
        super().__init__(
            f"{path.parent} is in use by {owner or 'another run'}. Wait until it ends, or give "
            "another output folder."
        )
        self.owner = owner


class RunLock:
    """Exclusive use of a folder for the lifetime of a `with` block.

    The lock belongs to the operating system: when its owner ends, however it ends, the lock is
    free. The text in the file only says whose it is, so a leftover file is never in the way.

    Args:
        path: Lock file inside the folder; the folder must exist.
        command: Name of the running command, shown to whoever comes second.
    """

    def __init__(self, path: Path, command: str) -> None:
        self._path = path
        self._command = command
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Take the lock, or raise `FolderLockedError` at once; `OSError` where none can be had."""
        file = self._path.open("a+b")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            if error.errno not in _HELD:  # a file system without locks is not a run of somebody
                raise OSError(error.errno, error.strerror, str(self._path)) from error
            raise FolderLockedError(self._path, _read_owner(self._path)) from None
        self._file = file
        owner = LockOwner(
            pid=os.getpid(),
            host=platform.node(),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            command=self._command,
        )
        file.truncate(0)
        file.write(json.dumps(asdict(owner)).encode())
        file.flush()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free the lock; the empty file stays, since removing it could race with a newcomer."""
        if self._file is not None:
            self._file.truncate(0)
            _unlock(self._file)
            self._file.close()
            self._file = None


def owner_of(path: Path) -> LockOwner | None:
    """Look who holds a lock, without waiting for it.

    Args:
        path: Lock file; may be missing.

    Returns:
        The owner; None when nobody holds it. An owner whose text cannot be read is a nameless one.
    """
    try:
        with path.open("rb+") as file:
            try:
                _lock(file)
            except OSError as error:
                if error.errno not in _HELD:
                    return None
                return _read_owner(path) or LockOwner(0, "", "", "another run")
            _unlock(file)
    except OSError:
        return None
    return None


def _read_owner(path: Path) -> LockOwner | None:
    try:
        return LockOwner(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):  # being written, or by another version
        return None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
