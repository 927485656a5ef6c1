from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Space_OdT.webex.error_handling import (
    RULES,
    ErrorClass,
    Failure,
    ReasonCode,
    WebexError,
    classify,
    failure_of,
    probe_hint,
)

RETRY, FINAL = ErrorClass.RETRYABLE_EXTERNAL, ErrorClass.NON_RETRYABLE_EXTERNAL


def test_the_reason_codes_are_the_twelve_of_the_closed_list() -> None:
    assert [code.value for code in ReasonCode] == [
        "invalid_input_schema",
        "duplicate_key",
        "out_of_scope",
        "non_retryable_external",
        "permission_denied",
        "auth_invalid",
        "retry_exhausted",
        "invalid_response_schema",
        "half_applied",
        "unhandled_exception",
        "user_not_found",
        "precondition_missing",
    ]
    rejected = {code.value for code in ReasonCode if code.status == "rejected"}
    assert rejected == {"invalid_input_schema", "duplicate_key"}
    assert all(code.meaning.endswith(".") for code in ReasonCode)


@pytest.mark.parametrize("status", [429, 423, 408, 425, 500, 502, 503, 504, 520, 599])
def test_what_may_pass_is_repeated(status: int) -> None:
    rule = classify(status)
    assert (rule.error_class, rule.reason_code) == (RETRY, ReasonCode.RETRY_EXHAUSTED)


@pytest.mark.parametrize(
    ("status", "codes", "reason"),
    [
        (400, (), ReasonCode.NON_RETRYABLE_EXTERNAL),
        (401, (), ReasonCode.AUTH_INVALID),
        (401, ("4003",), ReasonCode.AUTH_INVALID),
        (403, (), ReasonCode.PERMISSION_DENIED),
        (404, (), ReasonCode.NON_RETRYABLE_EXTERNAL),
        (404, ("4003",), ReasonCode.USER_NOT_FOUND),
        (400, ("4007",), ReasonCode.USER_NOT_FOUND),
        (404, ("2150012",), ReasonCode.USER_NOT_FOUND),
        (404, ("4152",), ReasonCode.PRECONDITION_MISSING),
        (400, ("5620",), ReasonCode.PRECONDITION_MISSING),
        (400, ("27966",), ReasonCode.PRECONDITION_MISSING),
        (405, (), ReasonCode.PRECONDITION_MISSING),
        (409, (), ReasonCode.NON_RETRYABLE_EXTERNAL),
        (409, ("25223",), ReasonCode.NON_RETRYABLE_EXTERNAL),
        (400, ("4202",), ReasonCode.NON_RETRYABLE_EXTERNAL),
        (451, (), ReasonCode.NON_RETRYABLE_EXTERNAL),
        (418, (), ReasonCode.NON_RETRYABLE_EXTERNAL),
        # looks like an outage, but is permanent
        (502, ("4251",), ReasonCode.PRECONDITION_MISSING),
        (501, (), ReasonCode.OUT_OF_SCOPE),
    ],
)
def test_what_stays_refused_is_final(status, codes, reason) -> None:
    rule = classify(status, codes)
    assert (rule.error_class, rule.reason_code) == (FINAL, reason)


def test_the_code_matters_only_where_the_rule_says_so() -> None:
    assert classify(503, ("4251",)).error_class is RETRY
    assert classify(502, ("9999",)).error_class is RETRY


@pytest.mark.parametrize(
    ("exception", "failure"),
    [
        (TimeoutError(), Failure.TIMEOUT),
        (ConnectionResetError(), Failure.NETWORK),
        (OSError(), Failure.NETWORK),
        (AssertionError(), Failure.ASSERTION),
        (KeyError("429"), Failure.UNKNOWN),
        (KeyboardInterrupt(), Failure.UNKNOWN),
    ],
)
def test_exceptions_are_sorted_by_type_never_by_text(exception, failure) -> None:
    assert failure_of(exception) is failure
    assert classify(failure=exception).failure is failure


def test_an_assertion_is_ours() -> None:
    rule = classify(failure=AssertionError("row id missing"))
    assert rule.error_class is ErrorClass.ASSERTION_FAILURE
    assert rule.reason_code is ReasonCode.UNHANDLED_EXCEPTION


def test_an_error_that_was_classified_keeps_its_rule() -> None:
    rule = classify(403)
    error = WebexError(rule, message="no", method="GET", path="/x", status=403)
    assert classify(failure=error) is rule


@given(
    status=st.one_of(st.none(), st.integers(-1, 1000)),
    codes=st.lists(st.text(max_size=6)),
    failure=st.one_of(st.none(), st.sampled_from(Failure)),
)
def test_classification_is_total_and_pure(status, codes, failure) -> None:
    rule = classify(status, codes, failure)
    assert rule in RULES
    assert classify(status, codes, failure) is rule


def test_every_kind_of_failure_has_a_rule() -> None:
    assert {rule.failure for rule in RULES} == {None, *Failure}


def test_every_rule_can_be_reached() -> None:
    for rule in RULES:
        statuses = [*rule.statuses] or [400]
        reached = [classify(status, rule.codes, rule.failure) for status in statuses]
        assert rule in reached, rule.when


def test_an_error_reads_as_one_sentence_of_facts() -> None:
    error = WebexError(
        classify(404, ("4003",)),
        message="User not found",
        method="GET",
        path="/people/1",
        status=404,
        codes=("4003",),
        tracking_id="T_1",
        attempts=2,
    )
    assert str(error) == (
        "GET /people/1: User not found (HTTP 404; code 4003; 2 attempts; tracking id T_1)"
    )
    assert error.reason_code is ReasonCode.USER_NOT_FOUND
    assert error.error_class is FINAL


@pytest.mark.parametrize(
    ("rule", "status", "word"),
    [
        (classify(404), 404, "WEBEX_BASE_URL"),
        (classify(failure=Failure.MISSING_FIELDS), 200, "WEBEX_BASE_URL"),
        (classify(401), 401, "new token"),
        (classify(failure=Failure.CONNECT), None, "HTTPS_PROXY"),
    ],
)
def test_a_first_call_that_finds_nothing_hints_at_the_base_url(rule, status, word) -> None:
    error = WebexError(rule, message="no", method="GET", path="/people/me", status=status)
    assert word in (probe_hint(error) or "")
