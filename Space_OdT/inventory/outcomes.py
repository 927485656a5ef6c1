"""What a failed read means for the inventory: nothing there, not entitled, or a real failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from Space_OdT.inventory.manifest import Artifact
from Space_OdT.webex.error_handling import ErrorClass, WebexError

KEPT_FAILURES = 100
"""Failures of one artifact that are listed in full; the rest is only counted."""
FORBIDDEN_SAMPLES = 3
"""A scope is missing for all entities alike: so many refusals settle it."""
GIVE_UP_AFTER = 25
"""An endpoint that fails so often in a row is broken; the other artifacts go on."""


class Meaning(StrEnum):
    """What a refusal of one read says."""

    NOT_ENTITLED = "not_entitled"
    """The entity's licence does not include this setting; there is nothing to export."""
    NOT_CONFIGURED = "not_configured"
    """The setting exists but was never made."""
    FORBIDDEN = "forbidden"
    """The token lacks the scope or the role."""
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    """The token is wrong, expired or revoked: nothing more can be read."""
    UNREACHABLE = "unreachable"
    """Webex did not answer at all."""
    FAILED = "failed"
    """Everything else."""


class Result(StrEnum):
    """How the read of an artifact ended; the column `result` of the status."""

    OK = "ok"
    PARTIAL = "partial"
    EMPTY = "empty"
    NOT_ENTITLED = "not_entitled"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    ERROR = "error"
    NO_API = "no_api"
    SKIPPED = "skipped"

    @property
    def is_fine(self) -> bool:
        """Whether nothing that could have been read is missing."""
        return self not in _INCOMPLETE

    @property
    def meaning(self) -> str:
        """One sentence for the reference page."""
        return _MEANINGS[self]


_INCOMPLETE = frozenset({Result.PARTIAL, Result.FORBIDDEN, Result.NOT_FOUND, Result.ERROR})

_MEANINGS = {
    Result.OK: "Everything was read.",
    Result.PARTIAL: "Some entities could not be read; all others are exported.",
    Result.EMPTY: "There is nothing to read.",
    Result.NOT_ENTITLED: "No entity has the licence this setting needs.",
    Result.FORBIDDEN: "The token lacks a scope or a role; `missing_scope` names it.",
    Result.NOT_FOUND: "Webex answered that there is no such thing.",
    Result.ERROR: "The read failed; `error` says why.",
    Result.NO_API: "The API does not offer this read.",
    Result.SKIPPED: "Left out as asked.",
}

# A Basic workspace answers 405 or code 25409 to what needs a Professional licence; people and
# workspaces without Calling answer these codes (observed, and listed by the field's SDK).
_NOT_ENTITLED_CODES = frozenset({"25409", "4003", "4007", "2150012"})
_NOT_ENTITLED_STATUSES = frozenset({400, 404, 405})
_WORKSPACE_PATHS = ("/telephony/config/workspaces/{workspace_id}", "/workspaces/{workspace_id}/")


def meaning_of(error: WebexError, entry: Artifact) -> Meaning:
    """Say what a refused read means; pure, and blind to message texts.

    Args:
        error: The refusal.
        entry: The artifact that was read.

    Returns:
        Its meaning.
    """
    status = error.status
    if status == 401:  # noqa: PLR2004 - the status is the name
        return Meaning.TOKEN
    if status is None:
        passing = error.error_class is ErrorClass.RETRYABLE_EXTERNAL
        return Meaning.UNREACHABLE if passing else Meaning.FAILED
    if entry.feed is not None and _says_not_entitled(error, entry):
        return Meaning.NOT_ENTITLED
    if status in entry.absent:
        return Meaning.NOT_CONFIGURED
    return Meaning.FORBIDDEN if status == 403 else Meaning.FAILED  # noqa: PLR2004


def _says_not_entitled(error: WebexError, entry: Artifact) -> bool:
    if error.status == 405:  # noqa: PLR2004
        return entry.path.startswith(_WORKSPACE_PATHS)
    coded = not _NOT_ENTITLED_CODES.isdisjoint(error.codes)
    return coded and error.status in _NOT_ENTITLED_STATUSES


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """One read that failed.

    Attributes:
        ids: Request ids of the entity; empty for a list.
        reason: Reason code.
        http_status: Status, None when there was no answer.
        codes: API error codes.
        message: What Webex said.
        tracking_id: To quote to support.
    """

    ids: Mapping[str, Any]
    reason: str
    http_status: int | None
    codes: str
    message: str
    tracking_id: str

    @classmethod
    def of(cls, error: WebexError, ids: Mapping[str, Any]) -> FailureRecord:
        """Keep what a status record has to say.

        Args:
            error: The refusal.
            ids: Request ids of the entity.

        Returns:
            The record.
        """
        return cls(
            ids={name: value for name, value in ids.items() if isinstance(value, str)},
            reason=error.reason_code.value,
            http_status=error.status,
            codes=" ".join(error.codes),
            message=error.message,
            tracking_id=error.tracking_id or "",
        )


@dataclass(slots=True)
class Tally:
    """What became of the reads of one artifact.

    Attributes:
        calls: Reads sent, pages included.
        good: Reads that brought something.
        not_entitled: Entities without the needed licence.
        not_configured: Entities that have no such setting.
        forbidden: Reads answered 403; they count as failures as well.
        failures: How many reads failed.
        reasons: "reason status" -> how many.
        kept: The first failures in full.
        in_a_row: Failures since the last read that brought something.
    """

    calls: int = 0
    good: int = 0
    not_entitled: int = 0
    not_configured: int = 0
    forbidden: int = 0
    failures: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    kept: list[FailureRecord] = field(default_factory=list)
    in_a_row: int = 0

    def succeeded(self) -> None:
        """Count a read that brought something."""
        self.good += 1
        self.in_a_row = 0

    def refused(self, error: WebexError, meaning: Meaning, ids: Mapping[str, Any]) -> None:
        """Count a read that did not.

        Args:
            error: The refusal.
            meaning: What it means.
            ids: Request ids of the entity.
        """
        if meaning is Meaning.NOT_ENTITLED:
            self.not_entitled += 1
            self.in_a_row = 0
            return
        if meaning is Meaning.NOT_CONFIGURED:
            self.not_configured += 1
            self.in_a_row = 0
            return
        self.forbidden += meaning is Meaning.FORBIDDEN
        self.failures += 1
        self.in_a_row += 1
        record = FailureRecord.of(error, ids)
        reason = f"{record.reason} {record.http_status or 'no answer'}"
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        if len(self.kept) < KEPT_FAILURES:
            self.kept.append(record)

    @property
    def must_stop(self) -> str:
        """Why no further entity should be asked for; empty while it is worth it."""
        if (
            self.forbidden >= FORBIDDEN_SAMPLES
            and self.forbidden == self.failures
            and not self.good
        ):
            return f"the first {self.forbidden} reads were forbidden"
        if self.in_a_row >= GIVE_UP_AFTER:
            return f"gave up after {self.in_a_row} failures in a row"
        return ""
