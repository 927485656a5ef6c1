"""Which value of a row feeds which parameter, and where each value came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from Space_OdT.engine.normalise import clean_text
from Space_OdT.v21.transformacion.masters.files import Master, Table, TableRow
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, fold_header
from Space_OdT.v21.transformacion.parts.shared_parameters import (
    EMAIL,
    LOCATION_NEED,
    PERSON_NEED,
    ROUTE_NEED,
    WORKSPACE_NEED,
)

FROM_COMMAND = "--param"
FROM_DEFAULT = "default"

ALTERNATIVES = (LOCATION_NEED, PERSON_NEED, WORKSPACE_NEED, ROUTE_NEED)
"""Parameters that say the same thing: a row that gives one must not get the other from Global."""

_USER_PART, _DOMAIN_PART = "usuari", "domini"
_EMAIL_COLUMN = "Usuari@Domini"
# phone_number_1 … phone_number_4, phone_numbers_1 …: one number a column
_NUMBERED_PHONE = re.compile(r"phonenumbers?\d+")

# an apostrophe keeps a spreadsheet from taking the cell for a formula; it is no part of the value
_KEPT_AS_TEXT = frozenset({"'=", "'+", "'-", "'@"})

OTHER_MEANING: Mapping[Master, frozenset[str]] = MappingProxyType(
    {
        # a location in Ubicaciones; here it could only be the person or the workspace itself
        Master.USUARIOS: frozenset({"name"}),
        Master.WORKSPACES: frozenset({"name"}),
    }
)
"""Headers that mean another thing in a master than they do as the alias of a parameter."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody gave for a parameter.

    Attributes:
        name: Name of the parameter.
        text: The value as it stands.
        source: Where it stands: `Usuarios.csv:12`, `Global.csv`, `--param`, `default`.
        column: Header of its column as it stands, "" for none.
    """

    name: str
    text: str
    source: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """Values of one origin: a row, Global, the command line.

    Attributes:
        source: Where they stand.
        cells: Folded header -> header as it stands and text; blank ones are left out.
    """

    source: str
    cells: Mapping[str, tuple[str, str]]

    def given(self, parameter: Parameter) -> tuple[Given, ...]:
        """List what feeds a parameter.

        Args:
            parameter: The parameter.

        Returns:
            Its value, all of them for a list of numbers that stands in several columns.
        """
        found = (name for name in _headers_of(parameter) if name in self.cells)
        if parameter.kind is not Kind.PHONES:
            first = next(found, None)
            return () if first is None else (self._given(parameter, first),)
        numbered = (name for name in self.cells if _NUMBERED_PHONE.fullmatch(name))
        return tuple(self._given(parameter, name) for name in (*found, *numbered))

    def _given(self, parameter: Parameter, name: str) -> Given:
        column, text = self.cells[name]
        return Given(parameter.name, text, self.source, column)


@cache
def _headers_of(parameter: Parameter) -> tuple[str, ...]:
    """Fold the headers that feed a parameter: its own name counts first, then the aliases."""
    return tuple(dict.fromkeys(map(fold_header, (parameter.name, *parameter.aliases))))


def feeds(parameter: Parameter, folded: str) -> bool:
    """Tell whether a column feeds a parameter.

    Args:
        parameter: The parameter.
        folded: The folded header of the column.

    Returns:
        True when it does.
    """
    is_numbered = parameter.kind is Kind.PHONES and bool(_NUMBERED_PHONE.fullmatch(folded))
    return is_numbered or folded in _headers_of(parameter)


def is_part_of_email(folded: str) -> bool:
    """Tell whether a column is one of the two that make an e-mail address together."""
    return folded in {_USER_PART, _DOMAIN_PART}


class RowReader:
    """Turns the rows of one table into layers.

    Args:
        table: The table.
        columns: Parameter -> header of the column that feeds it, where no alias says so.

    Attributes:
        columns: Folded header -> header as it stands, of all columns that can feed something.
    """

    def __init__(self, table: Table, columns: Mapping[str, str]) -> None:
        self._label = table.label
        self._is_global = table.master is Master.GLOBAL
        names = list(table.names)
        for parameter, header in columns.items():
            if fold_header(header) in table.names:
                names[table.names.index(fold_header(header))] = fold_header(parameter)
        strange = OTHER_MEANING.get(table.master, frozenset())
        chosen = set(map(fold_header, columns))
        self._places = [
            (place, name, table.headers[place].strip())
            for place, name in enumerate(names)
            if name and (name in chosen or name not in strange)
        ]
        self._headers = frozenset(header.strip().casefold() for header in table.headers)
        self.columns = {name: header for _, name, header in self._places}

    def layer(self, row: TableRow) -> Layer:
        """Read a row.

        Args:
            row: A row of the table.

        Returns:
            Its values.
        """
        cells = row.cells
        found: dict[str, tuple[str, str]] = {}
        for place, name, header in self._places:
            text = cells[place]
            if text and clean_text(text):
                marked = text[:2] in _KEPT_AS_TEXT
                found.setdefault(name, (header, text[1:] if marked else text))
        _join_email(found)
        source = self._label if self._is_global else f"{self._label}:{row.line}"
        return Layer(source, found)

    def is_header(self, text: str) -> bool:
        """Tell whether a value is nothing but the header of one of the columns."""
        return text.strip().casefold() in self._headers


def _join_email(cells: dict[str, tuple[str, str]]) -> None:
    """Make the address of the two columns in which the workbooks keep it."""
    if _USER_PART not in cells or any(name in cells for name in _headers_of(EMAIL)):
        return
    user = clean_text(cells[_USER_PART][1])
    domain = clean_text(cells.get(_DOMAIN_PART, ("", ""))[1]).removeprefix("@")
    cells[EMAIL.name] = (_EMAIL_COLUMN, user if "@" in user else f"{user}@{domain}")


def command_layer(params: Mapping[str, str]) -> Layer:
    """Take the values of the command line as a layer.

    Args:
        params: Name -> value.

    Returns:
        The layer.
    """
    cells = {fold_header(name): (name, text) for name, text in params.items() if clean_text(text)}
    return Layer(FROM_COMMAND, cells)


def resolve(
    parameters: Iterable[Parameter], layers: Sequence[Layer]
) -> dict[str, tuple[Given, ...]]:
    """Choose the values of a row: of each parameter the first layer that gives one counts.

    Args:
        parameters: The parameters of an action.
        layers: The origins, the strongest first.

    Returns:
        Parameter -> its values; those that nobody gives are left out.
    """
    wanted = tuple(parameters)
    allowed = dict(_layers_of_alternatives(wanted, layers))
    chosen: dict[str, tuple[Given, ...]] = {}
    for parameter in wanted:
        for layer in allowed.get(parameter.name, layers):
            if found := layer.given(parameter):
                chosen[parameter.name] = found
                break
    return chosen


def _layers_of_alternatives(
    parameters: Sequence[Parameter], layers: Sequence[Layer]
) -> Iterator[tuple[str, tuple[Layer, ...]]]:
    """Bind parameters that mean the same to the strongest layer that gives any of them."""
    by_name = {one.name: one for one in parameters}
    for group in ALTERNATIVES:
        members = [by_name[name] for name in group if name in by_name]
        if len(members) > 1:
            strongest = next((one for one in layers if any(map(one.given, members))), None)
            bound = () if strongest is None else (strongest,)
            yield from ((member.name, bound) for member in members)
