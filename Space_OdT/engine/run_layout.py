"""Every artifact name and path of a run, once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_OUT_DIR = Path(".artifacts")


@dataclass(frozen=True, slots=True)
class InventoryLayout:
    """Where an inventory run keeps its outputs and its unfinished work.

    Attributes:
        out_dir: The output folder; absolute after `at`.
    """

    out_dir: Path

    @classmethod
    def at(cls, out_dir: Path) -> InventoryLayout:
        """Lay out a run below a folder.

        Args:
            out_dir: Output folder; a relative one is meant from the current folder.

        Returns:
            The layout; nothing is created on disk.
        """
        return cls(Path.cwd() / out_dir.expanduser())

    @property
    def exports_dir(self) -> Path:
        """Folder of the exported files; it changes as a whole, or not at all."""
        return self.out_dir / "exports"

    @property
    def status_csv(self) -> Path:
        """One record per artifact: what was read, what failed and why."""
        return self.exports_dir / "status.csv"

    @property
    def status_json(self) -> Path:
        """The same records as `status_csv`."""
        return self.exports_dir / "status.json"

    @property
    def workbook(self) -> Path:
        """All tables as one workbook, when it was asked for."""
        return self.exports_dir / "inventory.xlsx"

    @property
    def cache_json(self) -> Path:
        """All rows of all artifacts in one file."""
        return self.out_dir / "cache.json"

    @property
    def report_html(self) -> Path:
        """The report to look at."""
        return self.out_dir / "report" / "index.html"

    @property
    def logs_dir(self) -> Path:
        """Folder of the structured log, the HAR and the last resort's tracebacks."""
        return self.out_dir / "logs"

    @property
    def event_log(self) -> Path:
        """Structured log of the run, one JSON object a line."""
        return self.logs_dir / "inventory.log"

    @property
    def har(self) -> Path:
        """HTTP archive, written with `--debug-har`."""
        return self.logs_dir / "inventory.har"

    @property
    def crash_log(self) -> Path:
        """Traceback of a failure nobody foresaw."""
        return self.logs_dir / "inventory-crash.log"

    @property
    def lock_file(self) -> Path:
        """Held while a run works on this folder."""
        return self.out_dir / ".inventory-run.lock"

    @property
    def work_dir(self) -> Path:
        """Unfinished work; survives a killed run and disappears when it is complete."""
        return self.out_dir / ".inventory-run"

    @property
    def work_exports_dir(self) -> Path:
        """The exports being written; becomes `exports_dir` when complete."""
        return self.work_dir / "exports"

    @property
    def work_cache_json(self) -> Path:
        """The cache being written; becomes `cache_json` after the exports were swapped."""
        return self.work_dir / "cache.json"

    @property
    def state_file(self) -> Path:
        """How far each artifact is, for a run that goes on."""
        return self.work_dir / "state.json"


@dataclass(frozen=True, slots=True)
class RowsLayout:
    """Where a run over rows keeps its outputs; the names of the first five are specified.

    Attributes:
        out_dir: The output folder; absolute after `at`.
        name: Name of the command, which its logs are named after.
    """

    out_dir: Path
    name: str

    @classmethod
    def at(cls, out_dir: Path, name: str) -> RowsLayout:
        """Lay out a run below a folder.

        Args:
            out_dir: Output folder; a relative one is meant from the current folder.
            name: Name of the command.

        Returns:
            The layout; nothing is created on disk.
        """
        return cls(Path.cwd() / out_dir.expanduser(), name)

    @property
    def results_csv(self) -> Path:
        """How each row ended, one record a row."""
        return self.out_dir / "results.csv"

    @property
    def pending_csv(self) -> Path:
        """Rows left to be done, with the reason and the original columns."""
        return self.out_dir / "pending_rows.csv"

    @property
    def rejected_csv(self) -> Path:
        """Rows refused before any call, with the reason and the original columns."""
        return self.out_dir / "rejected_rows.csv"

    @property
    def checkpoint_json(self) -> Path:
        """How far the run is."""
        return self.out_dir / "checkpoint.json"

    @property
    def ready_csv(self) -> Path:
        """The rows to run, validated and normalised."""
        return self.out_dir / "ready_to_load.csv"

    @property
    def validation_json(self) -> Path:
        """What validation found; it vouches for `ready_csv` and `rejected_csv`."""
        return self.out_dir / "validation.json"

    @property
    def plan_csv(self) -> Path:
        """What a dry run found to do, for people."""
        return self.out_dir / "plan.csv"

    @property
    def plan_jsonl(self) -> Path:
        """The exact requests of a dry run, one a line."""
        return self.out_dir / "plan.jsonl"

    @property
    def summary_json(self) -> Path:
        """The end of the run in numbers."""
        return self.out_dir / "summary.json"

    @property
    def report_html(self) -> Path:
        """The end of the run to look at."""
        return self.out_dir / "report.html"

    @property
    def history_dir(self) -> Path:
        """Outputs of earlier passes, and records that were run again."""
        return self.out_dir / "history"

    @property
    def rerun_dir(self) -> Path:
        """Inputs that hold only the rows left pending by a finished pass."""
        return self.out_dir / "rerun"

    @property
    def pace_json(self) -> Path:
        """The rate that refusals taught, for the next run to begin with."""
        return self.out_dir / "pace.json"

    @property
    def logs_dir(self) -> Path:
        """Folder of the structured log, the HAR and the last resort's tracebacks."""
        return self.out_dir / "logs"

    @property
    def event_log(self) -> Path:
        """Structured log of the run, one JSON object a line."""
        return self.logs_dir / f"{self.name}.jsonl"

    @property
    def har(self) -> Path:
        """HTTP archive, written with `--debug-har`."""
        return self.logs_dir / f"{self.name}.har"

    @property
    def crash_log(self) -> Path:
        """Traceback of a failure nobody foresaw."""
        return self.logs_dir / f"{self.name}-crash.log"

    @property
    def lock_file(self) -> Path:
        """Held while a run works on this folder, whatever command it is."""
        return self.out_dir / ".rows-run.lock"


@dataclass(frozen=True, slots=True)
class BulkLayout(RowsLayout):
    """Where a bulk run keeps its outputs.

    Attributes:
        out_dir: The output folder; absolute after `at`.
        name: Name of the command.
    """

    name: str = "bulk_run"

    @classmethod
    def at(cls, out_dir: Path, name: str = "bulk_run") -> BulkLayout:
        """Lay out a run below a folder.

        Args:
            out_dir: Output folder; a relative one is meant from the current folder.
            name: Name of the command.

        Returns:
            The layout; nothing is created on disk.
        """
        return cls(Path.cwd() / out_dir.expanduser(), name)

    @property
    def location_map_csv(self) -> Path:
        """External id of a location -> its Webex id; kept over all runs."""
        return self.out_dir / "location_map.csv"
