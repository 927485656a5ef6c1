"""Nothing is overwritten: the past moves to folders of its own."""

from __future__ import annotations

import pytest

from Space_OdT.engine.history import history_folder, move_to_history, withdraw_records


def test_folders_are_named_after_a_moment_without_colons(tmp_path):
    folder = history_folder(tmp_path / "history", "2026-02-05T12:00:00+00:00")
    assert folder.name == "2026-02-05T120000Z"
    assert folder.is_dir()


def test_a_second_folder_of_the_same_moment_gets_a_number(tmp_path):
    names = [history_folder(tmp_path, "2026").name for _ in range(3)]
    assert names == ["2026", "2026-2", "2026-3"]


def test_the_search_for_a_free_name_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("Space_OdT.engine.history._MOST_PASSES_A_SECOND", 1)
    history_folder(tmp_path, "")
    with pytest.raises(FileExistsError):
        history_folder(tmp_path, "")


def test_files_move_and_missing_ones_are_left_out(tmp_path):
    (tmp_path / "a.csv").write_text("a")
    folder = history_folder(tmp_path / "history", "2026")
    moved = move_to_history([tmp_path / "a.csv", tmp_path / "b.csv"], folder)
    assert moved == (folder / "a.csv",)
    assert not (tmp_path / "a.csv").exists()
    assert (folder / "a.csv").read_text() == "a"


def test_records_are_withdrawn_by_row(tmp_path):
    path = tmp_path / "results.csv"
    path.write_text("row_number,x\n1,a\n2,b\n3,c\n")
    folder = history_folder(tmp_path / "history", "2026")
    assert withdraw_records(path, {1, 3}, folder) == 2
    assert path.read_text() == "row_number,x\n2,b\n"
    assert (folder / "results.csv").read_text() == "row_number,x\n1,a\n3,c\n"
    assert withdraw_records(tmp_path / "none.csv", {1}, folder) == 0
