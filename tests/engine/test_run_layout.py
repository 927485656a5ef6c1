from __future__ import annotations

from pathlib import Path

import pytest

from Space_OdT.engine.run_layout import InventoryLayout


def test_a_relative_folder_is_meant_from_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    layout = InventoryLayout.at(Path("out"))
    assert layout.exports_dir == tmp_path / "out" / "exports"
    assert layout.status_json.parent == layout.status_csv.parent == layout.exports_dir
    assert layout.cache_json.parent == tmp_path / "out"


def test_an_absolute_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert InventoryLayout.at(tmp_path).out_dir == tmp_path


def test_unfinished_work_lies_on_the_same_file_system_as_the_outputs(tmp_path: Path) -> None:
    layout = InventoryLayout.at(tmp_path)
    for path in (layout.work_exports_dir, layout.state_file, layout.work_cache_json):
        assert layout.work_dir in path.parents
    assert layout.work_dir.parent == layout.exports_dir.parent
