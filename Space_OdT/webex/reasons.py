"""The closed lists: what to do about an error, and why a row or a read did not succeed."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class ErrorClass(StrEnum):
    """What to do next: repeat, give the row up, or look for our own mistake."""

    RETRYABLE_EXTERNAL = "RETRYABLE_EXTERNAL"
    NON_RETRYABLE_EXTERNAL = "NON_RETRYABLE_EXTERNAL"
    ASSERTION_FAILURE = "ASSERTION_FAILURE"


class ReasonCode(StrEnum):
    """The closed list of reasons why a row or a read did not succeed."""

    INVALID_INPUT_SCHEMA = "invalid_input_schema"
    DUPLICATE_KEY = "duplicate_key"
    OUT_OF_SCOPE = "out_of_scope"
    NON_RETRYABLE_EXTERNAL = "non_retryable_external"
    PERMISSION_DENIED = "permission_denied"
    AUTH_INVALID = "auth_invalid"
    RETRY_EXHAUSTED = "retry_exhausted"
    INVALID_RESPONSE_SCHEMA = "invalid_response_schema"
    HALF_APPLIED = "half_applied"
    UNHANDLED_EXCEPTION = "unhandled_exception"
    USER_NOT_FOUND = "user_not_found"
    PRECONDITION_MISSING = "precondition_missing"

    @property
    def status(self) -> Literal["rejected", "pending"]:
        """Where a row with this reason ends: refused before any call, or left to be done."""
        return "rejected" if self in _REJECTED else "pending"

    @property
    def meaning(self) -> str:
        """One sentence for operators and the reference page."""
        return _MEANINGS[self]


_REJECTED = frozenset({ReasonCode.INVALID_INPUT_SCHEMA, ReasonCode.DUPLICATE_KEY})

_MEANINGS = {
    ReasonCode.INVALID_INPUT_SCHEMA: "The row breaks the input schema; no call was made.",
    ReasonCode.DUPLICATE_KEY: "Another row of the same input has the same key.",
    ReasonCode.OUT_OF_SCOPE: "The API does not offer this operation, or it is not ours to do.",
    ReasonCode.NON_RETRYABLE_EXTERNAL: "Webex refused the call, and would refuse it again.",
    ReasonCode.PERMISSION_DENIED: "The token's scopes or administrator role do not allow the call.",
    ReasonCode.AUTH_INVALID: "The token is wrong, expired or revoked.",
    ReasonCode.RETRY_EXHAUSTED: "A passing failure did not pass within the bounded repeats.",
    ReasonCode.INVALID_RESPONSE_SCHEMA: "The answer says success but lacks what it must contain.",
    ReasonCode.HALF_APPLIED: "Some steps of the change were done, a later one failed.",
    ReasonCode.UNHANDLED_EXCEPTION: "Something no rule foresees; the log has the details.",
    ReasonCode.USER_NOT_FOUND: "The person does not exist in Webex, or not for Calling yet.",
    ReasonCode.PRECONDITION_MISSING: "Something the operation needs is not there yet.",
}
