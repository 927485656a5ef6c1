from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from Space_OdT.softphones.exports import ExportedIds, read_exports


def test_no_folder_knows_nothing(tmp_path: Path) -> None:
    exports = read_exports([tmp_path / "a", tmp_path / "b"])
    assert exports == ExportedIds()
    assert "looked up in Webex" in exports.described(datetime.now(UTC))


def test_the_age_is_what_the_inventory_says_else_that_of_the_file(tmp_path: Path) -> None:
    now = datetime(2026, 1, 10, tzinfo=UTC)
    people = tmp_path / "people.csv"
    people.write_text("person_id,email\nP1,Ana@Example.com\n,nobody@example.com\n")
    (tmp_path / "locations.csv").write_text("location_id,name\nL1,Madrid\nL2,Madrid\n")
    read_at = (now - timedelta(days=3)).isoformat()
    (tmp_path / "status.csv").write_text(f"module,read_at\npeople,{read_at}\n")
    hour_ago = (now - timedelta(hours=1)).timestamp()
    os.utime(tmp_path / "locations.csv", (hour_ago, hour_ago))
    exports = read_exports([tmp_path])
    assert exports.people == {"ana@example.com": "P1"}
    assert exports.locations == {"Madrid": ("L1", "L2")}
    told = exports.described(now)
    assert "1 people (3 days old)" in told
    assert "2 locations (1 hour old)" in told
    assert "0 call queues (no file)" in told


def test_files_of_another_kind_have_no_records(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text("not json")
    (tmp_path / "locations.csv").write_text("id\nx\n")
    (tmp_path / "call_queues.json").write_text('[{"id": "Q", "name": "Ventas"}, 5]')
    exports = read_exports([tmp_path])
    assert exports.people == {}
    assert exports.locations == {}
    assert [(one.id, one.name) for one in exports.queues] == [("Q", "Ventas")]
