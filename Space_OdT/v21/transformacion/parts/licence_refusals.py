"""What the error codes of the licences call mean to an operator, and what mends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from Space_OdT.engine.action_model import PendingError
from Space_OdT.webex.error_handling import ReasonCode, WebexError


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error code of the licences call means to an operator."""

    reason_code: ReasonCode
    meaning: str
    fix: str


# Codes of `PATCH /licenses/users` (Webex API reference, "Assign Licenses to Users").
REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    {
        "400112": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "a Professional licence cannot become a Standard one",
            "leave the person on Professional, or take the calling licence away in a first run",
        ),
        "400404": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "Professional and Standard cannot be given together",
            "ask for one of the two",
        ),
        "400408": Refusal(
            ReasonCode.PRECONDITION_MISSING,
            "Attendant Console needs Webex Calling Professional",
            "give Webex Calling - Professional as well, or take Attendant Console away first",
        ),
        "400411": Refusal(
            ReasonCode.PRECONDITION_MISSING,
            "a calling licence needs a location and an extension or number of its own",
            "fill location and extension or phone_number",
        ),
        "400413": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "this licence excludes another one, or is not for people",
            "remove the other licence in the same row, or choose another one",
        ),
        "700006": Refusal(
            ReasonCode.NON_RETRYABLE_EXTERNAL,
            "an implicit licence comes with the person and cannot be removed",
            "leave it out of remove_license_ids",
        ),
    }
)


def explained(error: WebexError) -> Exception:
    """Say what a refused licence call means.

    Args:
        error: How the call failed.

    Returns:
        Its explanation where the code is a known one; else the error itself.
    """
    refusal = next((REFUSALS[code] for code in error.codes if code in REFUSALS), None)
    if refusal is None:
        return error
    return PendingError(
        refusal.reason_code, f"{refusal.meaning}: {error}", fix=refusal.fix, status=error.status
    )
