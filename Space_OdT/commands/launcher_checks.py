"""Names on the command line of the launcher that mean nothing are told before anything is done."""

from __future__ import annotations

from collections.abc import Sequence

from Space_OdT.commands.launcher_request import LauncherRequest
from Space_OdT.commands.rows_front import RequestError
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.masters.reading import Masters
from Space_OdT.v21.transformacion.masters.values import feeds
from Space_OdT.v21.transformacion.parameters import fold_header


def check_names(request: LauncherRequest, definitions: Sequence[ActionDefinition]) -> None:
    """Refuse names that nothing listens to: a typing error would pass unnoticed.

    Args:
        request: The command line.
        definitions: The actions that were chosen.

    Raises:
        RequestError: When no action has such a parameter.
    """
    known = [one for definition in definitions for one in definition.parameters]
    names = sorted({one.name for one in known})
    given = [("--param", name) for name in request.params]
    given += [("--column", name) for name in request.columns]
    for option, name in given:
        if not any(feeds(one, fold_header(name)) for one in known):
            hint = did_you_mean(name, names)
            raise RequestError(
                f"{option} {name}: no chosen action has such a parameter; {hint}they have "
                f"{', '.join(names)}."
            )


def check_columns(
    request: LauncherRequest, definitions: Sequence[ActionDefinition], masters: Masters
) -> None:
    """Refuse a condition on a column that no file has, and a parameter from one.

    Args:
        request: The command line.
        definitions: The actions that were chosen.
        masters: The files.

    Raises:
        RequestError: When there is no such column.
    """
    headers = {name for table in masters.tables for name in table.names}
    known = [one for definition in definitions for one in definition.parameters]
    wanted = [("--column", header) for header in request.columns.values()]
    wanted += [
        ("--match", name)
        for name, _ in request.matches
        if not any(feeds(one, fold_header(name)) for one in known)
    ]
    for option, header in wanted:
        if fold_header(header) not in headers:
            shown = sorted({one.strip() for table in masters.tables for one in table.headers})
            hint = did_you_mean(header, shown)
            raise RequestError(
                f"{option} {header}: no file has such a column; {hint}they have {', '.join(shown)}."
            )
