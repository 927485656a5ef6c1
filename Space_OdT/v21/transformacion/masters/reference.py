"""The reference page of the masters: which column feeds what, and which rows ask for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import ActionDefinition, Dataset
from Space_OdT.v21.transformacion.launcher_choice import NOT_BY_ITSELF
from Space_OdT.v21.transformacion.masters.asking import wanted_by
from Space_OdT.v21.transformacion.masters.files import Master
from Space_OdT.v21.transformacion.masters.values import OTHER_MEANING
from Space_OdT.v21.transformacion.parameters import Kind, Parameter, fold_header

_HEAD = """# Masters

The tables that the launcher and `site_activate` read: `Global`, `Ubicaciones`, `Usuarios`,
`Numeraciones` and `Workspaces`, as CSV or XLSX files of that name in one folder, or as sheets of
one workbook. Names are compared without case. A sheet with the headers of the Catalan workbook is
recognised by them, whatever its name.

Headers are compared without case, accents, blanks and punctuation. Where several columns of a row
feed one parameter, the one named first below counts. A value of the command line (`--param`) beats
the row, the row beats `Global`, `Global` beats the default. A row that names its site, person,
workspace or route in one way never gets another one from `Global`. Columns whose header begins
with `x_` are the operator's own.

`Global` has one row and may have every column below.
"""
_SPECIAL = {
    Dataset.USUARIOS: "`Usuari` and `Domini` make the e-mail address together, where there is no "
    "column for it. A column `name` is not read.",
    Dataset.NUMERACIONES: "Rows of one location become one list. Each row that has an extension "
    "also means the intercom number of that extension, unless `intercom_from_extension` is false. "
    "The columns `phone_numbers`, `phone_number_1`, `phone_number_2` … of Ubicaciones are read as "
    "well.",
    Dataset.WORKSPACES: "A workspace is named by its id, or by its name and its location. A column "
    "`name` is not read.",
}
_ASKING = """## Which rows ask for an action

A row that fills nothing an action is about does not ask for it, which is no mistake; how many rows
did not ask stands in the summary. A row that asks and lacks something is rejected with one line.
When the launcher is not told which actions to run, an extension alone asks for nothing: somebody
has to decide. A column that decides (`enabled`, `intercom_mode`, `mode`) and is left blank means
no, too.
"""


def render_markdown() -> str:
    """Render the page of the masters.

    Returns:
        Markdown: per master its columns, then what a row must fill for each action.
    """
    asking = _table(
        ["Action", "Filled when the action is named", "When all actions run"],
        map(_asking, ACTIONS),
    )
    return "\n".join((_HEAD, *map(_section, Dataset), _ASKING, asking))


def _section(dataset: Dataset) -> str:
    actions = [one for one in ACTIONS if one.dataset is dataset]
    rows = _table(["Column", "Or", "Value", "Feeds"], _columns(actions))
    special = [f"{_SPECIAL[dataset]}\n"] if dataset in _SPECIAL else []
    return "\n".join((f"## {dataset}\n", *special, rows))


def _columns(actions: Sequence[ActionDefinition]) -> Iterator[tuple[str, ...]]:
    """Describe each parameter once, with every header and every action it feeds."""
    readers: dict[tuple[str, tuple[str, ...]], tuple[Parameter, list[str]]] = {}
    for action in actions:
        for one in action.parameters:
            readers.setdefault((one.name, one.aliases), (one, []))[1].append(action.action_id)
    strange = OTHER_MEANING.get(Master(actions[0].dataset), frozenset())
    for parameter, feeds in readers.values():
        headers = (one for one in parameter.aliases if fold_header(one) not in strange)
        everyone = len(feeds) == len(actions) > 1
        shown = "all of them" if everyone else ", ".join(f"`{one}`" for one in feeds)
        aliases = ", ".join(f"`{one}`" for one in headers)
        yield f"`{parameter.name}`", aliases, _value(parameter), shown


def _value(parameter: Parameter) -> str:
    if parameter.kind in {Kind.CHOICE, Kind.CHOICES}:
        return ", ".join(f"`{one}`" for one in parameter.choices)
    example = f", as `{parameter.example}`" if parameter.example else ""
    return f"{parameter.kind}{example}"


def _asking(definition: ActionDefinition) -> tuple[str, str, str]:
    name = definition.action_id
    alone = _any_of(wanted_by(definition, only_decided=True))
    if definition.is_identity:
        alone = f"{alone}; only with `--allow-identity`"
    if name in NOT_BY_ITSELF:
        alone = f"never: {NOT_BY_ITSELF[name]}"
    return f"`{name}`", _any_of(wanted_by(definition)), alone


def _any_of(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names) or "every row asks"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(head), ["---"] * len(head), *map(list, rows)]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells) + "\n"
