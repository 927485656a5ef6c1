from __future__ import annotations

from pathlib import Path

import pytest

from Space_OdT.engine.atomic import (
    link_or_copy,
    previous_of,
    recover_swap,
    replacing,
    swap_folder,
    sync_files,
    write_atomic,
)


def folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "file").write_text(text, encoding="utf-8")
    return path


def content(path: Path) -> str:
    return (path / "file").read_text(encoding="utf-8")


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_replaced_as_a_whole(tmp_path: Path, durable: bool) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    write_atomic(target, b"new", durable=durable)
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_while_writing_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def break_off() -> None:
        with replacing(target) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_swapped_as_a_whole(tmp_path: Path) -> None:
    target = folder(tmp_path / "exports", "old")
    swap_folder(folder(tmp_path / "new", "new"), target)
    assert content(target) == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_first_swap_needs_no_old_folder(tmp_path: Path) -> None:
    swap_folder(folder(tmp_path / "new", "new"), tmp_path / "exports")
    assert content(tmp_path / "exports") == "new"


def test_a_swap_cut_off_between_its_renames_is_undone(tmp_path: Path) -> None:
    target = tmp_path / "exports"
    folder(previous_of(target), "old")
    recover_swap(target)
    assert content(target) == "old"
    assert not previous_of(target).exists()


def test_a_swap_cut_off_after_its_renames_is_finished(tmp_path: Path) -> None:
    target = folder(tmp_path / "exports", "new")
    folder(previous_of(target), "old")
    recover_swap(target)
    assert content(target) == "new"
    assert not previous_of(target).exists()


def test_a_refused_rename_puts_the_old_folder_back(tmp_path: Path) -> None:
    target = folder(tmp_path / "exports", "old")
    with pytest.raises(OSError, match="No such file"):
        swap_folder(tmp_path / "missing", target)
    assert content(target) == "old"


def test_files_are_carried_over_without_touching_the_original(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"mine")
    link_or_copy(source, tmp_path / "target")
    sync_files([tmp_path / "target"])
    assert (tmp_path / "target").read_bytes() == b"mine"


def test_files_are_copied_where_they_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    source = tmp_path / "source"
    source.write_bytes(b"mine")
    link_or_copy(source, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"mine"
