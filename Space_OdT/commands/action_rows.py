"""The rows of one action, from a file or from the command line, taken in and run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from Space_OdT.commands.action_options import RunChoices
from Space_OdT.commands.actions_work import (
    ActionsRequest,
    ActionsWork,
    action_evidence,
    formulas_of,
    intake_options,
    log_folder,
    refuse_identity,
)
from Space_OdT.commands.common import simulated
from Space_OdT.commands.confirm import refuse_unasked
from Space_OdT.commands.rows_front import RequestError, folder_of, guarded
from Space_OdT.commands.rows_work import RunNames
from Space_OdT.commands.telling import say, warn
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.models import CellProblem
from Space_OdT.engine.row_runs.candidate import Candidate
from Space_OdT.engine.row_runs.finish import RerunCommand
from Space_OdT.engine.row_runs.intake import kept_input, take_in_rows
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.settings.config import Settings
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.definition import ActionDefinition, Dataset
from Space_OdT.v21.transformacion.masters.asking import MODE
from Space_OdT.v21.transformacion.masters.files import Master
from Space_OdT.v21.transformacion.masters.reading import (
    Masters,
    Selection,
    Unasked,
    columns_of,
    read_masters,
)
from Space_OdT.v21.transformacion.parameters import Parameter
from Space_OdT.v21.transformacion.parts.outgoing_permissions import known_profiles

_OUR_OUTPUT = "rawrowminified"


def option_of(parameter: Parameter) -> str:
    """Name the option of a parameter.

    Args:
        parameter: A parameter of an action.

    Returns:
        As `--location-id`.
    """
    return f"--{parameter.name.replace('_', '-')}"


def run_action(
    definition: ActionDefinition, csv: Path | None, given: dict[str, str], choices: RunChoices
) -> ExitCode:
    """Run one action.

    Args:
        definition: The action.
        csv: File of its rows; None for the one row of the command line.
        given: Parameter -> value of the command line; beats the file.
        choices: What else the command line says.

    Returns:
        The exit code.
    """
    layout = RowsLayout.at(choices.out_dir or Path(".artifacts"), definition.action_id)

    def work() -> ExitCode:
        nonlocal layout
        _refuse(definition, csv, given, choices)
        with simulated(choices.simulator) as simulated_url:
            settings = choices.settings(simulated_url)
            folder = choices.out_dir or settings.output_dir / "actions" / definition.action_id
            layout = RowsLayout.at(folder, definition.action_id)
            with folder_of(layout):
                request = _request(definition, csv, layout, choices)
                return _run(settings, request, csv, given, choices)

    return guarded(work, lambda: layout)


def _refuse(
    definition: ActionDefinition, csv: Path | None, given: dict[str, str], choices: RunChoices
) -> None:
    """Refuse what cannot be meant, before anything is opened."""
    refuse_identity([definition], allowed=choices.allow_identity)
    if csv is None and not given:
        raise RequestError(
            f"Give --csv FILE, or the parameters of one row ({_needed(definition)}); --help "
            "lists them. / Indique --csv o los parámetros."
        )
    is_harmless = choices.dry_run or definition.is_read_only
    refuse_unasked(is_free_to_go=is_harmless or choices.auto_confirm)


def _request(
    definition: ActionDefinition, csv: Path | None, layout: RowsLayout, choices: RunChoices
) -> ActionsRequest:
    action_id = definition.action_id
    return ActionsRequest(
        layout=layout,
        names=RunNames(action_id, str(csv or "--param"), _rerun(definition, choices.repeated)),
        definitions=(definition,),
        profiles=known_profiles(choices.profiles, warn),
        is_dry_run=choices.dry_run,
        is_confirmed=choices.auto_confirm,
        is_verbose=choices.verbose_log,
        checks_routing=choices.check_routing,
    )


def _run(
    settings: Settings,
    request: ActionsRequest,
    csv: Path | None,
    given: dict[str, str],
    choices: RunChoices,
) -> ExitCode:
    """Take the rows in and run them; the folder is locked."""
    (definition,), layout = request.definitions, request.layout
    masters = _masters(csv, layout, definition)
    selection = Selection(params=given, formulas=formulas_of(settings))
    intake = take_in_rows(
        lambda: candidates(masters, definition, selection),
        masters.input_hash([definition.action_id], selection),
        columns_of([definition]),
        layout,
        intake_options(settings, [definition], repair=choices.repair_tail),
    )
    if not intake.report.rows:
        raise RequestError(f"{csv} holds no row for {definition.action_id}.")
    log_path = log_folder(settings, layout) / f"{definition.action_id}.log"
    har_path = layout.har if choices.debug_har else None
    is_verbose = choices.verbose_log
    with action_evidence(settings, log_path, har_path, is_verbose=is_verbose) as evidence:
        return ActionsWork(settings, request, intake, evidence).run()


def _needed(definition: ActionDefinition) -> str:
    required = [option_of(one) for one in definition.parameters if one.is_required]
    groups = (" or ".join(f"--{name.replace('_', '-')}" for name in g) for g in definition.needs)
    return ", ".join([*required, *groups])


def _rerun(definition: ActionDefinition, options: str) -> RerunCommand:
    flags = "".join(f" {flag}" for flag in definition.own_flags)
    module = f"Space_OdT.v21.transformacion.{definition.action_id}"

    def command(input_path: str, out_dir: str) -> str:
        given = f"--csv {shlex.quote(input_path)} --out-dir {shlex.quote(out_dir)}"
        return f"python -m {module} {given}{flags}{options}"

    return command


def _masters(path: Path | None, layout: RowsLayout, definition: ActionDefinition) -> Masters:
    """Read the file; one that is named as another master holds rows of this action all the same."""
    if path is None:
        return Masters(())
    kept = kept_input(path, layout, open_input(path).input_hash)
    masters = read_masters(files=[kept])
    fitting = {Master.PARAMETERS, Master(definition.dataset)}
    if definition.dataset is Dataset.NUMERACIONES:
        fitting.add(Master.UBICACIONES)
    tables = masters.tables
    if not any(table.master in fitting for table in tables):
        tables = tuple(replace(table, master=Master.PARAMETERS) for table in tables[:1])
    found = Masters(tables, masters.notices)
    for notice in found.notices:
        say(f"Note: {notice}.")
    if not any(_OUR_OUTPUT in table.names for table in tables):
        for unread in found.unread_columns([definition]):
            say(f"Note: {unread}; these columns are ignored.")
    return found


def candidates(
    masters: Masters, definition: ActionDefinition, selection: Selection
) -> Iterator[Candidate]:
    """Prepare the rows of one action; a row that asks for nothing is rejected, not forgotten.

    Args:
        masters: The file.
        definition: The action.
        selection: What the command line puts on top.

    Yields:
        Every row of the file once.

    Raises:
        InputFileError: When the file cannot be read to its end.
    """
    waiting: list[Unasked] = []
    for prepared in masters.prepare(definition, selection, waiting.append):
        yield from map(_asks_nothing, waiting)
        waiting.clear()
        yield prepared.candidate
    yield from map(_asks_nothing, waiting)


def _asks_nothing(row: Unasked) -> Candidate:
    source, _, line = row.source.rpartition(":")
    if not line.isdecimal():
        source, line = row.source, "0"
    # mode alone says nothing of a row
    wants = [name for name in row.wants if name != MODE] or row.wants
    problem = CellProblem("", "", f"one of {', '.join(wants)}", "fill one of them")
    return Candidate(row.action_id, "", {}, {}, int(line), source, (problem,))
