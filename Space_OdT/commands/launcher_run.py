"""One run of the launcher: masters, actions, the run itself, and what it came to."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from Space_OdT.commands.actions_work import (
    ActionsRequest,
    ActionsWork,
    action_evidence,
    formulas_of,
    intake_options,
    log_folder,
)
from Space_OdT.commands.common import SIMULATOR_TOKEN, simulated
from Space_OdT.commands.launcher_summary import (
    ActionOutcome,
    Ending,
    outcomes_of,
    render,
    shown_rows,
)
from Space_OdT.commands.rows_front import RequestError, folder_of
from Space_OdT.commands.rows_work import RunNames
from Space_OdT.commands.telling import say, warn
from Space_OdT.engine.executor import RunObserver
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.models import Outcome, RowStatus
from Space_OdT.engine.planner import PlanWriter
from Space_OdT.engine.row_runs.intake import kept_input, take_in_rows
from Space_OdT.engine.row_runs.run_log import SilentObserver
from Space_OdT.engine.row_runs.session import RowsSession
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.engine.stopping import StopReason
from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.settings.config import Settings, SettingsError
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.launcher_choice import Refusal, choose
from Space_OdT.v21.transformacion.masters import (
    Masters,
    Prepared,
    Selection,
    Unasked,
    columns_of,
    read_masters,
)
from Space_OdT.v21.transformacion.masters_sources import SOURCES_FILE, traced
from Space_OdT.v21.transformacion.masters_values import feeds
from Space_OdT.v21.transformacion.outgoing_permissions import known_profiles
from Space_OdT.v21.transformacion.parameters import fold_header
from Space_OdT.webex.connection_client import WebexClient

NAME = "launcher_csv_dependencias"
_DEFAULT_CSV = Path(".artifacts") / "report" / "results_manual.csv"
_DEFAULT_CSVS = (_DEFAULT_CSV, Path("Space_OdT") / _DEFAULT_CSV)
_REJECTIONS_TOLD = 20


def layout_of(folder: Path) -> RowsLayout:
    """Lay out the outputs of the launcher.

    Args:
        folder: The output folder.

    Returns:
        The layout; nothing is created on disk.
    """
    return RowsLayout.at(folder, NAME)


@dataclass(frozen=True, slots=True)
class LauncherRequest:
    """What the command line asks for.

    Attributes:
        csv_paths: Files, the earlier one counts.
        input_data_dir: Folder of the masters; None for none.
        script_names: Actions; empty for all that run by themselves.
        params: Values that beat every file.
        columns: Parameter -> header of its column.
        matches: Header or parameter, and the value rows must have.
        rows: Numbers of rows; empty for all.
        is_dry_run: Change nothing.
        is_confirmed: Whether nobody is to be asked.
        prechecks: Whether workspaces are diagnosed first.
        fails_fast: Whether the first row that is not done ends the run.
        out_dir: Folder of the outputs; None for the usual one.
        profiles: File of outgoing profiles.
        allows_identity: Whether people may be created.
        checks_routing: Whether forwarding destinations are tried.
        is_verbose: Whether the log may hold more than keys.
        repairs: Whether torn tails may be cut off.
        records_har: Whether an HTTP archive is written.
        max_rate: Calls a minute at most.
        concurrent_requests: Requests in flight at most.
        token: Access token.
        base_url: Base URL of the API.
        simulator: People of a simulated organisation; None for the real one.
    """

    csv_paths: tuple[Path, ...]
    input_data_dir: Path | None
    script_names: tuple[str, ...]
    params: Mapping[str, str]
    columns: Mapping[str, str]
    matches: tuple[tuple[str, str], ...]
    rows: frozenset[int]
    is_dry_run: bool
    is_confirmed: bool
    prechecks: bool
    fails_fast: bool
    out_dir: Path | None
    profiles: Path | None
    allows_identity: bool
    checks_routing: bool
    is_verbose: bool
    repairs: bool
    records_har: bool
    max_rate: int | None
    concurrent_requests: int | None
    token: str | None
    base_url: str | None
    simulator: int | None


class _FailFast(SilentObserver):
    """Ends a run at the first row that is not done."""

    def __init__(self) -> None:
        self.session: RowsSession | None = None

    def row_settled(self, outcome: Outcome) -> None:
        """Take note of an outcome."""
        if outcome.status is not RowStatus.SUCCESS and self.session is not None:
            row = outcome.row
            where = f"row {row.number}, {row.entity_type} {row.entity_key}"
            self.session.stop.ask(
                StopReason.FAIL_FAST, f"{where} was not done, and --fail-fast is given"
            )


class _Work(ActionsWork):
    """The work of actions that knows whether it was applied, and may end early."""

    fails_fast: _FailFast | None = None
    was_applied = False

    def session(self, client: WebexClient, plan: PlanWriter | None) -> RowsSession:
        """Make the session, and let whoever may end the run know it."""
        session = super().session(client, plan)
        if self.fails_fast is not None and plan is None:
            self.fails_fast.session = session
        return session

    def watchers(self) -> tuple[RunObserver, ...]:
        """Have the first failure noticed, too, when it ends the run."""
        more = () if self.fails_fast is None else (self.fails_fast,)
        return (*super().watchers(), *more)

    async def apply(self) -> ExitCode:
        """Run every row that has no outcome yet."""
        self.was_applied = True
        return await super().apply()


@dataclass(slots=True)
class LauncherRun:
    """One run of the launcher.

    Attributes:
        request: What the command line asks for.
        layout: The output folder.
        definitions: The actions, in order.
        refused: Actions that were named and are not run.
        unasked: Action -> rows that do not ask for it.
        files: The CSV files that were read.
    """

    request: LauncherRequest
    layout: RowsLayout = field(init=False)
    definitions: tuple[ActionDefinition, ...] = ()
    refused: tuple[Refusal, ...] = ()
    unasked: Counter[str] = field(default_factory=Counter)
    files: tuple[Path, ...] = ()
    _outcomes: Mapping[str, ActionOutcome] | None = None
    _was_cancelled: bool = False

    def __post_init__(self) -> None:
        self.layout = layout_of(self.request.out_dir or Path(".artifacts"))

    # -- what is asked for -----------------------------------------------------------------

    def run(self) -> ExitCode:
        """Do it.

        Returns:
            The exit code.

        Raises:
            RequestError: When the command line asks for something that cannot be done.
            InputFileError: When a file cannot be used.
        """
        request = self.request
        chosen, refused = choose(
            request.script_names,
            allows_identity=request.allows_identity,
            prechecks=request.prechecks and not request.is_dry_run,
        )
        self.definitions, self.refused = tuple(chosen), tuple(refused)
        for one in refused:
            say(f"Refused: {one.script_name}: {one.message}.")
        if not chosen:
            raise RequestError("There is no action to run. / No hay ninguna acción que ejecutar.")
        self.files = self._chosen_files()
        self._check_names()
        with simulated(request.simulator) as url:
            settings = self._settings(url)
            if settings is None:
                return self._preview(self._masters())
            return self._with_settings(settings)

    def _chosen_files(self) -> tuple[Path, ...]:
        """Name the files; the usual one counts only where nothing at all was given."""
        request = self.request
        if request.csv_paths or request.input_data_dir or request.params:
            return request.csv_paths
        found = next((path for path in _DEFAULT_CSVS if path.is_file()), None)
        if found is None:
            raise RequestError(
                f"Give --csv-path FILE or --input-data-dir DIR; the usual {_DEFAULT_CSV} is not "
                "there. / Indique --csv-path o --input-data-dir."
            )
        say(f"Note: no file was named, so {found} is read.")
        return (found,)

    def _check_names(self) -> None:
        """Refuse names that nothing listens to: a typing error would pass unnoticed."""
        known = [one for definition in self.definitions for one in definition.parameters]
        names = sorted({one.name for one in known})
        given = [("--param", name) for name in self.request.params]
        given += [("--column", name) for name in self.request.columns]
        for option, name in given:
            if not any(feeds(one, fold_header(name)) for one in known):
                hint = did_you_mean(name, names)
                raise RequestError(
                    f"{option} {name}: no chosen action has such a parameter; {hint}they have "
                    f"{', '.join(names)}."
                )

    def _settings(self, url: str | None) -> Settings | None:
        """Load the settings; a dry run without a token shows what it can."""
        request = self.request
        settings = Settings.load(
            token=request.token if url is None else SIMULATOR_TOKEN,
            webex_base_url=url or request.base_url,
            environment="lab" if url is not None else None,
            concurrent_requests=request.concurrent_requests,
            max_rate_per_minute=request.max_rate,
        )
        for warning in settings.warnings:
            say(f"Warning: {warning}.")
        try:
            settings.access_token()
        except SettingsError:
            if not request.is_dry_run:
                raise
            say("Note: there is no token, so the rows are shown, and not the requests.")
            return None
        return settings

    # -- rows ------------------------------------------------------------------------------

    def _selection(self, settings: Settings | None = None) -> Selection:
        request = self.request
        return Selection(
            params=request.params,
            columns=request.columns,
            rows=request.rows,
            matches=request.matches,
            only_decided=not request.script_names,
            **({"formulas": formulas_of(settings)} if settings is not None else {}),
        )

    def _masters(self) -> Masters:
        kept = [
            kept_input(path, self.layout, open_input(path, may_be_empty=True).input_hash)
            if self.layout.out_dir.is_dir()
            else path
            for path in self.files
        ]
        masters = read_masters(self.request.input_data_dir, kept)
        for notice in masters.notices:
            say(f"Note: {notice}.")
        self._check_matches(masters)
        for unread in masters.unread_columns(ACTIONS):
            say(f"Note: {unread}; these columns are ignored.")
        return masters

    def _check_matches(self, masters: Masters) -> None:
        headers = {name for table in masters.tables for name in table.names}
        known = [one for definition in self.definitions for one in definition.parameters]
        for name, _ in self.request.matches:
            folded = fold_header(name)
            if folded not in headers and not any(feeds(one, folded) for one in known):
                shown = sorted({one.strip() for table in masters.tables for one in table.headers})
                hint = did_you_mean(name, shown)
                raise RequestError(
                    f"--match {name}: no file has such a column; {hint}they have "
                    f"{', '.join(shown)}."
                )

    def _rows(self, masters: Masters, selection: Selection) -> Iterator[Prepared]:
        self.unasked.clear()
        for definition in self.definitions:
            yield from masters.prepare(definition, selection, self._note_unasked)

    def _note_unasked(self, row: Unasked) -> None:
        self.unasked[row.action_id] += 1

    def _preview(self, masters: Masters) -> ExitCode:
        """Show the prepared rows without any call."""
        rows = self._rows(masters, self._selection())
        self._outcomes = shown_rows(rows)
        found = self._outcomes.values()
        if not found:
            say(self._nothing())
            return ExitCode.USAGE
        for one in found:
            for example in one.rejections:
                say(f"Rejected: {example}")
        return self._code(any(one.rejected for one in found))

    def _nothing(self) -> str:
        return (
            "No row asks for any of these actions; nothing was done. / Ninguna fila pide estas "
            "acciones; no se ha hecho nada."
        )

    def _code(self, is_incomplete: bool) -> ExitCode:
        named = self.request.script_names and self._skipped()
        return ExitCode.INCOMPLETE if is_incomplete or self.refused or named else ExitCode.OK

    def _skipped(self) -> list[str]:
        found = self._outcomes or {}
        return [one.action_id for one in self.definitions if one.action_id not in found]

    # -- the run ---------------------------------------------------------------------------

    def _with_settings(self, settings: Settings) -> ExitCode:
        request = self.request
        self.layout = layout_of(request.out_dir or settings.output_dir / "actions" / "launcher")
        work_request = ActionsRequest(
            layout=self.layout,
            names=RunNames(NAME, self._input_name(), self._rerun),
            definitions=self.definitions,
            profiles=known_profiles(request.profiles, warn),
            is_dry_run=request.is_dry_run,
            is_confirmed=request.is_confirmed,
            is_verbose=request.is_verbose,
            checks_routing=request.checks_routing,
        )
        with folder_of(self.layout), ExitStack() as stack:
            masters = self._masters()
            selection = self._selection(settings)
            sources = self.layout.out_dir / SOURCES_FILE
            intake = take_in_rows(
                lambda: traced(sources, self._rows(masters, selection)),
                masters.input_hash([one.action_id for one in self.definitions], selection),
                columns_of(self.definitions),
                self.layout,
                intake_options(settings, self.definitions, repair=request.repairs),
            )
            if not intake.report.rows:
                self._outcomes = {}
                say(self._nothing())
                return ExitCode.USAGE
            evidence = stack.enter_context(
                action_evidence(
                    settings,
                    log_folder(settings, self.layout) / f"{NAME}.log",
                    self.layout.har if request.records_har else None,
                    is_verbose=request.is_verbose,
                )
            )
            work = _Work(settings, work_request, intake, evidence)
            if request.fails_fast and not request.is_dry_run:
                self._refuse_rejected(intake.report.rejected_rows)
                work.fails_fast = _FailFast()
            if request.is_dry_run:  # the rows are shown even where Webex cannot be asked
                self._outcomes = outcomes_of(self.layout, is_dry_run=True)
            code = work.run()
            self._was_cancelled = not request.is_dry_run and not work.was_applied
            self._outcomes = outcomes_of(self.layout, is_dry_run=request.is_dry_run)
        return max(code, self._code(is_incomplete=False)) if code in {0, 1} else code

    def _refuse_rejected(self, rejected: int) -> None:
        if rejected:
            raise RequestError(
                f"{rejected} rows are rejected and --fail-fast is given, so nothing was run: see "
                f"{self.layout.rejected_csv}."
            )

    def _input_name(self) -> str:
        folder = self.request.input_data_dir
        names = [str(path) for path in (*self.files, *([folder] if folder else []))]
        return ", ".join(names) or "--param"

    def _rerun(self, input_path: str, out_dir: str) -> str:
        # every row of that file names its action
        words = ["--csv-path", input_path, "--out-dir", out_dir]
        for name in self.request.script_names:
            words += ["--script-name", name]
        return f"python -m Space_OdT.v21.transformacion.{NAME} {shlex.join(words)}"

    # -- what it came to -------------------------------------------------------------------

    def summary(self, code: ExitCode) -> str:
        """Sum up for programs.

        Args:
            code: The exit code.

        Returns:
            One JSON object.
        """
        ending = Ending(
            definitions=self.definitions,
            refused=self.refused,
            unasked=self.unasked,
            outcomes=self._outcomes,
            was_cancelled=self._was_cancelled,
            only_decided=not self.request.script_names,
            code=code,
        )
        return render(self.request, self.files, self.layout, ending)
