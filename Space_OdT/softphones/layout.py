"""Every artifact name and path of a softphone run, once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from Space_OdT.engine.run_layout import RowsLayout

V2_FOLDER = "v2"
COMMAND = "v2_bulk_run"


@dataclass(frozen=True, slots=True)
class SoftphoneLayout(RowsLayout):
    """Where a softphone run reads and writes; `out_dir` is the folder `v2` of the output folder.

    Attributes:
        out_dir: The folder of the run; absolute after `at`.
        name: Name of the command.
    """

    name: str = COMMAND

    @classmethod
    def at(cls, out_dir: Path, name: str = COMMAND) -> SoftphoneLayout:
        """Lay out a run below an output folder.

        Args:
            out_dir: Output folder; a relative one is meant from the current folder.
            name: Name of the command.

        Returns:
            The layout; nothing is created on disk.
        """
        return cls(Path.cwd() / out_dir.expanduser() / V2_FOLDER, name)

    @property
    def export_folders(self) -> tuple[Path, ...]:
        """Where ids may have been exported to; the first that exists counts."""
        return self.out_dir.parent / "v1_inventory", self.out_dir.parent / "exports"

    @property
    def input_csv(self) -> Path:
        """The people, one row each."""
        return self.out_dir / "input_softphones.csv"

    @property
    def policy_json(self) -> Path:
        """Defaults of optional features."""
        return self.out_dir / "static_policy.json"

    @property
    def sample_decisions_json(self) -> Path:
        """A file of decisions to copy from."""
        return self.out_dir / "decisions.sample.json"

    @property
    def run_state_json(self) -> Path:
        """How every person of the input stands; written as the run goes."""
        return self.out_dir / "run_state.json"

    @property
    def journal(self) -> Path:
        """What happened since `run_state_json` was written last."""
        return self.out_dir / "run_state.journal"

    @property
    def failures_csv(self) -> Path:
        """The failed stages, one line each."""
        return self.out_dir / "failures.csv"

    @property
    def changes_log(self) -> Path:
        """One JSON object per stage of a person, with the state before and after."""
        return self.out_dir / "changes.log"

    @property
    def har(self) -> Path:
        """HTTP archive, written with `--debug-har`."""
        return self.out_dir / "http.har"
