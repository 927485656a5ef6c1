from __future__ import annotations

import pytest

from Space_OdT.engine.bulk.connections import PremisesConnections
from Space_OdT.webex.error_handling import WebexError
from Space_OdT.webex.records import Route
from tests.engine.doubles import refusal

ONE, TWO = Route("R1", "RG_1", "ROUTE_GROUP"), Route("R2", "T_2", "TRUNK")


class FakeClient:
    def __init__(self, answer) -> None:
        self.answer = answer
        self.paths: list[str] = []

    async def pages(self, path: str, **_):
        self.paths.append(path)
        if isinstance(self.answer, Exception):
            raise self.answer
        yield [{"id": one} for one in self.answer]


async def test_one_list_a_route_tells_about_all_locations() -> None:
    client = FakeClient(["L1", "L2"])
    connections = PremisesConnections(client)
    assert await connections.carries(ONE, "L1")
    assert not await connections.carries(ONE, "L3")
    await connections.carries(TWO, "L1")
    assert client.paths == [
        "/telephony/config/premisePstn/routeGroups/R1/usagePstnConnection",
        "/telephony/config/premisePstn/trunks/R2/usagePstnConnection",
    ]


async def test_our_own_change_is_remembered() -> None:
    connections = PremisesConnections(FakeClient(["L1"]))
    await connections.carries(ONE, "L1")
    await connections.carries(TWO, "L1")
    connections.note(TWO, "L1")
    connections.note(ONE, "L9")
    assert not await connections.carries(ONE, "L1")
    assert await connections.carries(TWO, "L1")
    assert await connections.carries(ONE, "L9")


async def test_a_list_the_token_may_not_read_tells_nothing() -> None:
    client = FakeClient(refusal(403))
    connections = PremisesConnections(client)
    assert not await connections.carries(ONE, "L1")
    connections.note(ONE, "L1")
    assert not await connections.carries(ONE, "L1")
    assert len(client.paths) == 1


async def test_other_failures_are_not_hidden() -> None:
    with pytest.raises(WebexError):
        await PremisesConnections(FakeClient(refusal(500))).carries(ONE, "L1")
