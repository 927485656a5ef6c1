from __future__ import annotations

from typing import Any

import pytest

from Space_OdT.inventory.manifest import BY_NAME
from Space_OdT.inventory.outcomes import GIVE_UP_AFTER, Meaning, Result, Tally, meaning_of
from Space_OdT.inventory.state import ArtifactState
from Space_OdT.inventory.status import (
    FAILURE_COLUMNS,
    STATUS_COLUMNS,
    conclude,
    failure_records,
    status_record,
)
from Space_OdT.webex.error_handling import Failure, WebexError, classify

NUMBERS = BY_NAME["person_numbers"]
DEVICES = BY_NAME["workspace_devices"]
PSTN = BY_NAME["location_pstn_connection"]


def refusal(status: int | None, *codes: str, failure: Failure | None = None) -> WebexError:
    return WebexError(
        classify(status, codes, failure),
        message="no",
        method="GET",
        path="/x",
        status=status,
        codes=codes,
        tracking_id="T",
    )


@pytest.mark.parametrize(
    ("entry", "error", "meaning"),
    [
        (NUMBERS, refusal(400, "4003"), Meaning.NOT_ENTITLED),
        (NUMBERS, refusal(404, "4007"), Meaning.NOT_ENTITLED),
        (NUMBERS, refusal(404), Meaning.FAILED),
        (NUMBERS, refusal(405), Meaning.FAILED),
        (DEVICES, refusal(405), Meaning.NOT_ENTITLED),
        (DEVICES, refusal(405, "25409"), Meaning.NOT_ENTITLED),
        (BY_NAME["workspace_numbers"], refusal(405, "25409"), Meaning.NOT_ENTITLED),
        (PSTN, refusal(404), Meaning.NOT_CONFIGURED),
        (NUMBERS, refusal(403), Meaning.FORBIDDEN),
        (NUMBERS, refusal(401), Meaning.TOKEN),
        (NUMBERS, refusal(503), Meaning.FAILED),
        (NUMBERS, refusal(None, failure=Failure.TIMEOUT), Meaning.UNREACHABLE),
        (NUMBERS, refusal(None, failure=Failure.PAGING), Meaning.FAILED),
        (BY_NAME["people"], refusal(400, "4003"), Meaning.FAILED),
    ],
)
def test_a_refusal_is_sorted_by_what_it_means(
    entry: Any, error: WebexError, meaning: Meaning
) -> None:
    assert meaning_of(error, entry) is meaning


def state(**given: Any) -> ArtifactState:
    return ArtifactState(tally=Tally(**given))


def refused(error: WebexError, meaning: Meaning, *, times: int = 1, good: int = 0) -> ArtifactState:
    found = state(good=good)
    for number in range(times):
        found.tally.refused(error, meaning, {"person_id": f"P{number}"})
    return found


def test_an_artifact_with_rows_and_no_failures_is_ok() -> None:
    assert conclude(NUMBERS, state(good=2), 2, None) == (Result.OK, "")


def test_nothing_to_read_is_empty_and_no_error() -> None:
    assert conclude(NUMBERS, state(), 0, None) == (Result.EMPTY, "")


def test_some_failures_make_it_partial_and_are_told() -> None:
    found = refused(refusal(500), Meaning.FAILED, times=2, good=5)
    result, error = conclude(NUMBERS, found, 5, None)
    assert result is Result.PARTIAL
    assert error == "no (HTTP 500); 2 reads failed in all"


@pytest.mark.parametrize(
    ("status", "meaning", "result"),
    [
        (403, Meaning.FORBIDDEN, Result.FORBIDDEN),
        (404, Meaning.FAILED, Result.NOT_FOUND),
        (500, Meaning.FAILED, Result.ERROR),
    ],
)
def test_without_rows_the_status_says_how_it_ended(
    status: int, meaning: Meaning, result: Result
) -> None:
    found = refused(refusal(status), meaning)
    assert conclude(NUMBERS, found, 0, None)[0] is result
    assert not result.is_fine


def test_entities_without_the_licence_are_no_failures() -> None:
    found = refused(refusal(405, "25409"), Meaning.NOT_ENTITLED, times=3)
    assert conclude(DEVICES, found, 0, None)[0] is Result.NOT_ENTITLED
    assert found.tally.failures == 0
    assert status_record(DEVICES, found)["not_entitled"] == 3


def test_what_its_source_lacks_is_missing_too() -> None:
    source = refused(refusal(403), Meaning.FORBIDDEN)
    source.result = Result.FORBIDDEN
    result, error = conclude(NUMBERS, state(), 0, source)
    assert result is Result.ERROR
    assert error == "people could not be read (HTTP 403); its own record says more"
    source.rows = 7
    assert "read completely (HTTP 403)" in conclude(NUMBERS, state(), 0, source)[1]
    assert conclude(NUMBERS, state(good=1), 1, source)[0] is Result.PARTIAL


def test_entities_that_came_without_an_id_are_missing() -> None:
    result, error = conclude(NUMBERS, state(), 0, ArtifactState(result=Result.OK), nameless=3)
    assert result is Result.ERROR
    assert error == "3 rows of people came without the id to read by"
    assert conclude(NUMBERS, state(good=1), 1, None, nameless=3)[0] is Result.PARTIAL


def test_what_a_refused_list_should_have_answered_is_refused_for_the_same_scope() -> None:
    capabilities = BY_NAME["workspace_capabilities"]
    source = ArtifactState(result=Result.FORBIDDEN, error="no scope")
    served = state()
    served.result, served.error = conclude(capabilities, served, 0, source)
    assert served.result is Result.FORBIDDEN
    record = status_record(capabilities, served)
    assert record["missing_scope"] == BY_NAME["workspaces"].scope
    assert record["error"] == "workspaces could not be read; its own record says more"


def test_a_scope_that_is_missing_for_all_is_not_asked_for_again_and_again() -> None:
    found = refused(refusal(403), Meaning.FORBIDDEN, times=2)
    assert not found.tally.must_stop
    found.tally.refused(refusal(403), Meaning.FORBIDDEN, {})
    assert "first 3 reads were forbidden" in found.tally.must_stop


def test_a_forbidden_entity_among_readable_ones_stops_nothing() -> None:
    assert not refused(refusal(403), Meaning.FORBIDDEN, times=5, good=1).tally.must_stop


def test_a_broken_endpoint_is_given_up() -> None:
    found = refused(refusal(500), Meaning.FAILED, times=GIVE_UP_AFTER, good=1)
    assert "gave up after 25 failures in a row" in found.tally.must_stop
    found.tally.succeeded()
    assert not found.tally.must_stop


def test_the_record_has_the_documented_columns_first() -> None:
    assert STATUS_COLUMNS[:7] == (
        "module",
        "method",
        "result",
        "http_status",
        "error",
        "count",
        "elapsed_ms",
    )
    found = refused(refusal(403), Meaning.FORBIDDEN)
    record = status_record(PSTN, found)
    assert tuple(record) == STATUS_COLUMNS
    assert record["http_status"] == 403
    assert record["missing_scope"] == "spark-admin:telephony_pstn_read"
    assert record["failure_reasons"] == "permission_denied 403: 1"


def test_failures_are_listed_with_their_ids() -> None:
    found = refused(refusal(500, "99"), Meaning.FAILED, times=150)
    rows = list(failure_records([(NUMBERS, found)]))
    assert len(rows) == 100
    assert found.tally.failures == 150
    assert tuple(rows[0]) == FAILURE_COLUMNS
    assert rows[0]["person_id"] == "P0"
    assert rows[0]["codes"] == "99"


def test_every_result_is_explained() -> None:
    assert all(result.meaning for result in Result)
