"""Reads against a scripted client: what is tried again, where, and for whom."""

from __future__ import annotations

import asyncio
import csv
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from Space_OdT.inventory import reading
from Space_OdT.inventory.artifact_run import ArtifactRun
from Space_OdT.inventory.facts import Facts
from Space_OdT.inventory.health import PROBE_PATH, Health, RunStoppedError, StopReason
from Space_OdT.inventory.manifest import BY_NAME
from Space_OdT.inventory.outcomes import Result
from Space_OdT.inventory.reading import Reader
from Space_OdT.inventory.state import ArtifactState
from Space_OdT.webex.answers import Response
from Space_OdT.webex.error_handling import Failure, WebexError, classify
from Space_OdT.webex.retry import RetryPolicy
from Space_OdT.webex.stats import ClientStats

FEATURES = "/people/P/features/outgoingPermission/autoTransferNumbers"
TELEPHONY = "/telephony/config/people/P/outgoingPermission/autoTransferNumbers"


def refusal(status: int | None, *codes: str) -> WebexError:
    failure = Failure.NETWORK if status is None else None
    rule = classify(status, codes, failure)
    return WebexError(rule, message="no", method="GET", path="/", status=status, codes=codes)


class Script:
    """Answers by path: each list is used up from the left, its last entry stays."""

    concurrency = 2
    retry = RetryPolicy()

    def __init__(self, answers: Mapping[str, list[Any]]) -> None:
        self.stats = ClientStats(rate_now=float)
        self.answers = {path: list(steps) for path, steps in answers.items()}
        self.asked: list[str] = []

    def _next(self, path: str) -> Any:
        self.asked.append(path)
        steps = self.answers.get(path) or [refusal(404)]
        return steps.pop(0) if len(steps) > 1 else steps[0]

    async def request(self, _method: str, path: str, **_: Any) -> Response:
        answer = self._next(path)
        if isinstance(answer, WebexError):
            raise answer
        return Response(200, {}, answer, b"")

    async def pages(self, path: str, **_: Any) -> AsyncIterator[list[dict[str, Any]]]:
        for page in self._next(path):
            if isinstance(page, WebexError):
                raise page
            yield page


class Setting:
    """One artifact, its files and the reader."""

    def __init__(self, folder: Path, script: Script) -> None:
        self.folder = folder
        self.script = script
        client: Any = script
        self.reader = Reader(client, Health(client), 2)

    def run(self, artifact: str) -> ArtifactRun:
        state = ArtifactState()
        return ArtifactRun(BY_NAME[artifact], self.folder, Facts(), state, time.monotonic)

    async def entities(self, artifact: str, *rows: Mapping[str, Any]) -> ArtifactRun:
        run = self.run(artifact)
        assert run.queue is not None
        run.queue.offer(rows)
        run.queue.close()
        run.begin()
        try:
            await self.reader.read_entities(run, run.queue)
        finally:
            run.complete(Result.OK)
        return run

    def rows(self, artifact: str) -> list[dict[str, str]]:
        with (self.folder / f"{artifact}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


class Watched(Setting):
    """Knows whether the artifact at work has a row."""

    at_work: ArtifactRun | None = None

    def run(self, artifact: str) -> ArtifactRun:
        self.at_work = super().run(artifact)
        return self.at_work

    @property
    def rows_settled(self) -> bool:
        return self.at_work is not None and self.at_work.rows > 0


def person(name: str = "P", location: str = "L") -> dict[str, Any]:
    return {"person_id": name, "location_id": location, "webex_calling_enabled": True}


def workspace(name: str, location: str = "L") -> dict[str, Any]:
    return {"workspace_id": name, "location_id": location, "webex_calling_enabled": True}


async def test_a_path_unknown_to_this_edition_gives_way_to_the_other(tmp_path: Path) -> None:
    other = TELEPHONY.replace("/P/", "/Q/")
    found = Setting(tmp_path, Script({TELEPHONY: [{"a": 1}], other: [{"a": 2}]}))
    run = await found.entities("person_transfer_numbers", person(), person("Q"))
    assert [row["person_id"] for row in found.rows("person_transfer_numbers")] == ["P", "Q"]
    assert run.state.tally.failures == 0


async def test_a_path_under_another_scope_gives_way_to_the_other(tmp_path: Path) -> None:
    found = Setting(tmp_path, Script({FEATURES: [refusal(403)], TELEPHONY: [{"a": 1}]}))
    run = await found.entities("person_transfer_numbers", person())
    assert len(found.rows("person_transfer_numbers")) == 1
    assert run.state.tally.failures == 0


async def test_reads_under_way_when_the_other_path_is_found_follow_it(tmp_path: Path) -> None:
    class Late(Script):
        """The refusal of the second read arrives when the first has its row."""

        async def request(self, method: str, path: str, **query: Any) -> Response:
            if "/Q/" in path and path not in self.answers:
                while not found.rows_settled:
                    await asyncio.sleep(0)
            return await super().request(method, path, **query)

    other = TELEPHONY.replace("/P/", "/Q/")
    found = Watched(tmp_path, Late({TELEPHONY: [{"a": 1}], other: [{"a": 2}]}))
    run = await found.entities("person_transfer_numbers", person(), person("Q"))
    assert [row["person_id"] for row in found.rows("person_transfer_numbers")] == ["P", "Q"]
    assert run.state.tally.failures == 0


async def test_the_path_that_was_found_is_known_after_a_restart(tmp_path: Path) -> None:
    other = TELEPHONY.replace("/P/", "/Q/")
    found = Setting(tmp_path, Script({TELEPHONY: [{"a": 1}], other: [{"a": 2}]}))
    first = found.run("person_transfer_numbers")
    assert first.queue is not None
    first.queue.offer([person()])
    first.begin()
    first.queue.close()
    await found.reader.read_entities(first, first.queue)
    first.checkpoint()
    first.abandon()

    later = Setting(tmp_path, found.script)
    resumed = ArtifactRun(first.entry, tmp_path, Facts(), first.state, time.monotonic)
    assert resumed.queue is not None
    resumed.queue.offer([person(), person("Q")])
    resumed.queue.close()
    assert resumed.resume()
    await later.reader.read_entities(resumed, resumed.queue)
    resumed.complete(Result.OK)
    assert [row["person_id"] for row in later.rows("person_transfer_numbers")] == ["P", "Q"]
    assert resumed.state.tally.failures == 0


async def test_where_neither_path_is_known_the_first_answer_counts(tmp_path: Path) -> None:
    found = Setting(tmp_path, Script({}))
    run = await found.entities("person_transfer_numbers", person())
    assert found.script.asked == [FEATURES, TELEPHONY]
    assert run.state.tally.reasons == {"non_retryable_external 404": 1}


async def test_a_read_without_answer_is_sent_once_more_when_the_line_is_good(
    tmp_path: Path,
) -> None:
    path = "/people/P/features/numbers"
    found = Setting(tmp_path, Script({path: [refusal(None), {"a": 1}], PROBE_PATH: [{}]}))
    run = await found.entities("person_numbers", person())
    assert found.script.asked == [path, PROBE_PATH, path]
    assert run.state.tally.failures == 0


async def test_a_read_that_never_gets_an_answer_is_a_failure_when_others_do(
    tmp_path: Path,
) -> None:
    path = "/people/P/features/numbers"
    found = Setting(tmp_path, Script({path: [refusal(None)], PROBE_PATH: [{}]}))
    run = await found.entities("person_numbers", person())
    assert run.state.tally.reasons == {"retry_exhausted no answer": 1}


@pytest.mark.parametrize(
    ("answer", "reason"), [(None, StopReason.UNREACHABLE), (401, StopReason.TOKEN)]
)
async def test_a_dead_line_or_token_ends_the_run(
    tmp_path: Path, answer: int | None, reason: StopReason
) -> None:
    path = "/people/P/features/numbers"
    found = Setting(tmp_path, Script({path: [refusal(answer)], PROBE_PATH: [refusal(answer)]}))
    with pytest.raises(ExceptionGroup) as ended:
        await found.entities("person_numbers", person())
    stops = ended.value.exceptions
    assert {stop.reason for stop in stops if isinstance(stop, RunStoppedError)} == {reason}


async def test_another_workspace_of_the_location_is_asked_when_one_is_not_entitled(
    tmp_path: Path,
) -> None:
    path = "/telephony/config/workspaces/{}/secondary/availableNumbers"
    found = Setting(
        tmp_path,
        Script(
            {
                path.format("A"): [[refusal(405, "25409")]],
                path.format("B"): [[[{"phoneNumber": "+34910000000"}]]],
            }
        ),
    )
    rows = [workspace("A"), workspace("B"), workspace("C")]
    run = await found.entities("workspace_available_numbers_secondary", *rows)
    exported = found.rows("workspace_available_numbers_secondary")
    assert [(row["workspace_id"], row["direct_number"]) for row in exported] == [
        ("B", "+34910000000")
    ]
    assert run.state.tally.not_entitled == 0
    assert path.format("C") not in found.script.asked


async def test_a_location_where_no_workspace_is_entitled_is_counted_once(tmp_path: Path) -> None:
    path = "/telephony/config/workspaces/{}/secondary/availableNumbers"
    refused = [[refusal(405, "25409")]]
    found = Setting(tmp_path, Script({path.format("A"): refused, path.format("B"): refused}))
    run = await found.entities(
        "workspace_available_numbers_secondary", workspace("A"), workspace("B")
    )
    assert run.state.tally.not_entitled == 1
    assert run.state.tally.failures == 0


async def test_an_empty_answer_is_no_row_and_no_failure(tmp_path: Path) -> None:
    found = Setting(tmp_path, Script({"/people/P/features/numbers": [None]}))
    run = await found.entities("person_numbers", person())
    assert run.state.tally.good == 1
    assert found.rows("person_numbers") == []


async def test_a_list_cut_by_a_passing_failure_is_read_again_from_its_beginning(
    tmp_path: Path,
) -> None:
    first, second = [{"id": "1"}], [{"id": "2"}]
    found = Setting(tmp_path, Script({"/groups": [[first, refusal(503)], [first, second]]}))
    run, members = found.run("groups"), found.run("group_members")
    assert members.queue is not None
    run.listeners.append(members.queue)
    assert await found.reader.read_list(run, ())
    run.complete(Result.OK)
    assert [row["group_id"] for row in found.rows("groups")] == ["1", "2"]
    assert len(members.queue) == 2


async def test_a_list_that_breaks_off_again_keeps_what_came(tmp_path: Path) -> None:
    cut = [[{"id": "1"}], refusal(503)]
    found = Setting(tmp_path, Script({"/groups": [cut, cut]}))
    run = found.run("groups")
    assert not await found.reader.read_list(run, ())
    run.complete(Result.PARTIAL)
    assert [row["group_id"] for row in found.rows("groups")] == ["1"]
    assert run.state.tally.failures == 1


async def test_a_group_whose_members_break_off_does_not_take_the_others_along(
    tmp_path: Path,
) -> None:
    found = Setting(
        tmp_path,
        Script(
            {
                "/groups/A/Members": [[[{"id": "1"}], refusal(400)]],
                "/groups/B/Members": [[[{"id": "2"}], [{"id": "3"}]]],
            }
        ),
    )
    run = await found.entities("group_members", {"group_id": "A"}, {"group_id": "B"})
    exported = [(row["group_id"], row["member_id"]) for row in found.rows("group_members")]
    assert exported == [("A", "1"), ("B", "2"), ("B", "3")]
    assert run.state.tally.failures == 1


async def test_what_the_list_does_not_hold_is_read_singly(tmp_path: Path) -> None:
    page = [{"id": "A", "capabilities": {"x": 1}}, {"id": "B"}, {"id": "C"}]
    found = Setting(
        tmp_path,
        Script(
            {"/workspaces": [[page]], "/workspaces/B/capabilities": [{"capabilities": {"x": 2}}]}
        ),
    )
    run, sink = found.run("workspaces"), found.run("workspace_capabilities")
    assert await found.reader.read_list(run, (sink,))
    run.complete(Result.OK)
    sink.complete(Result.PARTIAL)
    exported = found.rows("workspace_capabilities")
    assert [(row["workspace_id"], row["raw_json"]) for row in exported] == [
        ("A", '{"capabilities":{"x":1}}'),
        ("B", '{"capabilities":{"x":2}}'),
    ]
    assert sink.state.tally.failures == 1


async def test_queues_shown_by_both_readings_come_once_and_keep_their_mark(
    tmp_path: Path,
) -> None:
    assist = [{"id": "1", "locationId": "L"}]
    every = [{"id": "1", "locationId": "L"}, {"id": "2", "locationId": "L"}]
    found = Setting(tmp_path, Script({"/telephony/config/queues": [[assist], [every]]}))
    run = found.run("call_queues")
    assert await found.reader.read_list(run, ())
    run.complete(Result.OK)
    exported = [(row["id"], row["has_cx_essentials"]) for row in found.rows("call_queues")]
    assert exported == [("1", "True"), ("2", "False")]


def test_what_two_readings_show_is_taken_once_and_what_has_no_id_always() -> None:
    seen: set[str] = set()
    assert reading._not_seen([{"id": "A"}, {"x": 1}, {"x": 2}], seen) == [
        {"id": "A"},
        {"x": 1},
        {"x": 2},
    ]
    assert reading._not_seen([{"id": "A"}, {"id": "B"}, {"x": 3}], seen) == [{"id": "B"}, {"x": 3}]
