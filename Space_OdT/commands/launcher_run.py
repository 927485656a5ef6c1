"""One run of the launcher: masters, actions, the run itself, and what it came to."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from Space_OdT.commands.action_options import options_again
from Space_OdT.commands.actions_work import (
    ActionsRequest,
    action_evidence,
    formulas_of,
    intake_options,
    log_folder,
)
from Space_OdT.commands.common import load_settings, simulated
from Space_OdT.commands.confirm import refuse_unasked
from Space_OdT.commands.launcher_checks import check_columns, check_names
from Space_OdT.commands.launcher_request import NAME, LauncherRequest, layout_of
from Space_OdT.commands.launcher_summary import (
    ActionOutcome,
    Ending,
    outcomes_of,
    render,
    shown_rows,
)
from Space_OdT.commands.launcher_work import FailFast, LauncherWork
from Space_OdT.commands.rows_front import RequestError, folder_of
from Space_OdT.commands.rows_work import RunNames
from Space_OdT.commands.telling import say, warn
from Space_OdT.engine.calling_settings import Profiles
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.row_runs.intake import RowsIntake, kept_input, take_in_rows
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.settings.config import Settings, SettingsError
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.launcher_choice import Refusal, choose
from Space_OdT.v21.transformacion.masters.reading import (
    Masters,
    Prepared,
    Selection,
    Unasked,
    columns_of,
    read_masters,
)
from Space_OdT.v21.transformacion.masters.sources import SOURCES_FILE, traced
from Space_OdT.v21.transformacion.parts.outgoing_permissions import known_profiles

_DEFAULT_CSV = Path(".artifacts") / "report" / "results_manual.csv"
_DEFAULT_CSVS = (_DEFAULT_CSV, Path("Space_OdT") / _DEFAULT_CSV)


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
        check_names(request, self.definitions)
        only_reads = all(one.is_read_only for one in chosen)
        refuse_unasked(is_free_to_go=only_reads or request.is_dry_run or request.is_confirmed)
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

    def _settings(self, url: str | None) -> Settings | None:
        """Load the settings; a dry run without a token shows what it can."""
        request = self.request
        settings = load_settings(
            url,
            token=request.token,
            base_url=request.base_url,
            concurrent_requests=request.concurrent_requests,
            max_rate_per_minute=request.max_rate,
        )
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
        check_columns(self.request, self.definitions, masters)
        for unread in masters.unread_columns(ACTIONS):
            say(f"Note: {unread}; these columns are ignored.")
        return masters

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
        if (self.request.rows or self.request.matches) and not self.unasked:
            return (
                "No row fits --row and --match; nothing was done. / Ninguna fila cumple --row y "
                "--match; no se ha hecho nada."
            )
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
        profiles = known_profiles(request.profiles, warn)
        with folder_of(self.layout):
            intake = self._intake(settings)
            if not intake.report.rows:
                self._outcomes = {}
                say(self._nothing())
                return ExitCode.USAGE
            if request.fails_fast and not request.is_dry_run:
                self._refuse_rejected(intake.report.rejected_rows)
            log_path = log_folder(settings, self.layout) / f"{NAME}.log"
            har_path = self.layout.har if request.records_har else None
            with action_evidence(
                settings, log_path, har_path, is_verbose=request.is_verbose
            ) as evidence:
                work = LauncherWork(settings, self._work_request(profiles), intake, evidence)
                code = self._worked(work)
        return max(code, self._code(is_incomplete=False)) if code in {0, 1} else code

    def _intake(self, settings: Settings) -> RowsIntake:
        masters = self._masters()
        selection = self._selection(settings)
        sources = self.layout.out_dir / SOURCES_FILE
        return take_in_rows(
            lambda: traced(sources, self._rows(masters, selection)),
            masters.input_hash([one.action_id for one in self.definitions], selection),
            columns_of(self.definitions),
            self.layout,
            intake_options(settings, self.definitions, repair=self.request.repairs),
        )

    def _work_request(self, profiles: Profiles) -> ActionsRequest:
        request = self.request
        return ActionsRequest(
            layout=self.layout,
            names=RunNames(NAME, self._input_name(), self._rerun),
            definitions=self.definitions,
            profiles=profiles,
            is_dry_run=request.is_dry_run,
            is_confirmed=request.is_confirmed,
            is_verbose=request.is_verbose,
            checks_routing=request.checks_routing,
        )

    def _worked(self, work: LauncherWork) -> ExitCode:
        request = self.request
        if request.is_dry_run:  # the rows are shown even where Webex cannot be asked
            self._outcomes = outcomes_of(self.layout, is_dry_run=True)
        elif request.fails_fast:
            work.fails_fast = FailFast()
        code = work.run()
        self._was_cancelled = not request.is_dry_run and not work.was_applied
        self._outcomes = outcomes_of(self.layout, is_dry_run=request.is_dry_run)
        return code

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
        options = options_again(
            profiles=self.request.profiles,
            allow_identity=self.request.allows_identity,
            check_routing=self.request.checks_routing,
            base_url=self.request.base_url,
            simulator=self.request.simulator,
        )
        return f"python -m Space_OdT.v21.transformacion.{NAME} {shlex.join(words)}{options}"

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
