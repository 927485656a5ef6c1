"""From an empty folder to published exports, cut off at the awkward moments."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from Space_OdT.engine.run_layout import InventoryLayout
from Space_OdT.inventory import publish
from Space_OdT.inventory.health import RunStoppedError, StopReason
from Space_OdT.inventory.outcomes import Result
from Space_OdT.inventory.runner import closure
from Space_OdT.inventory.session import (
    InventorySession,
    Organisation,
    RunOptions,
    find_organisation,
)
from Space_OdT.inventory.state import UnfinishedRunError
from Space_OdT.webex.error_handling import WebexError
from tests.inventory.test_reading import Script, refusal

LICENCE = {"id": "A", "name": "Webex Calling - Professional", "totalUnits": 5}


class Cut(BaseException):
    """The process is gone."""


@pytest.fixture
def layout(tmp_path: Path) -> InventoryLayout:
    return InventoryLayout.at(tmp_path)


def session(layout: InventoryLayout, *, name: str = "org", **options: Any) -> InventorySession:
    notes: list[str] = []
    given = {"only": ("licenses",), "workbook": True, **options}
    found = InventorySession(
        layout, RunOptions(**given), Organisation(name, name), "https://example.com", notes.append
    )
    found.notes = notes  # type: ignore[attr-defined]
    return found


async def read(found: InventorySession, *licences: dict[str, Any]) -> None:
    client: Any = Script({"/licenses": [[list(licences)]]})
    client.stats.of("read licenses").calls = 7
    client.stats.of("read licenses").retries = 2
    await found.runner(client).run()


def exported(layout: InventoryLayout) -> list[str]:
    rows = orjson.loads((layout.exports_dir / "licenses.json").read_bytes())
    return [row["license_id"] for row in rows]


async def test_outputs_appear_together(layout: InventoryLayout) -> None:
    found = session(layout)
    found.open()
    await read(found, LICENCE)
    assert not layout.exports_dir.exists()
    summary = found.publish()
    assert summary.results == {Result.OK: 1}
    assert summary.is_complete
    assert (summary.rows, summary.calls, summary.retries) == (1, 7, 2)
    assert exported(layout) == ["A"]
    assert layout.workbook.is_file()
    assert layout.cache_json.is_file()
    assert layout.status_csv.is_file()
    assert layout.status_json.is_file()
    assert not layout.work_dir.exists()


@pytest.mark.parametrize("moment", ["swap_folder", "rmtree"])
async def test_a_publication_that_was_cut_off_is_finished_without_reading_again(
    layout: InventoryLayout, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def cut(*_: object, **__: object) -> None:
        raise Cut

    first = session(layout)
    first.open()
    await read(first, LICENCE)
    with monkeypatch.context() as patch:
        patch.setattr(publish if moment == "swap_folder" else shutil, moment, cut)
        with pytest.raises(Cut):
            first.publish()
    second = session(layout)
    second.open()
    assert second.is_read
    assert second.resumed
    second.publish()
    assert exported(layout) == ["A"]
    assert layout.cache_json.is_file()
    assert not layout.work_dir.exists()


async def test_a_disk_that_fills_up_while_publishing_leaves_the_old_exports(
    layout: InventoryLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session(layout)
    first.open()
    await read(first, LICENCE)
    first.publish()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    second = session(layout)
    second.open()
    await read(second, {**LICENCE, "id": "B"})
    with monkeypatch.context() as patch:
        patch.setattr(publish, "write_cache", full)
        with pytest.raises(RunStoppedError, match="No space left") as stopped:
            second.publish()
    assert stopped.value.reason is StopReason.STORAGE
    assert exported(layout) == ["A"]
    third = session(layout)
    third.open()
    assert third.resumed
    await read(third)
    third.publish()
    assert exported(layout) == ["B"]


async def test_another_organisation_begins_anew_and_says_so(layout: InventoryLayout) -> None:
    first = session(layout)
    first.open()
    await read(first, LICENCE)
    second = session(layout, name="another")
    second.open()
    assert not second.resumed
    assert "different organisation" in second.notes[0]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("earlier", "later", "way_on"),
    [
        ({}, {"only": ()}, "with --only licenses;"),
        ({"skip_group_members": True}, {}, "with --only licenses --skip-group-members;"),
    ],
)
async def test_an_unfinished_run_of_other_artifacts_is_not_dropped(
    layout: InventoryLayout, earlier: dict[str, Any], later: dict[str, Any], way_on: str
) -> None:
    first = session(layout, **earlier)
    first.open()
    await read(first, LICENCE)
    with pytest.raises(UnfinishedRunError, match=way_on):
        session(layout, **later).open()
    again = session(layout, **earlier)
    again.open()
    assert again.resumed


async def test_an_unfinished_run_of_everything_goes_on_without_a_choice(
    layout: InventoryLayout,
) -> None:
    first = session(layout, only=())
    first.open()
    first.state.calls = 1500
    first.state.save(layout.state_file)
    with pytest.raises(UnfinishedRunError, match=r"all artifacts, 1,500 calls .* without --only"):
        session(layout).open()


async def test_an_unfinished_run_that_read_nothing_is_no_loss(layout: InventoryLayout) -> None:
    session(layout, only=()).open()
    second = session(layout)
    second.open()
    assert not second.resumed
    assert "different only" in second.notes[0]  # type: ignore[attr-defined]


async def test_a_file_in_the_place_of_the_exports_is_left_alone(layout: InventoryLayout) -> None:
    layout.exports_dir.write_text("mine", encoding="utf-8")
    with pytest.raises(NotADirectoryError, match="exports"):
        session(layout).open()
    assert layout.exports_dir.read_text(encoding="utf-8") == "mine"


async def test_fresh_forgets_an_unfinished_run(layout: InventoryLayout) -> None:
    first = session(layout)
    first.open()
    await read(first, LICENCE)
    second = session(layout, fresh=True)
    second.open()
    assert not second.resumed


async def test_other_folders_of_the_user_survive(layout: InventoryLayout) -> None:
    mine = layout.exports_dir / "mine"
    mine.mkdir(parents=True)
    (mine / "note").write_text("kept", encoding="utf-8")
    (layout.exports_dir / "status.json").write_text("not json", encoding="utf-8")
    found = session(layout)
    found.open()
    await read(found, LICENCE)
    found.publish()
    assert (mine / "note").read_text(encoding="utf-8") == "kept"


async def test_the_organisation_is_learnt_with_or_without_its_name() -> None:
    me = {"id": "me", "orgId": "ORG"}
    named: Any = Script({"/people/me": [me], "/organizations/ORG": [{"displayName": "Space"}]})
    assert await find_organisation(named) == Organisation("ORG", "ORG", "Space")
    nameless: Any = Script({"/people/me": [me], "/organizations/ORG": [refusal(403)]})
    assert await find_organisation(nameless) == Organisation("ORG", "ORG")
    refused: Any = Script({"/people/me": [refusal(401)]})
    with pytest.raises(WebexError):
        await find_organisation(refused)


def test_an_artifact_brings_along_what_it_needs() -> None:
    assert closure(["person_numbers"]) == {"person_numbers", "people", "licenses"}
    assert closure(["location_details"]) == {"location_details", "locations", "calling_locations"}
    assert closure([]) == set()
