"""`run_state.json`: how everybody stands, kept as the run goes, so that a killed run goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.state_store import CheckpointError
from Space_OdT.softphones.json_lines import JsonLines, mend_tail, read_json_lines
from Space_OdT.softphones.layout import SoftphoneLayout
from Space_OdT.softphones.records import PersonRecord, PersonStatus
from Space_OdT.softphones.stages import Stage

_KNOWN = ("run_id", "started_at", "status", "record_results")


class PassStatus(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"

    @property
    def is_finished(self) -> bool:
        """Whether every person of the input has an outcome."""
        return self in {PassStatus.COMPLETED, PassStatus.COMPLETED_WITH_ERRORS}


@dataclass(slots=True)
class RunState:
    """How a run and its people stand.

    Attributes:
        run_id: Id of the run.
        started_at: When it began, ISO 8601 in UTC.
        status: How it stands.
        approved: What the decisions were given for; see `approvals.digest_of`.
        stage_decisions: Stage -> decision, with who and when.
        input: Path, hash and rows of the input.
        records: Address -> how the person stands; people of the present input.
        former: Address -> how people of earlier inputs stood.
        ended_at: When it ended, "" before.
        message: Why it stopped, "" when it did not.
    """

    run_id: str
    started_at: str
    status: PassStatus = PassStatus.RUNNING
    approved: str = ""
    stage_decisions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    input: Mapping[str, Any] = field(default_factory=dict)
    records: dict[str, PersonRecord] = field(default_factory=dict)
    former: dict[str, PersonRecord] = field(default_factory=dict)
    ended_at: str = ""
    message: str = ""

    def count(self, status: PersonStatus) -> int:
        """Count the people of the present input that ended so."""
        return Counter(record.status for record in self.records.values())[status]

    def as_bytes(self) -> bytes:
        """Write it in the documented shape, keys sorted."""
        return orjson.dumps(
            {
                "run_id": self.run_id,
                "started_at": self.started_at,
                "ended_at": self.ended_at or None,
                "status": self.status.value,
                "message": self.message,
                "approved": self.approved,
                "input": dict(self.input),
                "completed_count": self.count(PersonStatus.SUCCESS),
                "failed_count": self.count(PersonStatus.FAILED),
                "stage_decisions": {name: dict(one) for name, one in self.stage_decisions.items()},
                "record_results": {name: one.as_dict() for name, one in self.records.items()},
                "former_results": {name: one.as_dict() for name, one in self.former.items()},
            },
            option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2,
        )


@dataclass(slots=True)
class Remembered:
    """What earlier runs left.

    Attributes:
        state: How they left everybody; None before the first run.
        progress: Address -> stages that the last run ended, with their lines of the change log,
            for people it did not see to the end.
        intents: Address and stage -> state before a write whose end nobody saw.
        mended: Names of files whose last line was torn.
    """

    state: RunState | None = None
    progress: dict[str, dict[Stage, Mapping[str, Any]]] = field(default_factory=dict)
    intents: dict[tuple[str, str], Any] = field(default_factory=dict)
    mended: tuple[str, ...] = ()


def remember(layout: SoftphoneLayout) -> Remembered:
    """Read what earlier runs left.

    Args:
        layout: The folder of the run; locked.

    Returns:
        What they left.

    Raises:
        CheckpointError: When `run_state.json` is not what a run writes.
        DamagedOutputError: When another file is not.
    """
    files = (layout.journal, layout.changes_log, layout.failures_csv)
    mended = tuple(path.name for path in files if mend_tail(path) is not None)
    state = _read_state(layout.run_state_json)
    if state is None:
        return Remembered(mended=mended)
    remembered = Remembered(state, mended=mended)
    entries = list(_other_entries(layout, remembered))
    for record in entries:
        if record.run_id == state.run_id:
            state.records[record.email] = record
    for line in read_json_lines(layout.changes_log):
        if line.get("run_id") == state.run_id:
            _note_progress(remembered, state, line)
    return remembered


def _other_entries(layout: SoftphoneLayout, remembered: Remembered) -> Iterator[PersonRecord]:
    """Keep the intents nobody has settled; give the records of people."""
    settled: Counter[tuple[str, str]] = Counter(
        (str(line["user_email"]), str(line["stage"]))
        for line in read_json_lines(layout.changes_log)
        if line["status"] == "success" or line.get("after") is not None
    )
    for entry in read_json_lines(layout.journal):
        if entry.get("kind") == "intent":
            key = str(entry["user_email"]), str(entry["stage"])
            if settled[key]:
                settled[key] -= 1
            else:
                remembered.intents[key] = entry["before"]
        else:
            yield PersonRecord.of(entry)


def _note_progress(remembered: Remembered, state: RunState, line: Mapping[str, Any]) -> None:
    """Remember the stages of somebody the run did not see to the end."""
    email, stage = str(line["user_email"]), str(line["stage"])
    if email not in state.records and line["status"] == "success" and stage in set(Stage):
        remembered.progress.setdefault(email, {})[Stage(stage)] = {
            "row_hash": line.get("row_hash"),
            "verified": bool(line.get("verified")),
        }


def _read_state(path: Path) -> RunState | None:
    try:
        given = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise _damaged(path, f"it is not valid JSON ({error})") from None
    if not isinstance(given, dict) or any(name not in given for name in _KNOWN):
        raise _damaged(path, f"{', '.join(_KNOWN)} must stand in it")
    try:
        return RunState(
            run_id=str(given["run_id"]),
            started_at=str(given["started_at"]),
            status=PassStatus(given["status"]),
            approved=str(given.get("approved", "")),
            stage_decisions=given.get("stage_decisions") or {},
            input=given.get("input") or {},
            records=_records(given["record_results"]),
            former=_records(given.get("former_results") or {}),
            ended_at=str(given.get("ended_at") or ""),
            message=str(given.get("message") or ""),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(path, f"a part of it is not readable ({error!r})") from None


def _records(given: Mapping[str, Any]) -> dict[str, PersonRecord]:
    return {email: PersonRecord.of(one) for email, one in given.items()}


def _damaged(path: Path, what: str) -> CheckpointError:
    fix = "move it elsewhere; a new run finds what exists in Webex and changes only the rest"
    return CheckpointError(path, f"it is not what a run writes: {what}", fix)


class StateKeeper:
    """Keeps the state on disk: whole from time to time, each event at once in the journal.

    Args:
        layout: The folder of the run.
        state: The state; changed by nobody else.
        intents: Writes of an earlier run whose end nobody saw; they stay until they are settled.

    Raises:
        OSError: When the files cannot be written.
    """

    def __init__(
        self,
        layout: SoftphoneLayout,
        state: RunState,
        intents: Mapping[tuple[str, str], Any],
    ) -> None:
        self.state = state
        self._path = layout.run_state_json
        self._is_dirty = False
        write_atomic(self._path, state.as_bytes(), durable=True)
        kept = b"".join(
            orjson.dumps(_intent(email, stage, before), option=orjson.OPT_APPEND_NEWLINE)
            for (email, stage), before in intents.items()
        )
        write_atomic(layout.journal, kept, durable=True)
        self._journal = JsonLines(layout.journal)

    def intend(self, email: str, stage: str, before: Any) -> None:
        """Keep the state before a write that is about to be sent, or raise `OSError`."""
        self._journal.append(_intent(email, stage, before))

    def record(self, record: PersonRecord) -> None:
        """Keep how a person ended, or raise `OSError`."""
        self._journal.append({"kind": "person", "run_id": self.state.run_id, **record.as_dict()})
        self.state.records[record.email] = record
        self._is_dirty = True

    def snapshot(self) -> bytes | None:
        """Render the state when it has changed since it was rendered last."""
        if not self._is_dirty:
            return None
        self._is_dirty = False
        return self.state.as_bytes()

    def save(self, content: bytes) -> None:
        """Write a rendered state; may run in another thread."""
        self._journal.sync()
        write_atomic(self._path, content)

    def close(self) -> None:
        """Write the state as it is now and close, or raise `OSError`."""
        try:
            self._journal.sync()
            write_atomic(self._path, self.state.as_bytes(), durable=True)
        finally:
            self._journal.close()
        if self.state.status is PassStatus.COMPLETED:
            self._journal.path.unlink(missing_ok=True)


def _intent(email: str, stage: str, before: Any) -> dict[str, Any]:
    return {"kind": "intent", "user_email": email, "stage": stage, "before": before}


def divided(
    records: Mapping[str, PersonRecord],
    former: Mapping[str, PersonRecord],
    emails: Iterable[str],
) -> tuple[dict[str, PersonRecord], dict[str, PersonRecord]]:
    """Divide records into those of the present input and those of people no longer in it.

    Args:
        records: Those of the last input.
        former: Those of people who were not in it.
        emails: Addresses of the present input.

    Returns:
        Records of the present input, and all others.
    """
    present = set(emails)
    known = {**former, **records}
    now = {email: one for email, one in known.items() if email in present}
    return now, {email: one for email, one in known.items() if email not in present}
