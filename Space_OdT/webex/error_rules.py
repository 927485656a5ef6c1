"""The table that gives every answer and failure its meaning; the first line that matches counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from Space_OdT.webex.reasons import ErrorClass, ReasonCode


class Failure(StrEnum):
    """What went wrong when the answer's status does not say it."""

    CONNECT = "no connection could be opened"
    TLS = "the TLS handshake failed"
    TIMEOUT = "no complete answer in time"
    NETWORK = "the connection broke"
    MALFORMED_JSON = "the answer is not valid JSON"
    NOT_JSON = "the answer is a web page, not JSON"
    REDIRECT = "the answer redirects elsewhere"
    MISSING_FIELDS = "the answer lacks a required field"
    UNEXPECTED_STATUS = "the status is a success, but not one of this call's"
    PAGING = "the pages of a list do not end"
    FOREIGN_LINK = "the next page lies on another host"
    ASSERTION = "an invariant of ours does not hold"
    UNKNOWN = "an exception no rule foresees"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table; every condition that is set must hold.

    Attributes:
        error_class: What to do next.
        reason_code: Why, from the closed list.
        when: The condition in words, for the reference page.
        failure: Kind of failure; None means the status decides.
        statuses: HTTP statuses; empty means any.
        codes: API error codes, one of which must be present; empty means any.
        hint: What the operator can do about it.
    """

    error_class: ErrorClass
    reason_code: ReasonCode
    when: str
    failure: Failure | None = None
    statuses: Collection[int] = ()
    codes: frozenset[str] = frozenset()
    hint: str | None = None

    def matches(self, status: int | None, codes: Collection[str], failure: Failure | None) -> bool:
        """Tell whether this line applies.

        Args:
            status: HTTP status, None when there was no answer.
            codes: API error codes of the answer.
            failure: Kind of failure, None when the status alone says it.

        Returns:
            True when every condition that is set holds.
        """
        return (
            failure is self.failure
            and (not self.statuses or status in self.statuses)
            and (not self.codes or not self.codes.isdisjoint(codes))
        )


_RETRY = ErrorClass.RETRYABLE_EXTERNAL
_FINAL = ErrorClass.NON_RETRYABLE_EXTERNAL
_OURS = ErrorClass.ASSERTION_FAILURE
CHECK_BASE_URL = (
    "Is WEBEX_BASE_URL the Webex API (https://webexapis.com/v1)? "
    "A proxy or a sign-in page may have answered."
)

# Tried from top to bottom; the first line that matches counts. Codes come before the bare status
# they refine. Sources: term sheet of the bulk bot (classes and reasons), the Webex API reference
# (429, 423, 5xx, 451), the error codes seen by the field's SDK in its live tests.
RULES: tuple[Rule, ...] = (
    Rule(
        _FINAL,
        ReasonCode.PRECONDITION_MISSING,
        "502 with code 4251: the number to remove is not there",
        statuses=(502,),
        codes=frozenset({"4251"}),
        hint="The number is not in this location: looks like an outage, but is permanent.",
    ),
    Rule(
        _FINAL,
        ReasonCode.OUT_OF_SCOPE,
        "501, 505: the server does not offer this",
        statuses=(501, 505),
        hint="This operation is not available on this server.",
    ),
    Rule(
        _RETRY,
        ReasonCode.RETRY_EXHAUSTED,
        "429 or 423: too many calls; waits Retry-After, within a time budget",
        statuses=(429, 423),
        hint="Webex kept throttling. Run again later, or lower --max-rate.",
    ),
    Rule(
        _RETRY,
        ReasonCode.RETRY_EXHAUSTED,
        "408, 425: looks final, but passes",
        statuses=(408, 425),
        hint="The server kept giving up on the call. Run again later.",
    ),
    Rule(
        _RETRY,
        ReasonCode.RETRY_EXHAUSTED,
        "any other 500 to 599",
        statuses=range(500, 600),
        hint="Webex kept failing. Run again later; quote the tracking id to support.",
    ),
    Rule(
        _FINAL,
        ReasonCode.AUTH_INVALID,
        "401: token wrong, expired or revoked",
        statuses=(401,),
        hint="Get a new token (personal tokens live 12 hours) and run again.",
    ),
    Rule(
        _FINAL,
        ReasonCode.USER_NOT_FOUND,
        "code 4003, 4007 or 2150012: no such user, or not a Calling user",
        codes=frozenset({"4003", "4007", "2150012"}),
        hint="The person must exist in Webex and have a Calling licence.",
    ),
    Rule(
        _FINAL,
        ReasonCode.PRECONDITION_MISSING,
        "code 4152 or 5620: no such location, or not enabled for Calling",
        codes=frozenset({"4152", "5620"}),
        hint="The location must exist and be enabled for Calling.",
    ),
    Rule(
        _FINAL,
        ReasonCode.PRECONDITION_MISSING,
        "code 27966: the number is not available in the target location",
        codes=frozenset({"27966"}),
        hint="Add the number to the location first.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "code 4202, 4910, 4911, 9495 or 9498: extension taken or not valid",
        codes=frozenset({"4202", "4910", "4911", "9495", "9498"}),
        hint="Choose another extension, or free this one.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "code 8363 or 25223: the number exists already",
        codes=frozenset({"8363", "25223"}),
        hint="List the numbers and compare: it may be in use in another location.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "code 25008: a required field is missing",
        codes=frozenset({"25008"}),
        hint="The message names the field.",
    ),
    Rule(
        _FINAL,
        ReasonCode.PERMISSION_DENIED,
        "403: scope, role or licence is missing",
        statuses=(403,),
        hint="Ask for the missing scope, or use a full administrator's token.",
    ),
    Rule(
        _FINAL,
        ReasonCode.PRECONDITION_MISSING,
        "405: the entity's licence lacks this setting (a Basic workspace, for one)",
        statuses=(405,),
        hint="The setting needs a Professional licence.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "404: not there, or not enabled for Calling",
        statuses=(404,),
        hint="It may have been removed meanwhile, or is not enabled for Calling.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "409: conflicts with the present state, or a job is running",
        statuses=(409,),
        hint="Another change may be in progress: run again later.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "451: the data lies in another region",
        statuses=(451,),
        hint="The message names the host to use.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "any other 400 to 499: data, contract or precondition",
        statuses=range(400, 500),
    ),
    Rule(
        _RETRY,
        ReasonCode.RETRY_EXHAUSTED,
        "no connection: refused, no such host, no route",
        failure=Failure.CONNECT,
        hint="Check the network, the proxy (HTTPS_PROXY) and WEBEX_BASE_URL.",
    ),
    Rule(
        _FINAL,
        ReasonCode.NON_RETRYABLE_EXTERNAL,
        "TLS handshake failed: certificate not trusted, or not TLS at all",
        failure=Failure.TLS,
        hint="Behind an inspecting proxy, set SSL_CERT_FILE to its root certificate.",
    ),
    Rule(
        _RETRY,
        ReasonCode.RETRY_EXHAUSTED,
        "no complete answer in time",
        failure=Failure.TIMEOUT,
        hint="Webex is slow or unreachable: run again later, or raise REQUEST_TIMEOUT_SECONDS.",
    ),
    Rule(
        _RETRY,
        ReasonCode.RETRY_EXHAUSTED,
        "the connection broke before the answer was complete",
        failure=Failure.NETWORK,
        hint="Check the network and run again.",
    ),
    Rule(
        _RETRY,
        ReasonCode.INVALID_RESPONSE_SCHEMA,
        "the answer should be JSON but cannot be read; repeated, for it may have been cut",
        failure=Failure.MALFORMED_JSON,
        hint=CHECK_BASE_URL,
    ),
    Rule(
        _FINAL,
        ReasonCode.INVALID_RESPONSE_SCHEMA,
        "the answer is a web page",
        failure=Failure.NOT_JSON,
        hint=CHECK_BASE_URL,
    ),
    Rule(
        _FINAL,
        ReasonCode.INVALID_RESPONSE_SCHEMA,
        "the answer redirects; the token is never sent along",
        failure=Failure.REDIRECT,
        hint=CHECK_BASE_URL,
    ),
    Rule(
        _FINAL,
        ReasonCode.INVALID_RESPONSE_SCHEMA,
        "success, but a required field is missing",
        failure=Failure.MISSING_FIELDS,
        hint="The API may have changed; quote the tracking id to support.",
    ),
    Rule(
        _FINAL,
        ReasonCode.INVALID_RESPONSE_SCHEMA,
        "a success status this call does not expect",
        failure=Failure.UNEXPECTED_STATUS,
        hint="Part of the change may be done: compare before running again.",
    ),
    Rule(
        _FINAL,
        ReasonCode.INVALID_RESPONSE_SCHEMA,
        "a list whose pages repeat or never end",
        failure=Failure.PAGING,
        hint="The list may be incomplete; quote the tracking id to support.",
    ),
    Rule(
        _FINAL,
        ReasonCode.INVALID_RESPONSE_SCHEMA,
        "a next page on another host, where the token must not go",
        failure=Failure.FOREIGN_LINK,
        hint=CHECK_BASE_URL,
    ),
    Rule(
        _OURS,
        ReasonCode.UNHANDLED_EXCEPTION,
        "an invariant of ours does not hold",
        failure=Failure.ASSERTION,
        hint="This is a defect of Space_OdT: please report it with the log.",
    ),
    Rule(
        _FINAL,
        ReasonCode.UNHANDLED_EXCEPTION,
        "anything else",
        failure=Failure.UNKNOWN,
        hint="The log has the details.",
    ),
)
