"""Turn the complete work folder into the exports: all at once, keeping what is not ours."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import link_or_copy, recover_swap, swap_folder, sync_files
from Space_OdT.engine.run_layout import InventoryLayout
from Space_OdT.inventory.cache import write_cache
from Space_OdT.inventory.derived import write_derived
from Space_OdT.inventory.exports import write_table
from Space_OdT.inventory.manifest import BY_NAME, DERIVED, MANIFEST
from Space_OdT.inventory.state import Phase, RunState
from Space_OdT.inventory.status import (
    FAILURE_COLUMNS,
    STATUS_COLUMNS,
    failure_records,
    status_record,
)

STATUS, FAILURES = "status", "status_failures"
TABLES = (*(entry.artifact for entry in MANIFEST), *DERIVED)
"""All tables an inventory consists of, in the order they are listed."""


def publish(
    layout: InventoryLayout, state: RunState, *, partial: bool, cache: bool, workbook: bool
) -> None:
    """Complete the outputs and put them in place.

    Args:
        layout: Where everything is.
        state: The run; all its artifacts are complete.
        partial: Whether only some artifacts were read, so that the others stay as they are.
        cache: Whether to write `cache.json`.
        workbook: Whether to write the workbook.

    Raises:
        OSError: When the disk is full or a folder cannot be renamed; the old exports stay.
    """
    exports = layout.work_exports_dir
    read = frozenset(state.artifacts)
    recover_swap(layout.exports_dir)
    _keep_old_files(layout.exports_dir, exports, read if partial else frozenset(TABLES))
    write_derived(exports)
    _write_status(layout.exports_dir, exports, state, partial=partial)
    if workbook:
        from Space_OdT.inventory.workbook import write_workbook

        write_workbook(exports / layout.workbook.name, exports, (STATUS, *TABLES))
    if cache:
        newest = max((one.read_at for one in state.artifacts.values()), default="")
        write_cache(layout.work_cache_json, exports, TABLES, newest)
    sync_files(path for path in exports.iterdir() if path.is_file())
    state.phase = Phase.PUBLISHING
    state.save(layout.state_file)
    swap_in(layout)


def swap_in(layout: InventoryLayout) -> None:
    """Put complete outputs in place; safe to repeat after being cut off anywhere.

    Args:
        layout: Where everything is.

    Raises:
        OSError: When something cannot be renamed.
    """
    recover_swap(layout.exports_dir)
    if layout.work_exports_dir.is_dir():
        swap_folder(layout.work_exports_dir, layout.exports_dir)
    if layout.work_cache_json.is_file():
        layout.work_cache_json.replace(layout.cache_json)
    shutil.rmtree(layout.work_dir)


def _keep_old_files(old: Path, new: Path, replaced: frozenset[str]) -> None:
    """Carry over what this run does not make anew: other artifacts, and files of the user's own."""
    ours = {f"{name}{suffix}" for name in replaced for suffix in (".csv", ".json")}
    ours |= {f"{name}{suffix}" for name in (STATUS, FAILURES) for suffix in (".csv", ".json")}
    ours |= {f"{name}{suffix}" for name in DERIVED for suffix in (".csv", ".json")}
    ours |= {"inventory.xlsx"}
    for path in sorted(old.iterdir()) if old.is_dir() else ():
        target = new / path.name
        if path.name in ours or target.exists():
            continue
        if path.is_dir():
            shutil.copytree(path, target, symlinks=True)
        else:
            link_or_copy(path, target)


def _write_status(old: Path, new: Path, state: RunState, *, partial: bool) -> None:
    artifacts = [(BY_NAME[name], one) for name, one in state.artifacts.items()]
    records = {entry.artifact: status_record(entry, one) for entry, one in artifacts}
    failures = list(failure_records(artifacts))
    if partial:
        records = _earlier(old / f"{STATUS}.json", STATUS_COLUMNS) | records
        kept = _earlier_failures(old / f"{FAILURES}.json", records.keys() - state.artifacts.keys())
        failures = [*kept, *failures]
    ordered = [records[name] for name in TABLES if name in records]
    write_table(new, STATUS, STATUS_COLUMNS, ordered)
    write_table(new, FAILURES, FAILURE_COLUMNS, failures)


def _earlier(path: Path, columns: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read the status of artifacts that an earlier run read."""
    rows = _read_json(path)
    return {row["module"]: {name: row.get(name) for name in columns} for row in rows}


def _earlier_failures(path: Path, modules: Iterable[str]) -> list[dict[str, Any]]:
    wanted = set(modules)
    return [
        {name: row.get(name) for name in FAILURE_COLUMNS}
        for row in _read_json(path)
        if row["module"] in wanted
    ]


def _read_json(path: Path) -> list[Mapping[str, Any]]:
    """Read a table written by an earlier run; one that cannot be read is as good as none."""
    try:
        rows = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return []
    return [row for row in rows if isinstance(row, dict) and "module" in row]
