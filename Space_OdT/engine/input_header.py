"""Understand the header of the bulk input, or refuse the file with all that is wrong with it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.engine.input_reader import InputFile
from Space_OdT.engine.input_schema import COLUMNS, FREE_PREFIX, IDENTITY_COLUMNS, OUTPUT_COLUMNS
from Space_OdT.engine.normalise import clean_text
from Space_OdT.engine.suggestions import did_you_mean

_ENTITY_TYPE = "entity_type"
# Columns that tell one of our own outputs, corrected and fed back.
_OUTPUT_MARK = "raw_row_minified"
_PENDING_MARK = "batch_id"
_SHOWN_PROBLEMS = 20


class ColumnKind(StrEnum):
    """What a column of the file is to us."""

    SCHEMA = "of the schema"
    IDENTITY = "of a person's identity"
    OUTPUT = "added by our own outputs"
    FREE = "the operator's own"
    NAMELESS = "without a name"


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file.

    Attributes:
        names: Canonical name of each column, in the order of the file; "" for a nameless one.
        kinds: Kind of each column.
        carried: Positions of the columns that later files carry along.
    """

    names: tuple[str, ...]
    kinds: tuple[ColumnKind, ...]
    carried: tuple[int, ...]

    def position(self, name: str) -> int | None:
        """Find a column.

        Args:
            name: Canonical name.

        Returns:
            Its position from 0, None when the file does not have it.
        """
        return self.names.index(name) if name in self.names else None

    def positions(self, kind: ColumnKind) -> tuple[int, ...]:
        """Find the columns of a kind.

        Args:
            kind: The kind.

        Returns:
            Their positions, ascending.
        """
        return tuple(index for index, found in enumerate(self.kinds) if found is kind)

    @property
    def carried_names(self) -> tuple[str, ...]:
        """Names of the columns that later files carry along, in the order of the file."""
        return tuple(self.names[index] for index in self.carried)

    @property
    def was_judged(self) -> bool:
        """Whether the rows passed validation once: the file is our own `pending_rows.csv`."""
        return _PENDING_MARK in self.names and _OUTPUT_MARK in self.names


def resolve_header(file: InputFile) -> Header:
    """Match the columns of a file with the schema.

    Args:
        file: The opened input.

    Returns:
        The columns, by canonical name.

    Raises:
        InputFileError: Naming every unknown or repeated column, with the one that may be meant.
    """
    names = tuple(map(canonical, file.header))
    problems = [*_repeated(names, file.header), *_unknown(names)]
    if _ENTITY_TYPE not in names:
        problems.append(f"the column {_ENTITY_TYPE} is missing, so no row can be understood")
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        shown = problems[:_SHOWN_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])
        raise InputFileError(
            file.path,
            f"the header cannot be used: {'; '.join(shown)}",
            f"rename or remove these columns; your own ones may begin with {FREE_PREFIX}",
            line=file.header_line,
        )
    is_our_output = _OUTPUT_MARK in names
    kinds = tuple(_kind(name, is_our_output=is_our_output) for name in names)
    dropped = {ColumnKind.OUTPUT, ColumnKind.NAMELESS}
    carried = tuple(index for index, kind in enumerate(kinds) if kind not in dropped)
    return Header(names, kinds, carried)


def canonical(cell: str) -> str:
    """Bring a header cell into its one form.

    Args:
        cell: The cell, as `E-mail`-like spelling allows: any case, blanks or dashes.

    Returns:
        Lower case with underscores; "" for a blank cell.
    """
    return re.sub(r"[\s_-]+", "_", clean_text(cell).casefold()).strip("_")


def _kind(name: str, *, is_our_output: bool) -> ColumnKind:
    if not name:
        return ColumnKind.NAMELESS
    if name in OUTPUT_COLUMNS or (is_our_output and name == "entity_key"):
        # the key was derived from the cells that may just have been corrected
        return ColumnKind.OUTPUT
    if name in COLUMNS:
        return ColumnKind.SCHEMA
    return ColumnKind.FREE if name.startswith(FREE_PREFIX) else ColumnKind.IDENTITY


def _repeated(names: Sequence[str], header: Sequence[str]) -> list[str]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        places[name].append(index)
    return [
        f"columns {' and '.join(str(index + 1) for index in indexes)} are both "
        f'"{header[indexes[0]].strip()}"'
        for name, indexes in places.items()
        if name and len(indexes) > 1
    ]


def _unknown(names: Sequence[str]) -> list[str]:
    known = {*COLUMNS, *OUTPUT_COLUMNS, *IDENTITY_COLUMNS}
    missing = [name for name in COLUMNS if name not in names]
    return [
        f'column {index + 1} "{name}" is unknown: {did_you_mean(name, missing)}'.rstrip(": ")
        for index, name in enumerate(names)
        if name and name not in known and not name.startswith(FREE_PREFIX)
    ]
