"""What a run of the launcher came to, as the JSON object it prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson

from Space_OdT.engine.action_model import Effect
from Space_OdT.engine.csv_lines import stored_records
from Space_OdT.engine.models import RowStatus
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.launcher_choice import Refusal
from Space_OdT.v21.transformacion.masters.asking import wanted_by
from Space_OdT.v21.transformacion.masters.models import place_of
from Space_OdT.v21.transformacion.masters.reading import Prepared
from Space_OdT.v21.transformacion.masters.sources import SOURCES_FILE, shown_values

_SHOWN = 20
_LONGEST = 500


@dataclass(slots=True)
class ActionOutcome:
    """What became of the rows of one action.

    Attributes:
        ready: Rows that can be run.
        rejected: Rows refused before any call.
        success: Rows that are done.
        pending: Rows left to be done.
        effects: `changed` or `unchanged` -> rows.
        reasons: Reason code -> rows.
        shown: The first prepared rows, with the origin of their values.
        errors: The first rows that are not done, with the reason.
        rejections: The first rejected rows in words.
    """

    ready: int = 0
    rejected: int = 0
    success: int = 0
    pending: int = 0
    effects: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    shown: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)

    def reject(self, message: str, reason: str) -> None:
        """Count a rejected row."""
        self.rejected += 1
        self.reasons[reason] += 1
        if len(self.rejections) < _SHOWN:
            self.rejections.append(message)

    @property
    def rows(self) -> dict[str, int]:
        """The counts."""
        return {
            "in": self.ready + self.rejected,
            "success": self.success,
            "changed": self.effects[Effect.CHANGED],
            "unchanged": self.effects[Effect.UNCHANGED],
            "pending": self.pending,
            "rejected": self.rejected,
            "open": self.ready - self.success - self.pending,
        }


def shown_rows(rows: Iterable[Prepared]) -> dict[str, ActionOutcome]:
    """Look at prepared rows without running them.

    Args:
        rows: The rows.

    Returns:
        Action -> what would be run.
    """
    found: dict[str, ActionOutcome] = {}
    for prepared in rows:
        candidate = prepared.candidate
        one = found.setdefault(candidate.kind, ActionOutcome())
        if candidate.problems:
            text = " ".join(problem.text() for problem in candidate.problems)
            reason = candidate.problems[0].reason_code
            one.reject(f"{place_of(candidate)}: {text}", str(reason))
            continue
        one.ready += 1
        if len(one.shown) < _SHOWN:
            one.shown.append(shown_values(prepared))
    return found


def outcomes_of(layout: RowsLayout, *, is_dry_run: bool) -> dict[str, ActionOutcome]:
    """Gather what became of the rows from the files of a run.

    Args:
        layout: The output folder.
        is_dry_run: Whether nothing was run, so that earlier outcomes do not count.

    Returns:
        Action -> what became of its rows.

    Raises:
        OSError: When a file cannot be read.
        Damage: When a file is not what the run wrote.
    """
    found: dict[str, ActionOutcome] = {}

    def of(cells: Mapping[str, str]) -> ActionOutcome:
        return found.setdefault(cells["entity_type"], ActionOutcome())

    for cells in _records(layout.ready_csv):
        of(cells).ready += 1
    for cells in _records(layout.rejected_csv):
        of(cells).reject(cells["reason_message"], cells["reason_code"])
    if is_dry_run:
        _add_shown(layout.out_dir / SOURCES_FILE, found)
        return found
    for cells in _records(layout.results_csv):
        if cells["status"] == RowStatus.SUCCESS:
            one = of(cells)
            one.success += 1
            is_change = cells["message"].startswith(Effect.CHANGED)
            one.effects[Effect.CHANGED if is_change else Effect.UNCHANGED] += 1
    for cells in _records(layout.pending_csv):
        _add_pending(of(cells), cells)
    return found


def _add_pending(one: ActionOutcome, cells: Mapping[str, str]) -> None:
    one.pending += 1
    one.reasons[cells["reason_code"]] += 1
    if len(one.errors) < _SHOWN:
        one.errors.append(
            {
                "type": cells["reason_code"],
                "message": cells["reason_message"][:_LONGEST],
                "key": cells["entity_key"],
                "line": int(cells["input_line"] or 0),
                "step": cells["step"],
                "http_status": int(cells["http_status"]) if cells["http_status"] else None,
            }
        )


def _add_shown(path: Path, found: Mapping[str, ActionOutcome]) -> None:
    with path.open("rb") as file:
        for line in file:
            record = orjson.loads(line)
            one = found.get(record["action"])
            if one is not None and not record["problems"] and len(one.shown) < _SHOWN:
                one.shown.append({name: record[name] for name in ("key", "source", "values")})


def _records(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    records = stored_records(path)
    header = next(records, None)
    for record in records if header is not None else ():
        yield dict(zip(header.cells if header else (), record.cells, strict=True))


class Asked(Protocol):
    """What the summary repeats of the command line."""

    @property
    def input_data_dir(self) -> Path | None:
        """Folder of the masters."""
        ...

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is changed."""
        ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run of the launcher ended.

    Attributes:
        definitions: The actions, in order.
        refused: Actions that were named and are not run.
        unasked: Action -> rows that do not ask for it.
        outcomes: Action -> what became of its rows; None when the run never got that far.
        was_cancelled: Whether the operator said no.
        only_decided: Whether rows ask only by a column that decides something.
        code: The exit code.
    """

    definitions: Sequence[ActionDefinition]
    refused: Sequence[Refusal]
    unasked: Mapping[str, int]
    outcomes: Mapping[str, ActionOutcome] | None
    was_cancelled: bool
    only_decided: bool
    code: ExitCode


def render(request: Asked, files: Sequence[Path], layout: RowsLayout, ending: Ending) -> str:
    """Write the JSON object.

    Args:
        request: The command line.
        files: The CSV files that were read.
        layout: The output folder.
        ending: How the run ended.

    Returns:
        The object, indented.
    """
    folder = request.input_data_dir
    results = [
        {"script_name": one.script_name, "status": "rejected", "reason": one.reason}
        | {"detail": {"message": one.message}}
        for one in ending.refused
    ]
    results += [_result(one, ending, is_dry_run=request.is_dry_run) for one in ending.definitions]
    ran = ending.outcomes is not None and layout.out_dir.is_dir()
    summary = {
        "csv_paths": [str(path) for path in files],
        "input_data_dir": str(folder) if folder else None,
        "dry_run": request.is_dry_run,
        "out_dir": str(layout.out_dir) if ran else None,
        "exit_code": int(ending.code),
        "meaning": ending.code.meaning,
        "results": results,
    }
    return orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode()


def _result(definition: ActionDefinition, ending: Ending, *, is_dry_run: bool) -> dict[str, Any]:
    name = definition.action_id
    if ending.outcomes is None:
        message = "the run did not begin; stderr says why"
        return _entry(name, "error", "not_started", {"type": "not_started", "message": message})
    one = ending.outcomes.get(name)
    not_asking = ending.unasked.get(name, 0)
    if one is None:
        wanted = wanted_by(definition, only_decided=ending.only_decided) if not_asking else ()
        missing = ";".join(wanted) or f"rows of {definition.dataset}"
        found = {"missing_dependencies": missing, "rows_that_do_not_ask": not_asking}
        return _entry(name, "skipped", "missing_dependencies", found)
    detail: dict[str, Any] = {"rows": one.rows, "rows_that_do_not_ask": not_asking}
    if one.rejections:
        detail["rejected"] = one.rejections
    if one.errors:
        detail["errors"] = one.errors
    if one.reasons:
        detail["reasons"] = dict(one.reasons)
    if is_dry_run:
        return _entry(name, "dry_run", "", {**detail, "invocations": one.shown})
    if ending.was_cancelled:
        return _entry(name, "skipped", "user_cancelled", detail)
    return _entry(name, *_status(one), detail)


def _status(one: ActionOutcome) -> tuple[str, str]:
    if one.pending:
        return "error", one.reasons.most_common(1)[0][0]
    if one.rejected and not one.ready:
        return "rejected", one.reasons.most_common(1)[0][0]
    if one.success < one.ready:
        return "error", "stopped"
    return "executed", ""


def _entry(name: str, status: str, reason: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"script_name": name, "status": status, "reason": reason, "detail": detail}
