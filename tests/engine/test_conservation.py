"""Rows in = success + pending + rejected, each exactly once."""

from __future__ import annotations

import pytest

from Space_OdT.engine.conservation import check_conservation
from Space_OdT.engine.writers import DamagedOutputError
from tests.engine.journals import Desk, make_batch, make_outcome


@pytest.fixture
def desk(tmp_path):
    with Desk(tmp_path) as desk:
        yield desk


def balance(desk, rows, *numbers, pending=(), rejected=()):
    journal = desk.journal()
    journal.open_batch(make_batch(*numbers))
    for number in numbers:
        journal.record(make_outcome(number, is_pending=number in pending))
    (desk.folder / "rejected_rows.csv").write_text(
        "row_number,why\n" + "".join(f"{number},x\n" for number in rejected)
    )
    return check(desk, rows)


def check(desk, rows):
    return check_conservation(
        rows,
        results_csv=desk.files.results_csv,
        pending_csv=desk.files.pending_csv,
        rejected_csv=desk.folder / "rejected_rows.csv",
    )


def test_a_complete_run_adds_up(desk):
    found = balance(desk, 5, 1, 2, 4, 5, pending=(4,), rejected=(3,))
    assert found.holds
    assert found.line == "5 rows in = 3 success + 1 pending + 1 rejected"
    assert (found.violations, found.explanations) == (0, ())


def test_a_stopped_run_counts_what_is_left(desk):
    found = balance(desk, 1_005, 1, 2)
    assert not found.holds
    assert found.violations == 0
    assert found.line == "1,005 rows in = 2 success + 0 pending + 0 rejected + 1,003 not run"


def test_a_run_without_outputs_adds_up_to_nothing(desk):
    assert check(desk, 2).open_rows == 2


@pytest.mark.parametrize(
    ("rejected", "said"),
    [((2,), "row 2 is rejected and was run"), ((3, 3), "row 3 is rejected more than once")],
)
def test_rejected_rows_have_no_other_outcome(desk, rejected, said):
    found = balance(desk, 3, 1, 2, rejected=rejected)
    assert not found.holds
    assert found.explanations == (said,)
    assert "1 rows do not add up" in found.line


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda lines: lines[:1], "row 2 is pending in results.csv, but missing in pending"),
        (lambda lines: [*lines, lines[1]], "row 2 is in pending_rows.csv more than once"),
    ],
)
def test_both_files_must_agree_about_pending_rows(desk, edit, said):
    balance(desk, 2, 1, 2, pending=(2,))
    path = desk.files.pending_csv
    path.write_bytes(b"".join(edit(path.read_bytes().splitlines(True))))
    (explanation,) = check(desk, 2).explanations
    assert said in explanation


def test_a_success_is_not_pending(desk):
    balance(desk, 2, 1, 2, pending=(2,))
    path = desk.files.results_csv
    path.write_bytes(path.read_bytes().replace(b",pending,", b",success,"))
    assert "results.csv does not call it pending" in check(desk, 2).explanations[0]


def test_only_the_first_violations_are_explained(desk):
    found = balance(desk, 30, *range(1, 31), rejected=range(1, 31))
    assert (found.violations, len(found.explanations)) == (30, 10)


def test_a_damaged_rejected_file_is_refused(desk):
    balance(desk, 2, 1)
    (desk.folder / "rejected_rows.csv").write_text("row_number,why\n9,x\n")
    with pytest.raises(DamagedOutputError, match="validation makes both again"):
        check(desk, 2)
