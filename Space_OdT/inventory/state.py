"""How far a run is, on disk: what a killed run needs to go on and give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.inventory.exports import Mark
from Space_OdT.inventory.outcomes import FailureRecord, Result, Tally

FORMAT = 1


class DamagedStateError(Exception):
    """The state of an unfinished run cannot be read."""


class UnfinishedRunError(Exception):
    """The folder holds an unfinished run of the same organisation that was asked for otherwise."""


class Phase(StrEnum):
    """Where a run is."""

    READING = "reading"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What must be the same for a run to be continued.

    Attributes:
        organisation: Organisation of the token.
        base_url: Where it was read.
        manifest: Version of the manifest.
        only: The artifacts asked for; empty for all.
        skip_group_members: Whether group members are left out.
    """

    organisation: str
    base_url: str
    manifest: str
    only: tuple[str, ...] = ()
    skip_group_members: bool = False

    @property
    def choice(self) -> str:
        """The options that chose what is read."""
        only = f"--only {' '.join(self.only)}" if self.only else ""
        skip = "--skip-group-members" if self.skip_group_members else ""
        return " ".join(filter(None, [only, skip]))

    def differs_in_choice_only(self, other: RunIdentity) -> bool:
        """Tell whether another run reads other artifacts from the same place.

        Args:
            other: The other run.

        Returns:
            False when it is the same run, or one that can never be continued here.
        """
        chosen = replace(self, only=other.only, skip_group_members=other.skip_group_members)
        return self != other and chosen == other

    def difference(self, other: RunIdentity) -> str:
        """Say what differs from another run.

        Args:
            other: The other run.

        Returns:
            Names of the differing parts, empty when it is the same run.
        """
        names = [field.name for field in fields(self)]
        return ", ".join(
            name.replace("_", " ") for name in names if getattr(self, name) != getattr(other, name)
        )


@dataclass(slots=True)
class ArtifactState:
    """How far one artifact is.

    Attributes:
        complete: Whether its files are.
        position: Entities settled.
        fingerprint: Checksum of those entities' ids.
        rows: Rows in the files.
        csv: Certain part of the CSV.
        json: Certain part of the JSON.
        tally: What became of its reads.
        elapsed_ms: Time spent on it.
        other_path: Whether this edition of the API knows the read under its other path only.
        result: How it ended; None before.
        error: Why, in words, when it did not end well.
        read_at: When it ended, ISO 8601 in UTC.
    """

    complete: bool = False
    position: int = 0
    fingerprint: int = 0
    rows: int = 0
    csv: Mark = field(default_factory=Mark)
    json: Mark = field(default_factory=Mark)
    tally: Tally = field(default_factory=Tally)
    elapsed_ms: int = 0
    other_path: bool = False
    result: Result | None = None
    error: str = ""
    read_at: str = ""

    def reset(self) -> None:
        """Begin anew; only the time that was spent is remembered."""
        fresh = ArtifactState(elapsed_ms=self.elapsed_ms)
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))


@dataclass(slots=True)
class RunState:
    """How far a run is.

    Attributes:
        identity: What must be the same to go on.
        started_at: When it was first started, ISO 8601 in UTC.
        phase: Whether it reads, or puts the outputs in place.
        artifacts: Artifact -> how far it is.
        seconds: Time spent reading, earlier attempts included.
        calls: Calls sent in that time, repeats included.
        retries: How many of the calls were repeats.
        format: Version of this file.
    """

    identity: RunIdentity
    started_at: str
    phase: Phase = Phase.READING
    artifacts: dict[str, ArtifactState] = field(default_factory=dict)
    seconds: float = 0.0
    calls: int = 0
    retries: int = 0
    format: int = FORMAT

    def save(self, path: Path) -> None:
        """Replace the state file.

        Args:
            path: The file; its folder must exist.

        Raises:
            OSError: When the disk is full; the old state stays.
        """
        write_atomic(path, orjson.dumps(self))

    @classmethod
    def load(cls, path: Path) -> RunState | None:
        """Read the state of an unfinished run.

        Args:
            path: The file.

        Returns:
            The state; None when there is no unfinished run.

        Raises:
            DamagedStateError: When the file is there but cannot be understood.
        """
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return _run_state(orjson.loads(data))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise DamagedStateError(f"{path} cannot be read: {error}") from error


def _run_state(data: Mapping[str, Any]) -> RunState:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']}, expected {FORMAT}")
    identity = data["identity"]
    return RunState(
        identity=RunIdentity(**{**identity, "only": tuple(identity["only"])}),
        started_at=data["started_at"],
        phase=Phase(data["phase"]),
        artifacts={name: _artifact_state(one) for name, one in data["artifacts"].items()},
        seconds=data["seconds"],
        calls=data["calls"],
        retries=data["retries"],
    )


def _artifact_state(data: dict[str, Any]) -> ArtifactState:
    tally = data["tally"]
    kept = [FailureRecord(**record) for record in tally["kept"]]
    return ArtifactState(
        **{
            **data,
            "csv": Mark(**data["csv"]),
            "json": Mark(**data["json"]),
            "tally": Tally(**{**tally, "kept": kept}),
            "result": Result(data["result"]) if data["result"] else None,
        }
    )
