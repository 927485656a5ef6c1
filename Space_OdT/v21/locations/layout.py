"""Every file of the location jobs, once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.engine.run_layout import RowsLayout

COMMAND = "v21_softphone_bulk_run"
_JOB_ID = re.compile(r"[0-9a-zA-Z-]{1,64}")


def is_job_id(name: str) -> bool:
    """Tell whether a name can be the id of a job, and so of its folder.

    Args:
        name: Any name.

    Returns:
        True when it can.
    """
    return _JOB_ID.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class LocationsLayout:
    """Where the location jobs keep inputs, plan and jobs.

    Attributes:
        folder: `<out-dir>/v21`; absolute after `at`.
    """

    folder: Path

    @classmethod
    def at(cls, out_dir: Path) -> LocationsLayout:
        """Lay out the files below an output folder.

        Args:
            out_dir: Output folder; a relative one is meant from the current folder.

        Returns:
            The layout; nothing is created on disk.
        """
        return cls(Path.cwd() / out_dir.expanduser() / "v21")

    @property
    def locations_csv(self) -> Path:
        """The sites, one a row."""
        return self.folder / "input_locations.csv"

    @property
    def users_csv(self) -> Path:
        """People of the sites whose legacy number, forwarding or profile is to be set."""
        return self.folder / "input_users.csv"

    @property
    def workspaces_csv(self) -> Path:
        """The same for workspaces."""
        return self.folder / "input_workspaces.csv"

    @property
    def policy_json(self) -> Path:
        """What holds for all rows."""
        return self.folder / "static_policy.json"

    @property
    def out_of_scope_md(self) -> Path:
        """Tasks of Control Hub that are not done here, and what is done instead."""
        return self.folder / "OUT_OF_SCOPE.md"

    @property
    def plan_csv(self) -> Path:
        """What the last plan found to do, a line a row."""
        return self.folder / "plan.csv"

    @property
    def run_state_json(self) -> Path:
        """The last plan or apply in numbers."""
        return self.folder / "run_state.json"

    @property
    def location_map_csv(self) -> Path:
        """External id of a location -> its Webex id; shared by all jobs."""
        return self.folder / "location_map.csv"

    @property
    def jobs_dir(self) -> Path:
        """One folder a job."""
        return self.folder / "jobs"

    @property
    def planning(self) -> RowsLayout:
        """Where a plan keeps its rows; its requests are `plan.jsonl` beside `plan.csv`."""
        return RowsLayout(self.folder / ".plan", COMMAND)

    @property
    def plan_jsonl(self) -> Path:
        """The exact requests of the last plan, one a line."""
        return self.folder / "plan.jsonl"

    def job(self, job_id: str) -> JobLayout:
        """Lay out a job.

        Args:
            job_id: Its id.

        Returns:
            Its layout.

        Raises:
            ValueError: When it cannot be the id of a job.
        """
        if not is_job_id(job_id):
            raise ValueError(f"{job_id!r} is not the id of a job")
        return JobLayout(self.jobs_dir / job_id, COMMAND)


@dataclass(frozen=True, slots=True)
class JobLayout(RowsLayout):
    """Where one job keeps what it needs to go on, and what came of it.

    Attributes:
        out_dir: `jobs/<job_id>`.
        name: Name of the command.
    """

    @property
    def job_json(self) -> Path:
        """The job itself: state, counts, owner."""
        return self.out_dir / "job.json"

    @property
    def input_rows_json(self) -> Path:
        """The rows it runs over, prepared; a job goes on with them whatever became of the file."""
        return self.out_dir / "input_rows.json"

    @property
    def final_state_json(self) -> Path:
        """The job at its end, and the locations as Webex shows them then."""
        return self.out_dir / "final_state.json"

    @property
    def failure_json(self) -> Path:
        """Why the job as a whole failed."""
        return self.out_dir / "failure.json"

    @property
    def cancel_file(self) -> Path:
        """There while somebody wants the job to stop for good."""
        return self.out_dir / "cancel"
