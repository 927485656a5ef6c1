"""Small bulk inputs and pipeline runs for the tests of the engine."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from Space_OdT.engine.data_pipeline import PipelineOptions, PipelineTargets, run_pipeline
from Space_OdT.engine.validation_report import ValidationReport

NOON = datetime(2026, 2, 5, 12, 0, tzinfo=UTC)

LOCATION = {
    "entity_type": "location",
    "location_name": "Site 001",
    "location_external_id": "S-001",
    "time_zone": "Europe/Madrid",
    "preferred_language": "es_es",
    "announcement_language": "ca_es",
    "address_line1": "Calle Mayor 1",
    "address_city": "Barcelona",
    "address_state": "Barcelona",
    "address_postal_code": "08001",
    "address_country": "ES",
}
USER = {"entity_type": "user", "location_key": "S-001", "email": "ana@example.com"}
ASSIGNMENT = {
    "entity_type": "extension_assignment",
    "location_key": "S-001",
    "email": "ana@example.com",
    "extension": "80000001",
}


def columns(rows):
    return list(dict.fromkeys(name for row in rows for name in row))


def write_csv(path: Path, *rows, header=None) -> Path:
    names = header or columns(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([row.get(name, "") for name in names] for row in rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Run:
    report: ValidationReport
    ready: list[dict[str, str]]
    rejected: list[dict[str, str]]
    targets: PipelineTargets

    @property
    def message(self) -> str:
        (row,) = self.rejected
        return row["reason_message"]

    @property
    def reasons(self) -> list[str]:
        return [row["reason_code"] for row in self.rejected]


def targets_in(folder: Path) -> PipelineTargets:
    return PipelineTargets(
        folder / "ready_to_load.csv", folder / "rejected_rows.csv", folder / "validation.json"
    )


def run_file(path: Path, folder: Path, **options) -> Run:
    targets = targets_in(folder)
    chosen = {"max_rows": 1000, "clock": lambda: NOON, **options}
    report = run_pipeline(path, targets, PipelineOptions(**chosen))
    return Run(report, read_csv(targets.ready_csv), read_csv(targets.rejected_csv), targets)


def run_rows(folder: Path, *rows, header=None, **options) -> Run:
    return run_file(write_csv(folder / "input.csv", *rows, header=header), folder, **options)
