"""The masters of a site: read once, and turned into the rows of every action, each value traced."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from Space_OdT.engine.input_encoding import InputFileError
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.masters.files import (
    Master,
    Table,
    open_files,
    open_folder,
)
from Space_OdT.v21.transformacion.masters.models import Prepared, Unasked
from Space_OdT.v21.transformacion.masters.values import (
    Given,
    feeds,
    is_part_of_email,
)
from Space_OdT.v21.transformacion.masters.walk import Selection, Walk

__all__ = ["Given", "Masters", "Prepared", "Selection", "Unasked", "read_masters"]

_OUR_OUTPUT = "rawrowminified"
# columns of older parameter files that mean nothing any more, and the one that names the action
_IGNORED = frozenset({"scriptname", "entitytype"})
FREE_PREFIX = "x_"
"""Begins the header of a column that is the operator's own, as in the input of `bulk_run`."""

_SEVERAL_ALLOWED = frozenset({Master.PARAMETERS})


def _forget(_: Unasked) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Masters:
    """The tables of a site.

    Attributes:
        tables: The tables in the order in which they count.
        notices: What an operator should know about the files.
    """

    tables: tuple[Table, ...]
    notices: tuple[str, ...] = ()

    def prepare(
        self,
        definition: ActionDefinition,
        selection: Selection | None = None,
        unasked: Callable[[Unasked], None] = _forget,
    ) -> Iterator[Prepared]:
        """Make the rows of an action: one an entity, wrong ones with what is wrong.

        Args:
            definition: The action.
            selection: What is taken and put on top; everything, and nothing, when None.
            unasked: Told of every row that does not ask for the action.

        Yields:
            The rows in the order of the files.

        Raises:
            InputFileError: When a file cannot be read to its end.
        """
        return Walk(self.tables, definition, selection or Selection(), unasked).rows()

    def of(self, *masters: Master) -> list[Table]:
        """List the tables of some masters.

        Args:
            masters: Which.

        Returns:
            The tables in their order.
        """
        return [table for table in self.tables if table.master in masters]

    def input_hash(self, actions: Iterable[str], selection: Selection) -> str:
        """Name the input of a run: the same files, actions and selection give the same.

        Args:
            actions: Ids of the actions.
            selection: What is taken and put on top.

        Returns:
            sha256, hexadecimal.
        """
        facts = (
            [(table.label, table.file.input_hash) for table in self.tables],
            list(actions),
            sorted(selection.params.items()),
            sorted(selection.columns.items()),
            sorted(selection.rows),
            selection.matches,
            repr(selection.formulas),
        )
        return hashlib.sha256(orjson.dumps(facts)).hexdigest()

    def unread_columns(self, definitions: Iterable[ActionDefinition]) -> Iterator[str]:
        """Say which columns feed nothing, with what may be meant.

        Args:
            definitions: The actions that there are.

        Yields:
            One sentence a table that has such columns.
        """
        parameters = [one for definition in definitions for one in definition.parameters]
        names = sorted({one.name for one in parameters})

        def is_read(name: str) -> bool:
            return (
                is_part_of_email(name)
                or name in _IGNORED
                or any(feeds(one, name) for one in parameters)
            )

        for table in self.tables:
            if _OUR_OUTPUT in table.names:  # a file of pending rows: our columns beside its own
                continue
            unread = [
                header
                for header, name in zip(map(str.strip, table.headers), table.names, strict=True)
                if name and not header.casefold().startswith(FREE_PREFIX) and not is_read(name)
            ]
            if unread:
                shown = (
                    f"{one} ({hint.removesuffix('? ')}?)"
                    if (hint := did_you_mean(one, names, whole=True))
                    else one
                    for one in unread
                )
                yield f"{table.label}: no action reads {', '.join(shown)}"


def read_masters(folder: Path | None = None, files: Sequence[Path] = ()) -> Masters:
    """Read the masters of a folder, and files that are named one by one.

    Args:
        folder: Folder with `Global`, `Ubicaciones`, `Usuarios`, `Numeraciones`, `Workspaces` as
            CSV or XLSX in any case, or one workbook with them as sheets; None for no folder.
        files: Further files; they come first. A file named as no master holds parameters.

    Returns:
        The masters.

    Raises:
        InputFileError: When a file cannot be used, or two give the same master.
    """
    tables, notices = open_files(dict.fromkeys(files))
    if folder is not None:
        named = {path.resolve() for path in files}
        found, more = open_folder(folder)
        tables += [table for table in found if table.file.path.resolve() not in named]
        notices += more
    _refuse_twice(tables)
    for table in tables:
        rows = sum(1 for _ in table.rows())
        if rows == 0:
            notices.append(f"{table.label}: there is no row below the header")
        if table.master is Master.GLOBAL and rows > 1:
            raise InputFileError(
                table.file.path,
                f"it has {rows} rows, and would give several values for one thing",
                "keep one row; what differs from site to site belongs in Ubicaciones",
            )
    return Masters(tuple(tables), tuple(dict.fromkeys(notices)))


def _refuse_twice(tables: Sequence[Table]) -> None:
    first: dict[Master, Table] = {}
    for table in tables:
        other = first.setdefault(table.master, table)
        is_twice = other.file.path != table.file.path and table.master not in _SEVERAL_ALLOWED
        if is_twice:
            raise InputFileError(
                table.file.path,
                f"{other.label} gives {table.master} too",
                "keep one of the two",
            )


def columns_of(definitions: Iterable[ActionDefinition]) -> tuple[str, ...]:
    """List the columns in which rows of several actions are carried along.

    Args:
        definitions: The actions.

    Returns:
        The names of their parameters, each once, in their order.
    """
    names = (one.name for definition in definitions for one in definition.parameters)
    return tuple(dict.fromkeys(names))
