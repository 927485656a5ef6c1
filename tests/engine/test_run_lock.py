from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from Space_OdT.engine import run_lock
from Space_OdT.engine.run_lock import FolderLockedError, RunLock

HOLDER = """
import sys, time
from pathlib import Path
from Space_OdT.engine.run_lock import RunLock
with RunLock(Path(sys.argv[1]), "inventory_run"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_run_is_turned_away_and_told_who_is_there(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(FolderLockedError, match=f"process {holder.pid} on ") as refused:
        RunLock(path, "inventory_run").__enter__()
    assert refused.value.owner is not None
    assert refused.value.owner.command == "inventory_run"
    holder.kill()
    holder.communicate()
    with RunLock(path, "inventory_run"):  # a dead owner is no owner
        assert str(os.getpid()) in path.read_text(encoding="utf-8")


def test_the_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with RunLock(path, "first"):
        pass
    assert path.read_bytes() == b""
    with RunLock(path, "second"):
        pass


def test_a_lock_without_a_readable_owner_still_holds(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with RunLock(path, "first"):
        path.write_bytes(b"{")
        with pytest.raises(FolderLockedError, match="another run"):
            RunLock(path, "second").__enter__()


def test_a_file_system_without_locks_is_not_taken_for_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(run_lock, "_lock", refuse)
    with pytest.raises(OSError, match="No locks available") as refused:
        RunLock(tmp_path / "lock", "inventory_run").__enter__()
    assert refused.value.filename == str(tmp_path / "lock")
