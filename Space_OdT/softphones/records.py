"""What a run keeps about each person: how it ended, where it failed, what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

import orjson

from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.softphones.intake import SoftphoneRow
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.stages import RESOLVE_PERSON, Stage

_DIGITS = 16


class PersonStatus(StrEnum):
    """How the stages of a person ended."""

    SUCCESS = "success"
    FAILED = "failed"


def row_hash(row: SoftphoneRow, policy: Policy) -> str:
    """Sum up what a person is to get, to recognise a row that has changed since.

    Args:
        row: The row.
        policy: The policy.

    Returns:
        Hexadecimal digits.
    """
    content = orjson.dumps([dict(row.cells), policy.digest], option=orjson.OPT_SORT_KEYS)
    return sha256(content).hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """How a person stands.

    Attributes:
        email: Address, lower case.
        status: How the stages ended.
        row_hash: What the person was to get.
        finished_at: When it ended, ISO 8601 in UTC.
        stages: Stages done, by this run or by the run it goes on from.
        skipped: Stages the operator skipped.
        failed_stage: Where it failed, "" for nowhere.
        verified: Whether every change was read back.
        error_type: Reason code of the failure.
        http_status: Status of the deciding answer, None when there was none.
        tracking_id: Its tracking id, "" when there was none.
        error: What happened.
        run_id: The run it ended in.
    """

    email: str
    status: PersonStatus
    row_hash: str
    finished_at: str
    stages: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed_stage: str = ""
    verified: bool = False
    error_type: str = ""
    http_status: int | None = None
    tracking_id: str = ""
    error: str = ""
    run_id: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Write it in the documented shape, with what else is known."""
        failure = {
            "error_type": self.error_type,
            "http_status": self.http_status,
            "tracking_id": self.tracking_id,
            "error": self.error,
        }
        is_failed = self.status is PersonStatus.FAILED
        return {
            "user_email": self.email,
            "status": self.status.value,
            "failed_stage": self.failed_stage or None,
            "verified": self.verified,
            "finished_at": self.finished_at,
            "row_hash": self.row_hash,
            "run_id": self.run_id,
            "details": {
                "stages": list(self.stages),
                **({"skipped": list(self.skipped)} if self.skipped else {}),
                **(failure if is_failed else {}),
            },
        }

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> PersonRecord:
        """Read the documented shape.

        Args:
            given: Decoded JSON.

        Returns:
            The record.

        Raises:
            KeyError: When a field is missing.
            ValueError: When a value is none of those there are.
        """
        details = given.get("details") or {}
        return cls(
            email=str(given["user_email"]),
            status=PersonStatus(given["status"]),
            row_hash=str(given.get("row_hash", "")),
            finished_at=str(given.get("finished_at", "")),
            stages=tuple(map(str, details.get("stages") or ())),
            skipped=tuple(map(str, details.get("skipped") or ())),
            failed_stage=str(given.get("failed_stage") or ""),
            verified=bool(given.get("verified")),
            error_type=str(details.get("error_type") or ""),
            http_status=details.get("http_status"),
            tracking_id=str(details.get("tracking_id") or ""),
            error=str(details.get("error") or ""),
            run_id=str(given.get("run_id") or ""),
        )


@dataclass(slots=True)
class PersonWork:
    """What a run does for one person.

    Attributes:
        row: The row.
        row_hash: What the person is to get.
        done: Stages that are done already.
        is_verified: Whether every change so far was read back.
        completed: Stages done by the end; begins as `done`.
        skipped: Stages the operator skips.
        failure: The outcome that ended the person's stages; None while all went well.
    """

    row: SoftphoneRow
    row_hash: str
    done: tuple[Stage, ...] = ()
    is_verified: bool = True
    completed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failure: Outcome | None = None

    def __post_init__(self) -> None:
        self.completed = [stage.value for stage in self.done]

    def record(self, finished_at: str, run_id: str) -> PersonRecord:
        """Sum up how it ended.

        Args:
            finished_at: The present moment, ISO 8601 in UTC.
            run_id: Id of the run.

        Returns:
            The record to keep.
        """
        failure = self.failure
        common = (self.row_hash, finished_at, tuple(self.completed), tuple(self.skipped))
        if failure is None or failure.status is RowStatus.SUCCESS:
            return PersonRecord(
                self.row.email,
                PersonStatus.SUCCESS,
                *common,
                verified=self.is_verified,
                run_id=run_id,
            )
        return PersonRecord(
            self.row.email,
            PersonStatus.FAILED,
            *common,
            failed_stage=failure.row.entity_type or RESOLVE_PERSON,
            error_type=str(failure.reason_code or ""),
            http_status=failure.http_status,
            tracking_id=failure.tracking_id,
            error=failure.message,
            run_id=run_id,
        )
