"""The control file that says who moves where: made from the people export, filled in, read back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from Space_OdT.engine.atomic import write_atomic
from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.normalise import clean_text

HEADERS = ("selected", "person_id", "target_location_id")
CONTROL_NAME = "people_to_location.csv"
# What stands in a cell of `selected`, in any case.
_YES = frozenset({"1", "true", "yes", "y", "si", "sí", "x"})
_NO = frozenset({"", "0", "false", "no", "n"})
_ID_KEYS = ("id", "person_id", "personId")
_TOLD = 10


@dataclass(frozen=True, slots=True)
class ControlRow:
    """Somebody who is selected.

    Attributes:
        line: Line in the file, from 1.
        person: Id or e-mail address of the person.
        target: Id or name of the location to move to.
    """

    line: int
    person: str
    target: str

    def cells(self) -> dict[str, str]:
        """Give the cells of the row of the action that moves the person."""
        who = "email" if "@" in self.person else "person_id"
        return {"selected": "true", who: self.person, "target_location_id": self.target}


@dataclass(frozen=True, slots=True)
class ControlFile:
    """A control file as filled in.

    Attributes:
        path: The file.
        people: How many rows it has, selected or not.
        selected: The rows that are selected, in order.
    """

    path: Path
    people: int
    selected: tuple[ControlRow, ...]

    @property
    def told(self) -> str:
        """One sentence about it, without a full stop."""
        if not self.selected:
            return (
                f"no row of {self.path.name} is selected ({self.people} people): put x into "
                "selected and fill target_location_id"
            )
        return f"{len(self.selected)} of {self.people} people of {self.path.name} are selected"


def is_control_header(header: Iterable[str]) -> bool:
    """Tell whether a file is a control file, well-formed or not.

    Args:
        header: Its header as it stands.

    Returns:
        True when it has the column that only control files have.
    """
    return HEADERS[0] in {clean_text(name).casefold() for name in header}


def read_control(path: Path) -> ControlFile:
    """Read a control file; every selected row is looked at before anything is done with any.

    Args:
        path: The file.

    Returns:
        Its selected rows.

    Raises:
        InputFileError: When it cannot be read, has other headers, or selected rows lack a person
            or location, or name a person twice.
    """
    file = open_input(path, may_be_empty=True)
    header = tuple(clean_text(name) for name in file.header)
    if header != HEADERS:
        raise InputFileError(
            path,
            f"its header is {','.join(header)}",
            f"the header has to be exactly {','.join(HEADERS)}",
            line=file.header_line,
        )
    selected: list[ControlRow] = []
    problems: list[str] = []
    people = 0
    for line, _, cells, problem in file.rows():
        people += 1
        if problem:
            problems.append(f"line {line}: {problem}")
            continue
        mark, person, target = map(clean_text, cells)
        if mark.casefold() in _YES:
            selected.append(ControlRow(line, person, target))
        elif mark.casefold() not in _NO:
            problems.append(f"line {line}: selected is {mark}, which is neither yes nor no")
    problems += _wrong(selected)
    if problems:
        more = f"; and {len(problems) - _TOLD} more" if len(problems) > _TOLD else ""
        raise InputFileError(
            path,
            f"rows that cannot be used: {'; '.join(problems[:_TOLD])}{more}",
            "mend them; nothing is done before all selected rows can be used",
        )
    return ControlFile(path, people, tuple(selected))


def _wrong(selected: Iterable[ControlRow]) -> Iterator[str]:
    first: dict[str, int] = {}
    for row in selected:
        if not row.person:
            yield f"line {row.line}: person_id is blank"
        if not row.target:
            yield f"line {row.line}: target_location_id is blank"
        earlier = first.setdefault(row.person.rstrip("=").casefold(), row.line)
        if row.person and earlier != row.line:
            yield f"line {row.line}: the same person as in line {earlier}"


def people_of(path: Path) -> list[str]:
    """Read whose rows a control file shall have.

    Args:
        path: The people export: a JSON list of people, or an object that holds it in `items`.

    Returns:
        Their ids in order, each once.

    Raises:
        InputFileError: When it cannot be read, or is of another form.
    """
    fix = "give the export people.json of the inventory"
    try:
        content: Any = orjson.loads(path.read_bytes())
    except OSError as error:
        raise InputFileError(path, error.strerror or str(error), fix) from error
    except ValueError as error:
        raise InputFileError(path, f"it is not JSON: {error}", fix) from error
    items = content.get("items") if isinstance(content, dict) else content
    if not isinstance(items, list):
        raise InputFileError(path, "it holds no list of people", fix)
    ids = [_id_of(item) for item in items]
    if not all(ids):
        place = ids.index("") + 1
        raise InputFileError(path, f"person {place} of the list has no id", fix)
    return list(dict.fromkeys(ids))


def _id_of(item: object) -> str:
    if not isinstance(item, dict):
        return ""
    return next((str(item[key]) for key in _ID_KEYS if item.get(key)), "")


def write_control(path: Path, people: Iterable[str]) -> None:
    """Write a control file in which nobody is selected yet.

    Args:
        path: Where to; its folder is made.
        people: Ids of the people.

    Raises:
        InputFileError: When it cannot be written.
    """
    _write(path, (("", one, "") for one in people))


def write_selected(control: ControlFile, path: Path) -> None:
    """Write the selected rows of a control file into a file of their own.

    Args:
        control: The control file.
        path: Where to.

    Raises:
        InputFileError: When it cannot be written.
    """
    _write(path, (("true", one.person, one.target) for one in control.selected))


def _write(path: Path, rows: Iterable[tuple[str, str, str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, text.getvalue().encode())
    except OSError as error:
        what = f"it cannot be written: {error.strerror or error}"
        raise InputFileError(path, what, "choose another folder") from error


def prepare_control(path: Path, people_json: Path | None, *, overwrites: bool) -> bool:
    """Make the control file from the people export, where there is none or it may be replaced.

    Args:
        path: The control file.
        people_json: The people export; None makes none.
        overwrites: Whether one that is there is replaced, selections and all.

    Returns:
        True when it was written.

    Raises:
        InputFileError: When the export cannot be used, or the file cannot be written.
    """
    if people_json is None or (path.exists() and not overwrites):
        return False
    write_control(path, people_of(people_json))
    return True
