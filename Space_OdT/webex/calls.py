"""One call on its way, and the error it becomes when it is given up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from Space_OdT.webex.answers import (
    Response,
    decode_leniently,
    error_codes,
    error_message,
    is_web_page,
    page_title,
)
from Space_OdT.webex.error_handling import ErrorClass, Failure, Rule, WebexError, classify
from Space_OdT.webex.redaction import MASK, mask_spellings, secret_spellings
from Space_OdT.webex.retry import FailedAttemptError, RetryPolicy
from Space_OdT.webex.stats import FamilyStats

Lookup = Callable[[], Awaitable[Any]]

THROTTLED = frozenset({429, 423})
FIRST_REDIRECT, FIRST_REFUSAL, FIRST_SERVER_ERROR = 300, 400, 500

_READS = frozenset({"GET", "HEAD"})
# Of these the status says enough, whoever answered.
_PLAIN_EVEN_AS_WEB_PAGE = frozenset({401, 407, 423, 429})


@dataclass(slots=True)
class Call:
    """One call on its way.

    Attributes:
        method: Upper-case HTTP method.
        path: Path as the caller gave it, for messages.
        url: Address as the HTTP library wants it.
        headers: Request headers; the tracking id changes with each attempt.
        data: Encoded body.
        family: Endpoint family.
        stats: Counters of that family.
        policy: Bounds of this call's repeats.
        repeatable: Whether a repeat is harmless.
        lookup: Tells whether an attempt of open outcome landed.
        passing: Statuses to repeat on beside those of the table.
        decoded: Whether to decode the body of a success.
        attempts: Requests sent.
        may_have_landed: True while the outcome of an attempt is open.
        lost_seconds: What attempts without an answer cost so far.
        origin: The HTTP library's own object of the last answer.
    """

    method: str
    path: str
    url: Any = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    data: Any = field(repr=False)
    family: str
    stats: FamilyStats
    policy: RetryPolicy
    repeatable: bool
    lookup: Lookup | None = None
    passing: Collection[int] = ()
    decoded: bool = True
    attempts: int = 0
    may_have_landed: bool = False
    lost_seconds: float = 0.0
    origin: Any = field(default=None, repr=False)

    @property
    def is_read(self) -> bool:
        """True when the call changes nothing."""
        return self.method in _READS


class AttemptFailedError(FailedAttemptError):
    """One attempt did not give a usable answer.

    Attributes:
        rule: What the failure means.
        reason: What happened, in words.
        response: The refusing or unusable answer, None when there was none.
        accepted: Whether the server answered success, only unusably.
    """

    def __init__(
        self,
        rule: Rule,
        reason: str,
        *,
        may_repeat: bool,
        response: Response | None = None,
        accepted: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason
        self.may_repeat = may_repeat
        self.response = response
        self.accepted = accepted
        self.retry_after = retry_after


def may_repeat(call: Call, rule: Rule, status: int | None = None) -> bool:
    """Decide whether a failed attempt may be followed by another.

    Args:
        call: The call; whether its outcome is open must be noted in it already.
        rule: What the failure means.
        status: HTTP status of the refusal, None when there was none.

    Returns:
        True when another attempt may do better, and either cannot do harm or a lookup can tell.
    """
    policy = call.policy
    if status in policy.final_statuses or call.lost_seconds > policy.patience_seconds:
        return False
    passes = rule.error_class is ErrorClass.RETRYABLE_EXTERNAL or status in call.passing
    harmless = call.repeatable or not call.may_have_landed or call.lookup is not None
    return passes and harmless


def given_up(call: Call, failure: AttemptFailedError, token: str) -> WebexError:
    """Make the error of a call whose last attempt failed.

    Args:
        call: The call.
        failure: Its last failure.
        token: Access token, to be masked wherever the server repeats it.

    Returns:
        The error to raise.
    """
    answer = failure.response
    if answer is not None and answer.status >= FIRST_REFUSAL:
        return refused(call, answer, token, rule=failure.rule)
    return _error(call, failure.rule, failure.reason, token, answer)


def refused(call: Call, answer: Response, token: str, *, rule: Rule | None = None) -> WebexError:
    """Make the error of an answer whose status is not one the call expects.

    Args:
        call: The call.
        answer: The answer.
        token: Access token, to be masked wherever the server repeats it.
        rule: What the answer means, when that is known already.

    Returns:
        The error to raise.
    """
    status = answer.status
    if FIRST_REDIRECT <= status < FIRST_REFUSAL:
        host = urlsplit(answer.headers.get("Location", "")).netloc.rpartition("@")[2]
        reason = f"redirects to {host or 'another address'}"
        return _error(call, classify(failure=Failure.REDIRECT), reason, token, answer)
    if status < FIRST_REDIRECT:
        rule = classify(failure=Failure.UNEXPECTED_STATUS)
        return _error(call, rule, f"status {status} is not expected here", token, answer)
    content_type = answer.headers.get("Content-Type", "")
    body = decode_leniently(_without(token, answer.raw), content_type)
    codes = error_codes(body, answer.headers)
    if (
        status < FIRST_SERVER_ERROR
        and status not in _PLAIN_EVEN_AS_WEB_PAGE
        and is_web_page(answer.raw, content_type)
    ):
        reason = f"answered with a web page “{page_title(answer.raw)}”"
        return _error(call, classify(failure=Failure.NOT_JSON), reason, token, answer)
    return _error(
        call,
        rule or classify(status, codes),
        error_message(status, body),
        token,
        answer,
        codes=codes,
        detail=body,
    )


def lacking(call: Call, answer: Response, missing: list[str], token: str) -> WebexError:
    """Make the error of a success that lacks required fields.

    Args:
        call: The call.
        answer: The answer.
        missing: Names of the fields.
        token: Access token, to be masked.

    Returns:
        The error to raise; a change is marked as possibly done.
    """
    call.may_have_landed = True
    reason = f"the answer lacks {', '.join(missing)}"
    return _error(call, classify(failure=Failure.MISSING_FIELDS), reason, token, answer)


def meaning_of(answer: Response) -> Rule:
    """Look up what a refusal means.

    Args:
        answer: The refusing answer.

    Returns:
        The rule of its status and codes.
    """
    body = decode_leniently(answer.raw, answer.headers.get("Content-Type", ""))
    return classify(answer.status, error_codes(body, answer.headers))


def _error(
    call: Call,
    rule: Rule,
    message: str,
    token: str,
    answer: Response | None,
    *,
    codes: tuple[str, ...] = (),
    detail: object = None,
) -> WebexError:
    return WebexError(
        rule,
        message=_printable(message, token),
        method=call.method,
        path=call.path.partition("?")[0],
        status=answer.status if answer else None,
        codes=codes,
        tracking_id=_printable(answer.tracking_id, token)
        if answer and answer.tracking_id
        else None,
        attempts=call.attempts,
        unknown_outcome=call.may_have_landed and not call.is_read,
        detail=detail,
    )


def _without(token: str, raw: bytes) -> bytes:
    """Mask the token in a body, which is kept with the error."""
    for spelling in secret_spellings((token,)):
        raw = raw.replace(spelling.encode(), MASK.encode())
    return raw


def _printable(text: str, token: str) -> str:
    """Mask the token, and replace what no file or terminal could write."""
    masked = mask_spellings(text, secret_spellings((token,)))
    return masked.encode("utf-8", "replace").decode()
