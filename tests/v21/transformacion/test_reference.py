from __future__ import annotations

import itertools

from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.reference import render_markdown


def test_the_page_names_every_action_parameter_alias_call_outcome_and_example() -> None:
    sections = {part.partition("\n")[0]: part for part in render_markdown().split("\n## ")[1:]}
    assert list(sections) == [one.action_id for one in ACTIONS]
    for definition in ACTIONS:
        section = sections[definition.action_id]
        said = [definition.purpose, definition.purpose_es, definition.warning]
        said += [f"`{one.name}`" for one in definition.parameters]
        said += [f"`{alias}`" for one in definition.parameters for alias in one.aliases]
        said += [f"`{step.name}`" for step in definition.build(ActionContext()).steps]
        said += [f"`{name}`" for name in definition.outcomes]
        said += [f"--{name.replace('_', '-')}" for name in definition.example]
        said += definition.needed_flags
        assert [text for text in said if text not in section] == []


def test_no_cell_of_a_table_breaks_its_row() -> None:
    lines = render_markdown().splitlines()
    for above, line in itertools.pairwise(lines):
        if above.startswith("| ") and line.startswith("| "):
            cells = [row.replace("\\|", "").count("|") for row in (above, line)]
            assert cells[0] == cells[1], line
