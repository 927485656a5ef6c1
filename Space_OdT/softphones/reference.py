"""The reference page of a softphone run, from its own tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from Space_OdT.softphones.columns import COLUMNS, REQUIRED_COLUMNS, TEMPLATE_COLUMNS, columns_of
from Space_OdT.softphones.policy import POLICY_KEYS
from Space_OdT.softphones.stages import TRIGGERS, Stage

_HEAD = """# Softphones: stages, columns, policy

`v2_bulk_run` runs these stages for each person of `<out>/v2/input_softphones.csv`, in this order;
the first that fails ends the person. A person has a stage when a column that triggers it is filled,
`false` as well as `true`. Every stage reads first and writes only what differs.

"""
_COLUMNS = """
## Columns

CSV in any encoding and with any separator a spreadsheet writes. Headers are compared without case,
blanks, dashes and underscores. A blank cell leaves everything as it is. Rows that begin with `#`
are remarks; columns that begin with `x_` are yours. A row also needs `location_id` or
`location_name` (the id wins), and `extension` or `phone_number`.

"""
_POLICY = """
## static_policy.json

Bodies in the API's own shape, laid under what the row says; for permissions they count only where
the row has no JSON. Keys that begin with `_` are remarks. What the API would refuse is refused
before the first call.

"""


def render_markdown() -> str:
    """Render the page.

    Returns:
        Markdown: stages with their triggers, every column, the keys of the policy.
    """
    stages = (
        (
            stage.number,
            f"`{stage}`",
            ", ".join(f"`{name}`" for name in TRIGGERS[stage].columns) or "always",
            len(columns_of(stage)),
        )
        for stage in Stage
    )
    columns = (
        (
            f"`{column.name}`",
            "yes" if column.name in REQUIRED_COLUMNS else "",
            "yes" if column.name in TEMPLATE_COLUMNS else "",
            f"`{column.stage}`",
            column.meaning,
            f"`{column.example}`" if column.example else "",
        )
        for column in COLUMNS.values()
    )
    policy = ((f"`{key}`", f"`{feature}`") for key, feature in POLICY_KEYS.items())
    return "".join(
        (
            _HEAD,
            _table(("#", "Stage", "Triggered by", "Columns"), stages),
            _COLUMNS,
            _table(
                ("Column", "Required", "In the template", "Stage", "Meaning", "Example"), columns
            ),
            _POLICY,
            _table(("Key", "Feature"), policy),
        )
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines: list[Sequence[object]] = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in line)} |\n"
        for line in lines
    )
