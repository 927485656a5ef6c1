"""Read the file of a `yesbut`: other values for some people, for one stage only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.input_reader import InputFileError, open_input
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.softphones.columns import COLUMNS, columns_of, known_name
from Space_OdT.softphones.intake import COMMENT, normalised
from Space_OdT.softphones.stages import Stage

KEY = "user_email"
_SHOWN = 5
_Line = tuple[int, dict[str, str]]


class OverrideError(ValueError):
    """The file of a `yesbut` cannot be used; the message says where and what to mend."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Other values for some people.

    Attributes:
        cells: Address -> normalised cells, blank ones left out.
        digest: sha256 of the file, "" without one.
    """

    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    digest: str = ""


def read_overrides(path: Path, stage: Stage, emails: Collection[str]) -> Overrides:
    """Read and check a file of overrides.

    Args:
        path: CSV (or XLSX) with a header, a JSON list, or a JSON object with the list `items`.
        stage: The stage it is for.
        emails: Addresses of the input, those of rejected rows too.

    Returns:
        What it says; lines without an address are ignored.

    Raises:
        OverrideError: When it is missing, has a column that the stage does not read, a value
            that is none, or an address that the input does not have.
    """
    if not path.is_file():
        raise OverrideError(f"the file {path} does not exist")
    content = path.read_bytes()
    is_json = path.suffix.lower() == ".json" or content.lstrip()[:1] in {b"[", b"{"}
    header, lines = _from_json(path, content) if is_json else _from_table(path)
    names = _understood(path, stage, header)
    found: dict[str, dict[str, str]] = {}
    for line, given in lines:
        cells, problems = normalised(
            {names[name]: cell for name, cell in given.items() if names[name]}
        )
        email = cells.pop(KEY, "")
        if problems:
            raise OverrideError(f"{path}, line {line}: {problems[0].text()}")
        if not email:
            continue
        if email in found:
            raise OverrideError(f"{path}, line {line}: {email} stands in it twice")
        found[email] = cells
    if strangers := [email for email in found if email not in emails]:
        more = f" and {len(strangers) - _SHOWN} more" if len(strangers) > _SHOWN else ""
        raise OverrideError(
            f"{path}: {', '.join(strangers[:_SHOWN])}{more} stand in it, but not in the input"
        )
    return Overrides(found, sha256(content).hexdigest())


def _understood(path: Path, stage: Stage, header: Collection[str]) -> dict[str, str]:
    """Match the columns; whatever the stage would not read is refused, for nobody else would."""
    names = {cell: known_name(cell) for cell in header}
    if KEY not in names.values():
        raise OverrideError(f"{path}: the column {KEY} is missing")
    own = [name for name in columns_of(stage) if name != KEY]
    fixed = columns_of(Stage.LICENCE)
    for cell, name in names.items():
        if name in fixed and name != KEY:
            raise OverrideError(
                f"{path}: {name} cannot be overridden; the licence, location, extension and "
                "number of a person are those of input_softphones.csv"
            )
        if cell.strip() and not name:
            meant = did_you_mean(cell.strip().lower(), own)
            raise OverrideError(
                f'{path}: there is no column "{cell.strip()}"; {meant}'.rstrip(" ;")
            )
    if not any(COLUMNS[name].stage is stage for name in names.values() if name and name != KEY):
        known = ", ".join(own) if stage is not Stage.LICENCE else "none: change the input instead"
        raise OverrideError(f"{path} has no column that {stage} reads (there are: {known})")
    return names


def _from_table(path: Path) -> tuple[list[str], Iterator[_Line]]:
    try:
        file = open_input(path, may_be_empty=True)
    except InputFileError as error:
        raise OverrideError(str(error)) from error

    def lines() -> Iterator[_Line]:
        for line, _, cells, problem in file.rows():
            if problem:
                raise OverrideError(f"{path}, line {line}: {problem}")
            if not cells[0].lstrip().startswith(COMMENT):
                yield line, dict(zip(file.header, cells, strict=True))

    return list(file.header), lines()


def _from_json(path: Path, content: bytes) -> tuple[list[str], Iterator[_Line]]:
    try:
        given = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise OverrideError(f"{path} is not valid JSON: {error}") from None
    items = given.get("items") if isinstance(given, dict) else given
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise OverrideError(f"{path} must hold a list of objects, or an object with the list items")
    header = list(dict.fromkeys(name for item in items for name in item))
    lines = (
        (number, {name: _as_cell(value) for name, value in item.items()})
        for number, item in enumerate(items, 1)
    )
    return header, lines


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "|".join(value)
    return orjson.dumps(value).decode()
