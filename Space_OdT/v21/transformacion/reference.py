"""The reference page of the actions, from the catalogue itself."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from Space_OdT.engine.action_model import StepSpec
from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition
from Space_OdT.v21.transformacion.parameters import Parameter

_HEAD = """# Transformation actions

In the order in which a site is brought live. Each runs once a row of its master, or once for the
parameters of the command line:

```
python -m Space_OdT.v21.transformacion.<action> --csv FILE [--dry-run] [--auto-confirm]
```

Column headers are compared without case, accents, blanks and punctuation; names and ids are
interchangeable where both are offered. Beside the calls listed here, names are looked up in lists
that are read once a run. A dry run sends the reads and shows the writes. An action reads the
present state first and writes only what differs, so that a second run writes nothing. Words such
as `precondition_missing` are [reason codes](reason_codes.md); more exact ones stand at the
beginning of the message.
"""


def render_markdown() -> str:
    """Render the page of actions.

    Returns:
        Markdown: per action purpose, parameters, aliases, calls, outcomes, example.
    """
    overview = _table(
        ["Action", "Master", "Purpose"],
        (
            (f"[`{one.action_id}`](#{one.action_id})", str(one.dataset), one.purpose)
            for one in ACTIONS
        ),
    )
    return "\n".join((_HEAD, overview, *map(_section, ACTIONS)))


def _section(definition: ActionDefinition) -> str:
    steps = definition.build(ActionContext()).steps
    return "\n".join(
        (
            f"## {definition.action_id}\n",
            f"{definition.purpose} *{definition.purpose_es}*\n",
            *(f"{remark}\n" for remark in _remarks(definition)),
            _table(["Parameter", "Value", "Meaning", "Columns"], _parameters(definition)),
            _table(["Step", "Call", ""], map(_call, steps)),
            _table(["Ends as", "When"], _outcomes(definition)),
            f"```\n{_example(definition)}\n```\n",
        )
    )


def _remarks(definition: ActionDefinition) -> Iterator[str]:
    if definition.is_identity:
        yield "Creates people: off unless `--allow-identity` is given."
    if definition.is_read_only:
        yield "Reads only."
    if definition.warning:
        yield f"**Mind:** {definition.warning}"
    for group in definition.needs:
        names = ", ".join(f"`{name}`" for name in group)
        yield f"One of {names} is required." if len(group) > 1 else f"{names} is required."


def _parameters(definition: ActionDefinition) -> Iterator[Sequence[str]]:
    for one in definition.parameters:
        name = f"`{one.name}`"
        aliases = ", ".join(f"`{alias}`" for alias in one.aliases)
        yield (f"{name} *required*" if one.is_required else name, _value(one), one.help, aliases)


def _value(parameter: Parameter) -> str:
    parts = [" \\| ".join(parameter.choices) if parameter.choices else str(parameter.kind)]
    if parameter.default:
        parts.append(f"default `{parameter.default}`")
    if parameter.example:
        parts.append(f"as `{parameter.example}`")
    return ", ".join(parts)


def _call(step: StepSpec) -> Sequence[str]:
    query = "&".join(f"{name}={value}" for name, value in step.query.items())
    address = f"{step.path}?{query}" if query else step.path
    return f"`{step.name}`", f"`{step.method} {address}`", "write" if step.is_write else "read"


def _outcomes(definition: ActionDefinition) -> Iterator[Sequence[str]]:
    for name, when in definition.outcomes.items():
        yield f"`{name}`", f"{when[:1].upper()}{when[1:].rstrip('.')}."


def _example(definition: ActionDefinition) -> str:
    options = (
        f"--{name.replace('_', '-')} {shlex.quote(value)}"
        for name, value in definition.example.items()
    )
    head = f"python -m Space_OdT.v21.transformacion.{definition.action_id}"
    return " \\\n    ".join((head, *options, *definition.needed_flags))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |"

    return "\n".join((line(head), line(["---"] * len(head)), *map(line, rows))) + "\n"
