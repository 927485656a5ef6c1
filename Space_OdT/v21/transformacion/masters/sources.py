"""Keep, beside the results, where every value of every row came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import replacing
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.v21.transformacion.masters.models import Prepared, place_of
from Space_OdT.v21.transformacion.masters.values import Given

SOURCES_FILE = "sources.jsonl"
"""Name of the file in the output folder: one line a row, numbered as in the other outputs."""

_SHOWN = 20


def traced(path: Path, rows: Iterable[Prepared]) -> Iterator[Candidate]:
    """Hand rows on, and write down where their values come from.

    Args:
        path: The file to write; it is replaced when all rows have passed.
        rows: The rows.

    Yields:
        The rows as a run takes them in.

    Raises:
        OSError: When the file cannot be written.
    """
    with replacing(path, durable=False) as file:
        for number, prepared in enumerate(rows, start=1):
            file.write(orjson.dumps(record_of(prepared, number)) + b"\n")
            yield prepared.candidate


def record_of(prepared: Prepared, number: int) -> dict[str, Any]:
    """Describe a row with the origin of its values.

    Args:
        prepared: The row.
        number: Its number in the run.

    Returns:
        A JSON object.
    """
    candidate = prepared.candidate
    return {
        "row": number,
        "action": candidate.kind,
        "key": candidate.key,
        "source": place_of(candidate),
        "values": values_by_name(prepared.values, candidate.cells),
        "problems": [problem.text() for problem in candidate.problems],
    }


def values_by_name(
    values: Sequence[Given], cells: Mapping[str, str], shown: int = 0
) -> Mapping[str, Any]:
    """Group values by parameter, each with its origin.

    Args:
        values: The values of a row.
        cells: Its normalised cells; empty for a row that is refused.
        shown: Most entries of a list; 0 for all.

    Returns:
        Parameter -> value, source, column and, where it is another, the form in which the action
        gets it; a list of them where several were given.
    """
    found: dict[str, list[dict[str, str]]] = {}
    for one in values:
        entry = {"value": one.text, "source": one.source}
        if one.column:
            entry["column"] = one.column
        found.setdefault(one.name, []).append(entry)
    for name, entries in found.items():
        prepared = cells.get(name, "")
        if len(entries) == 1 and prepared not in {"", entries[0]["value"]}:
            entries[0]["prepared"] = prepared
    return {
        name: entries[0] if len(entries) == 1 else entries[: shown or None]
        for name, entries in found.items()
    }


def shown_values(prepared: Prepared) -> dict[str, Any]:
    """Describe a row for a preview: as it will be run, with origins, long lists cut.

    Args:
        prepared: The row.

    Returns:
        A JSON object.
    """
    return {
        "key": prepared.candidate.key,
        "source": place_of(prepared.candidate),
        "values": values_by_name(prepared.values, prepared.candidate.cells, _SHOWN),
    }
