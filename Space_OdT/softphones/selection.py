"""Who is run: everybody, those a killed run did not get to, or those that failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from Space_OdT.softphones.intake import SoftphoneRow
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.records import PersonRecord, PersonStatus, PersonWork, row_hash
from Space_OdT.softphones.stages import Stage
from Space_OdT.softphones.state import Remembered, RunState


class Pass(StrEnum):
    """Why a run begins."""

    NEW = "new"
    RESUME = "resume"
    ONLY_FAILURES = "only_failures"


@dataclass(frozen=True, slots=True)
class Selection:
    """Who is run, and who is not.

    Attributes:
        kind: Why the run begins.
        works: The people to run, in the order of the input.
        kept: Records of people who are not run.
        again: People that failed and are run again.
        untried: People that no run has come to yet.
        changed: People who succeeded with a row that has changed since; only a full run does them.
    """

    kind: Pass
    works: tuple[PersonWork, ...]
    kept: dict[str, PersonRecord]
    again: int = 0
    untried: int = 0
    changed: int = 0

    @property
    def failed_kept(self) -> int:
        """People that failed in this run already, and are left to `--only-failures`."""
        return sum(one.status is PersonStatus.FAILED for one in self.kept.values())


def select(
    rows: Sequence[SoftphoneRow],
    policy: Policy,
    remembered: Remembered,
    *,
    only_failures: bool,
    running: Collection[Stage] = (),
) -> Selection:
    """Choose who is run.

    Args:
        rows: The good rows of the input.
        policy: The policy of the run.
        remembered: What earlier runs left.
        only_failures: Whether people that succeeded are left alone.
        running: Stages that decisions given anew let run; a run that goes on does them for
            people who had them skipped.

    Returns:
        A new run over everybody when the last one is finished; else the one that goes on.
    """
    state = remembered.state
    hashed = [(row, row_hash(row, policy)) for row in rows]
    if only_failures and state is not None:
        return _failures(hashed, remembered, {**state.former, **state.records})
    if state is None or state.status.is_finished:
        works = tuple(PersonWork(row, digest) for row, digest in hashed)
        kind = Pass.ONLY_FAILURES if only_failures else Pass.NEW
        return Selection(kind, works, {}, untried=len(works))
    return _resumed(hashed, remembered, state, {stage.value for stage in running})


def _resumed(
    hashed: Sequence[tuple[SoftphoneRow, str]],
    remembered: Remembered,
    state: RunState,
    running: set[str],
) -> Selection:
    """Go on with a run: whoever it has seen to the end with the same row is left alone."""
    works, kept, again = [], {}, 0
    for row, digest in hashed:
        record = state.records.get(row.email)
        if record is None or record.row_hash != digest:
            works.append(_half_done(row, digest, remembered))
        elif record.status is PersonStatus.SUCCESS and running & set(record.skipped):
            works.append(_skipped_before(row, record))
        elif record.status is PersonStatus.SUCCESS or record.run_id == state.run_id:
            kept[row.email] = record
        else:  # the run was over failures, and did not come to this one
            again += 1
            works.append(_from_failed_stage(row, digest, record))
    return Selection(Pass.RESUME, tuple(works), kept, again, len(works) - again)


def _failures(
    hashed: Sequence[tuple[SoftphoneRow, str]],
    remembered: Remembered,
    records: dict[str, PersonRecord],
) -> Selection:
    works, kept, again, changed = [], {}, 0, 0
    for row, digest in hashed:
        record = records.get(row.email)
        if record is None:
            works.append(_half_done(row, digest, remembered))
        elif record.status is PersonStatus.FAILED:
            again += 1
            works.append(_from_failed_stage(row, digest, record))
        else:
            kept[row.email] = record
            changed += record.row_hash != digest
    untried = len(works) - again
    return Selection(Pass.ONLY_FAILURES, tuple(works), kept, again, untried, changed)


def _half_done(row: SoftphoneRow, digest: str, remembered: Remembered) -> PersonWork:
    """Leave out the stages that a killed run had ended for the same row."""
    ended = remembered.progress.get(row.email, {})
    done = [stage for stage in Stage if stage in ended and ended[stage]["row_hash"] == digest]
    verified = all(bool(ended[stage]["verified"]) for stage in done)
    return PersonWork(row, digest, tuple(done), is_verified=verified)


def _skipped_before(row: SoftphoneRow, record: PersonRecord) -> PersonWork:
    """Do the stages that were skipped, once they are decided otherwise."""
    done = tuple(stage for stage in Stage if stage.value in record.stages)
    return PersonWork(row, record.row_hash, done, is_verified=record.verified)


def _from_failed_stage(row: SoftphoneRow, digest: str, record: PersonRecord) -> PersonWork:
    """Begin at the failed stage; a row that has changed since begins at the first."""
    if record.row_hash != digest:
        return PersonWork(row, digest)
    done = tuple(stage for stage in Stage if stage.value in record.stages)
    return PersonWork(row, digest, done)
