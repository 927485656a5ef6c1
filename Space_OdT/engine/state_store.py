"""The checkpoint of a run: read strictly, replaced atomically, never trusted beyond its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.invariants import invariant
from Space_OdT.engine.models import Phase


class RunStatus(StrEnum):
    """How the run that wrote a checkpoint stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    CIRCUIT_BREAKER = "circuit_breaker"
    FINISHED = "finished"


class Start(StrEnum):
    """How a command begins, after it has looked at the checkpoint."""

    NEW = "new"
    RESUME = "resume"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run is (term sheet of the bulk bot, v1.1, section 7; `status` is ours).

    Attributes:
        pipeline_version: Version of the pipeline that judged the rows.
        input_hash: sha256 of the input's bytes.
        phase: The phase in work, from 1.
        last_row_id: Low-water mark: the number of the last row of this phase up to which every
            row has an outcome on disk; 0 when there is none yet.
        started_at: When the pass began, ISO 8601 in UTC.
        updated_at: When this was written, ISO 8601 in UTC.
        status: How the run stands.
    """

    pipeline_version: int
    input_hash: str
    phase: int
    last_row_id: int
    started_at: str
    updated_at: str
    status: RunStatus = RunStatus.RUNNING


class CheckpointError(Exception):
    """The checkpoint on disk cannot be used; a run must not go on.

    Args:
        path: The file.
        what: What is wrong.
        fix: What to do.
    """

    def __init__(self, path: Path, what: str, fix: str) -> None:
        super().__init__(f"{path}: {what}. Fix: {fix}.")
        self.path = path


class CorruptCheckpointError(CheckpointError):
    """The checkpoint is not what a run writes."""


class CheckpointMismatchError(CheckpointError):
    """The checkpoint belongs to another input, or another version, and is not finished."""


class StateStore:
    """Keeps the checkpoint of one output folder.

    Args:
        path: `checkpoint.json`.
        clock: Gives the present moment; injected by tests.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path = path
        self._clock = clock

    def begin(self, input_hash: str, pipeline_version: int) -> Checkpoint:
        """Write the first checkpoint of a pass; outputs may be written only after it.

        Args:
            input_hash: sha256 of the input's bytes.
            pipeline_version: Version of the pipeline.

        Returns:
            The checkpoint.

        Raises:
            OSError: When it cannot be written.
        """
        now = self._now()
        first = Checkpoint(pipeline_version, input_hash, Phase.LOCATIONS.value, 0, now, now)
        return self.save(first)

    def save(self, checkpoint: Checkpoint) -> Checkpoint:
        """Replace the checkpoint, durably.

        Args:
            checkpoint: The new state; `updated_at` is set here.

        Returns:
            What was written.

        Raises:
            OSError: When it cannot be written; the old one stays.
        """
        invariant(checkpoint.phase >= 1 and checkpoint.last_row_id >= 0, "a checkpoint is positive")
        written = replace(checkpoint, updated_at=self._now())
        data = orjson.dumps(asdict(written), option=orjson.OPT_INDENT_2)
        write_atomic(self._path, data, durable=True)
        return written

    def load(self) -> Checkpoint | None:
        """Read the checkpoint.

        Returns:
            The checkpoint; None when there is none.

        Raises:
            CorruptCheckpointError: When the file is not a whole and valid checkpoint.
            OSError: When it cannot be read.
        """
        try:
            data = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise self._corrupt(f"it is not JSON ({error})") from None
        if not isinstance(data, dict):
            raise self._corrupt("it is not a JSON object")
        data.setdefault("status", RunStatus.RUNNING.value)
        if missing := [name for name in _TYPES if name not in data]:
            raise self._corrupt(f"it lacks {', '.join(missing)}")
        wrong = [name for name, kind in _TYPES.items() if not _has_type(data[name], kind)]
        if wrong:
            raise self._corrupt(f"{', '.join(wrong)} has a wrong type or value")
        names = [item.name for item in fields(Checkpoint)]
        return Checkpoint(
            **{**{name: data[name] for name in names}, "status": RunStatus(data["status"])}
        )

    def _corrupt(self, what: str) -> CorruptCheckpointError:
        return CorruptCheckpointError(
            self._path,
            what,
            "restore it from a backup, or move the whole output folder away: a new run finds what "
            "exists in Webex and goes on",
        )

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")


_TYPES: dict[str, type | StrEnum] = {
    "pipeline_version": int,
    "input_hash": str,
    "phase": int,
    "last_row_id": int,
    "started_at": str,
    "updated_at": str,
    "status": RunStatus,
}


def _has_type(value: Any, kind: Any) -> bool:
    if kind is RunStatus:
        return value in set(RunStatus)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, kind) and bool(value)


def decide_start(
    store_path: Path, checkpoint: Checkpoint | None, *, input_hash: str, pipeline_version: int
) -> Start:
    """Decide how to begin.

    Args:
        store_path: `checkpoint.json`, for messages.
        checkpoint: What it holds, None when there is none.
        input_hash: Hash of the input at hand.
        pipeline_version: Version at hand.

    Returns:
        NEW without a checkpoint; RESUME an unfinished run of the same input; AGAIN after a
        finished one, whose outputs are moved to the history first.

    Raises:
        CheckpointMismatchError: When an unfinished run of another input or version is there.
    """
    if checkpoint is None:
        return Start.NEW
    if checkpoint.status is RunStatus.FINISHED:
        return Start.AGAIN
    if checkpoint.input_hash != input_hash:
        raise CheckpointMismatchError(
            store_path,
            f"an unfinished run of another input is here (sha256 {checkpoint.input_hash[:12]}…, "
            f"this one {input_hash[:12]}…)",
            "finish that run with its own input, or give another output folder",
        )
    if checkpoint.pipeline_version != pipeline_version:
        raise CheckpointMismatchError(
            store_path,
            f"an unfinished run of pipeline version {checkpoint.pipeline_version} is here, this "
            f"is version {pipeline_version}",
            "finish it with that version, or give another output folder",
        )
    return Start.RESUME
