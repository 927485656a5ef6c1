"""Values carry words for people."""

from __future__ import annotations

from Space_OdT.engine.models import CellProblem, Phase, Row, shortened


def test_a_problem_reads_as_a_sentence():
    problem = CellProblem("extension", "1.4E+07", "2 to 8 digits", "format as text", "Damaged")
    assert problem.text() == (
        'column extension, value "1.4E+07": expected 2 to 8 digits. Damaged. Fix: format as text.'
    )
    assert CellProblem("", "", "a whole row", "repair it").text() == (
        "expected a whole row. Fix: repair it."
    )


def test_long_values_are_shortened_to_one_line():
    assert shortened("a\nb") == "a b"
    assert shortened("x" * 99, limit=5) == "xxxx…"


def test_blank_cells_read_as_nothing():
    row = Row(1, 2, "1", "user", "k", {"email": "a@example.com"})
    assert (row.get("email"), row.get("extension")) == ("a@example.com", "")


def test_phases_run_in_order():
    assert [phase.entity_type.value for phase in Phase] == [
        "location",
        "user",
        "extension_assignment",
    ]
