"""What a finished run has to say for itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.inventory.outcomes import Result
from Space_OdT.inventory.state import RunState


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The figures of one run.

    Attributes:
        artifacts: Artifacts that were read or found empty, out of `asked`.
        asked: Artifacts asked for.
        rows: Rows exported.
        calls: Calls sent, repeats and earlier attempts included.
        retries: How many of the calls were repeats.
        seconds: Wall time of the reads, earlier attempts included.
        results: Result -> artifacts.
        failures: Reads that failed.
        missing_scopes: Scopes the token lacks.
        exports_dir: Where the files are.
    """

    artifacts: int
    asked: int
    rows: int
    calls: int
    retries: int
    seconds: float
    results: dict[Result, int]
    failures: int
    missing_scopes: tuple[str, ...]
    exports_dir: Path

    @property
    def is_complete(self) -> bool:
        """Whether nothing that could have been read is missing."""
        return all(result.is_fine for result in self.results)


def summarise(state: RunState, scopes: dict[str, str], exports_dir: Path) -> RunSummary:
    """Add up a run.

    Args:
        state: The run; all its artifacts are complete.
        scopes: Artifact -> scope it needs.
        exports_dir: Where the files are.

    Returns:
        The figures.
    """
    artifacts = state.artifacts
    results = Counter(one.result for one in artifacts.values() if one.result is not None)
    read = results[Result.OK] + results[Result.EMPTY]
    missing = {scopes[name] for name, one in artifacts.items() if one.tally.forbidden}
    return RunSummary(
        artifacts=read,
        asked=len(artifacts),
        rows=sum(one.rows for one in artifacts.values()),
        calls=state.calls,
        retries=state.retries,
        seconds=state.seconds,
        results=dict(results),
        failures=sum(one.tally.failures for one in artifacts.values()),
        missing_scopes=tuple(sorted(missing)),
        exports_dir=exports_dir,
    )
