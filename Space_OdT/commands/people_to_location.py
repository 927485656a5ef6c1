"""`usuarios_asignar_location_desde_csv` by itself: control file, and nothing without --apply."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.commands.action_run import main as run_action_command
from Space_OdT.commands.rows_front import RequestError, guarded
from Space_OdT.commands.telling import say, show
from Space_OdT.engine.input_reader import open_input
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.settings.exit_codes import ExitCode
from Space_OdT.v21.transformacion.parts.people_to_location import (
    CONTROL_NAME,
    is_control_header,
    prepare_control,
    read_control,
    write_selected,
)

_REPORT = Path(".artifacts") / "report"
_REPORTS = (_REPORT, Path("Space_OdT") / _REPORT)
_PEOPLE = Path(".artifacts") / "exports" / "people.json"
_SELECTED = ".selected.csv"
_HELP = frozenset({"-h", "--help"})
_TRUE = frozenset({"true", "1", "yes", "y", "si", "sí", "x"})
_OWN_HELP = """\
Control file of this action / Fichero de control de esta acción:
  --csv FILE          selected,person_id,target_location_id (default .artifacts/report/people_to_location.csv)
  --people-json FILE  people export that the control file is made from, where there is none
  --overwrite-csv     make it anew; its selections are lost
  --generate-only     make it and do nothing else
  --apply             do it; without, a plan is written and nothing is changed
"""  # noqa: E501 - one line an option


@dataclass(frozen=True, slots=True)
class FrontOptions:
    """What the command line says about the control file.

    Attributes:
        csv: The file named, None for none.
        people_json: The people export, None for none.
        overwrites: Whether a control file that is there is made anew.
        only_generates: Whether nothing else is to be done.
        applies: Whether anything may be changed.
        rest: Everything else, for the action.
    """

    csv: Path | None
    people_json: Path | None
    overwrites: bool
    only_generates: bool
    applies: bool
    rest: tuple[str, ...]


def parse(arguments: Sequence[str]) -> FrontOptions:
    """Take the options of the control file out of a command line.

    Args:
        arguments: The command line without the program name.

    Returns:
        What they say, and the rest.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--csv", "--csv-path", type=Path)
    parser.add_argument("--people-json", type=Path)
    parser.add_argument("--overwrite-csv", nargs="?", const="true", default="")
    parser.add_argument("--generate-only", nargs="?", const="true", default="")
    parser.add_argument("--apply", action="store_true")
    known, rest = parser.parse_known_args(list(arguments))
    return FrontOptions(
        csv=known.csv,
        people_json=known.people_json,
        overwrites=known.overwrite_csv.casefold() in _TRUE,
        only_generates=known.generate_only.casefold() in _TRUE,
        applies=known.apply,
        rest=tuple(rest),
    )


def main(action_id: str, arguments: Sequence[str] | None = None) -> None:
    """Run the action by itself and leave with its exit code.

    Args:
        action_id: Id of the action.
        arguments: The command line without the program name; the process's own when None.

    Raises:
        SystemExit: Always, with a code of `ExitCode`.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if _HELP & set(given):
        show(_OWN_HELP)
        run_action_command(action_id, ["--help"])
    front = parse(given)
    rows: list[Path] = []

    def work() -> ExitCode:
        rows.extend(_rows_of(front))
        return ExitCode.OK

    code = guarded(work, lambda: RowsLayout.at(Path(".artifacts"), action_id))
    if code is not ExitCode.OK or front.only_generates or (_needs_file(front) and not rows):
        sys.exit(code)
    file = [str(rows[0])] if rows else []
    run_action_command(action_id, [*(["--csv", *file] if file else []), *_mode(front), *front.rest])


def _mode(front: FrontOptions) -> list[str]:
    asked = set(front.rest)
    if not front.applies:
        if "--dry-run" not in asked:
            say("Nothing is changed without --apply. / Sin --apply no se cambia nada.")
        return [] if "--dry-run" in asked else ["--dry-run"]
    return [] if asked & {"--auto-confirm", "--dry-run"} else ["--auto-confirm"]


def _needs_file(front: FrontOptions) -> bool:
    """Tell whether the rows come from a file: a person named on the command line is a row."""
    names = {word.partition("=")[0] for word in front.rest}
    return not names & {"--person-id", "--email"}


def _rows_of(front: FrontOptions) -> list[Path]:
    """Give the file with the rows to run; none when there is nothing to do, or no file needed."""
    if not _needs_file(front):
        return []
    path = front.csv or _usual_control()
    people = front.people_json
    if people is None and not path.exists() and _PEOPLE.is_file():
        people = _PEOPLE
    if prepare_control(path, people, overwrites=front.overwrites):
        say(f"Made {path}: put x into selected and fill target_location_id, then run this again.")
    elif front.only_generates:
        say(f"{path} is there already; give --overwrite-csv to make it anew, and --people-json.")
    if front.only_generates:
        return []
    if not path.exists():
        raise RequestError(
            f"There is no {path}. Give --csv FILE, or --people-json FILE to make it. / No existe; "
            "indique --csv o --people-json."
        )
    if not is_control_header(open_input(path, may_be_empty=True).header) or _is_output(path):
        return [path]
    control = read_control(path)
    say(f"{control.told[0].upper()}{control.told[1:]}.")
    if not control.selected:
        return []
    selected = path.with_name(path.stem + _SELECTED)
    write_selected(control, selected)
    return [selected]


def _is_output(path: Path) -> bool:
    """Tell a file of an earlier run, which is fed back as it is, from a control file."""
    return "raw_row_minified" in open_input(path, may_be_empty=True).header


def _usual_control() -> Path:
    found = (folder / CONTROL_NAME for folder in _REPORTS)
    return next((path for path in found if path.is_file()), _REPORT / CONTROL_NAME)
