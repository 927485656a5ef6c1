"""What an answer or a failure means, and the error that carries it; blind to message texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from Space_OdT.webex.error_rules import CHECK_BASE_URL, RULES, Failure, Rule
from Space_OdT.webex.reasons import ErrorClass, ReasonCode

__all__ = [
    "RULES",
    "ErrorClass",
    "Failure",
    "ReasonCode",
    "Rule",
    "WebexError",
    "classify",
    "failure_of",
    "probe_hint",
]

_ANYTHING_ELSE = RULES[-1]
_NOT_FOUND = 404

# First match counts: TimeoutError and ConnectionError are kinds of OSError.
_FAILURES: tuple[tuple[type[BaseException], Failure], ...] = (
    (TimeoutError, Failure.TIMEOUT),
    (OSError, Failure.NETWORK),
    (AssertionError, Failure.ASSERTION),
    (BaseException, Failure.UNKNOWN),
)


def classify(
    status: int | None = None,
    codes: Collection[str] = (),
    failure: Failure | BaseException | None = None,
) -> Rule:
    """Say what an answer or a failure means; total, pure, and blind to message texts.

    Args:
        status: HTTP status of the answer, None when there was none.
        codes: API error codes found in the answer.
        failure: Kind of failure or the exception itself; None when the status alone says it.

    Returns:
        The first rule that matches; the last rule when none does.
    """
    if isinstance(failure, WebexError):
        return failure.rule
    kind = failure_of(failure) if isinstance(failure, BaseException) else failure
    return next((rule for rule in RULES if rule.matches(status, codes, kind)), _ANYTHING_ELSE)


def failure_of(exception: BaseException) -> Failure:
    """Sort an exception by its type.

    Args:
        exception: Any exception of the standard library or ours.

    Returns:
        The kind of failure; UNKNOWN when its type says nothing.
    """
    return next(kind for known, kind in _FAILURES if isinstance(exception, known))


class WebexError(Exception):
    """A call that did not succeed, with everything a report or a decision needs.

    Attributes:
        rule: The line of the table that applied.
        status: HTTP status, None when there was no answer.
        codes: API error codes of the answer.
        message: What the server or the failure says, without secrets.
        tracking_id: The server's tracking id, to quote to support.
        method: Upper-case HTTP method.
        path: Path of the call without host and query.
        attempts: Requests sent for this call.
        unknown_outcome: True when the server may have done what was asked all the same.
        detail: Decoded error body, None when there was none.
    """

    def __init__(
        self,
        rule: Rule,
        *,
        message: str,
        method: str,
        path: str,
        status: int | None = None,
        codes: Sequence[str] = (),
        tracking_id: str | None = None,
        attempts: int = 1,
        unknown_outcome: bool = False,
        detail: object = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.status = status
        self.codes = tuple(codes)
        self.message = message
        self.tracking_id = tracking_id
        self.method = method
        self.path = path
        self.attempts = attempts
        self.unknown_outcome = unknown_outcome
        self.detail = detail

    @property
    def error_class(self) -> ErrorClass:
        """What to do next."""
        return self.rule.error_class

    @property
    def reason_code(self) -> ReasonCode:
        """Why, from the closed list."""
        return self.rule.reason_code

    @property
    def hint(self) -> str | None:
        """What the operator can do about it."""
        return self.rule.hint

    def __str__(self) -> str:
        answered = f"HTTP {self.status}" if self.status is not None else "no answer"
        extras = [
            f"code {', '.join(self.codes)}" if self.codes else "",
            f"{self.attempts} attempts" if self.attempts > 1 else "",
            f"tracking id {self.tracking_id}" if self.tracking_id else "",
            "outcome unknown" if self.unknown_outcome else "",
        ]
        facts = "; ".join([answered, *filter(None, extras)])
        return f"{self.method} {self.path}: {self.message} ({facts})"


def probe_hint(error: WebexError) -> str | None:
    """Say what the operator can do when the first call of a run fails.

    Args:
        error: How a call failed that every Webex answers.

    Returns:
        The error's own hint; for "not found" and for answers of another shape, the likelier cause.
    """
    is_foreign = error.reason_code is ReasonCode.INVALID_RESPONSE_SCHEMA
    return CHECK_BASE_URL if is_foreign or error.status == _NOT_FOUND else error.hint
