from __future__ import annotations

import pytest

from Space_OdT.engine.action_model import PendingError
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.records import Licence

PRO = Licence("P", "Webex Calling - Professional", total_units=2, consumed_units=1)
PRO_2 = Licence("P2", "Webex Calling - Professional", total_units=5, consumed_units=0)
STANDARD = Licence("S", "Webex Calling - Standard", total_units=5)
ROOMS = Licence("W", "Webex Calling - Workspaces", total_units=5)
DESKS = Licence("H", "Webex Calling - Hot desk only", total_units=5)


class FakeDirectory:
    def __init__(self, *licences: Licence) -> None:
        self.licences = licences

    async def calling_licences(self) -> list[Licence]:
        return list(self.licences)


def licences(*some: Licence) -> CallingLicences:
    return CallingLicences(FakeDirectory(*some))


async def test_licences_for_rooms_are_not_for_people() -> None:
    assert await licences(PRO, ROOMS, STANDARD, DESKS).all() == [PRO, STANDARD]


async def test_who_holds_one_has_calling() -> None:
    known = licences(PRO, ROOMS)
    assert await known.held(("X", "P=")) == PRO
    assert await known.held(("X", "W")) is None
    assert await known.held(()) is None


@pytest.mark.parametrize(
    ("some", "name", "chosen"),
    [
        ((STANDARD, PRO), "", PRO),
        ((STANDARD,), "", STANDARD),
        ((PRO, STANDARD), "webex calling - STANDARD", STANDARD),
    ],
)
async def test_a_blank_name_means_the_usual_kind(some, name, chosen) -> None:
    assert await licences(*some).choose(name) == chosen


@pytest.mark.parametrize("name", ["Webex Calling - Gold", "Webex Calling - Workspaces"])
async def test_a_name_that_does_not_exist_lists_those_that_do(name) -> None:
    with pytest.raises(PendingError, match="Webex Calling - Professional") as failure:
        await licences(PRO, ROOMS).choose(name)
    assert failure.value.reason_code is ReasonCode.PRECONDITION_MISSING


async def test_two_unusual_kinds_leave_the_choice_to_the_operator() -> None:
    basic = Licence("B", "Webex Calling - Basic", total_units=5)
    with pytest.raises(PendingError, match="no usual kind"):
        await licences(STANDARD, basic).choose("")


async def test_units_are_counted_down_and_the_next_subscription_is_used() -> None:
    known = licences(PRO, PRO_2)
    first = await known.choose("")
    known.take(first)
    assert first == PRO
    assert known.free_units(PRO) == 0
    second = await known.choose("")
    assert second == PRO_2
    known.take(second, 5)
    with pytest.raises(PendingError, match="no unit of Webex Calling - Professional is left"):
        await known.choose("")
    known.take(PRO, -1)
    assert await known.choose("") == PRO


async def test_who_is_new_to_calling_is_remembered() -> None:
    known = licences(PRO)
    known.note_new("p1")
    assert known.is_new("p1")
    assert not known.is_new("p2")
