from __future__ import annotations

import pytest

from Space_OdT.engine.input_reader import InputFileError
from Space_OdT.engine.input_survey import LimitExceededError
from Space_OdT.softphones.policy import Policy
from Space_OdT.softphones.stages import Stage

HEADER = "user_email,calling_license_id,location_name,extension,voicemail_enabled,x_note,Town\n"
GOOD = "ana@example.com,LIC,Madrid,8001,yes,free,Lugo\n"


def test_a_row_is_normalised_and_remarks_are_no_rows(read) -> None:
    intake = read(HEADER + "# a remark,,,,,,\n" + GOOD.replace("ana", " ANA"))
    (row,) = intake.rows
    assert (row.number, row.line, row.email) == (1, 3, "ana@example.com")
    assert row.cells["voicemail_enabled"] == "true"
    assert row.stages == (Stage.LICENCE, Stage.VOICEMAIL)
    assert intake.notices == ("columns that mean nothing here: Town",)


def test_a_rejected_row_does_not_take_its_address_away(read) -> None:
    intake = read(HEADER + GOOD.replace("yes", "perhaps") + GOOD)
    assert [row.line for row in intake.rows] == [3]
    assert [row.line for row in intake.rejected] == [2]
    assert "ana@example.com" in intake.addresses


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("ana@example.com,,Madrid,8001,,,\n", "calling_license_id"),
        (",LIC,Madrid,8001,,,\n", "user_email"),
        ("ana@example.com,LIC,,8001,,,\n", "location_id"),
        ("ana@example.com,LIC,Madrid,,,,\n", "extension"),
        ("ana@example.com,LIC,Madrid,8001.0,,,\n", "extension"),
        ("ana@example.com,LIC,Madrid\n", ""),
    ],
)
def test_what_is_wrong_names_the_column(read, line: str, column: str) -> None:
    intake = read(HEADER + line + GOOD)
    assert len(intake.rows) == 1
    assert intake.rejected[0].problems[0].column == column
    assert intake.rejected[0].problems[0].fix


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("calling_license_id,location_id,extension\n", "user_email is missing"),
        ("user_email,calling_license_id,extension\n", "location_id and location_name"),
        ("user_email,calling_license_id,location_id\n", "extension and phone_number"),
        (HEADER.replace("Town", "Extension"), "extension stands in it twice"),
        (HEADER.replace("Town", "cf_unheard_of_thing"), "cf_unheard_of_thing"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(read, header: str, told: str) -> None:
    with pytest.raises(InputFileError, match="cannot be used") as refused:
        read(header)
    assert told in str(refused.value)


def test_more_rows_than_allowed_are_refused(read) -> None:
    with pytest.raises(LimitExceededError):
        read(HEADER + GOOD + GOOD, max_rows=1)


def test_a_mode_needs_something_to_apply(read) -> None:
    header = HEADER.replace("Town", "incoming_permissions_mode")
    line = GOOD.replace("Lugo", "policy")
    assert len(read(header + line).rejected) == 1
    policy = Policy({"incomingPermission": {"collectCallsEnabled": False}})
    assert read(header + line, policy).rows[0].stages[-1] is Stage.PERMISSIONS
