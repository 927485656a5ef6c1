from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.engine.bulk.assignment import AssignmentAction
from Space_OdT.engine.bulk.connections import PremisesConnections
from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.engine.bulk.location import LocationAction
from Space_OdT.engine.bulk.location_book import LocationBook
from Space_OdT.engine.bulk.relocation import Relocation
from Space_OdT.engine.bulk.user import JoinedLine, UserAction
from Space_OdT.engine.models import Batch, EntityType, Outcome, Row
from Space_OdT.engine.move_jobs import MoveJobs
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.step_calls import PlannedRequest, StepCaller
from Space_OdT.simulator.organisation.entities import Location
from Space_OdT.simulator.organisation.organisation import Organisation
from Space_OdT.simulator.world import World
from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.retry import RetryPolicy
from Space_OdT.webex.sources import Kind

PEOPLE = 60
ADMIN = "sim-admin-token"
QUICK = RetryPolicy(max_retries=4, base_seconds=0.001, cap_seconds=0.01)
PROFILES = {
    "internal": ({"callType": "INTERNATIONAL", "action": "BLOCK", "transferEnabled": False},)
}


class Simulator:
    """A running simulator and its control path."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, name: str, body: Any = None) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        text = None if body is None else json.dumps(body)
        connection.request(method, f"/_sim/{name}", text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, found
        return found

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("POST", "faults", list(rules))

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", "calls?limit=100000")["calls"]
        return found

    def writes(self) -> list[dict[str, Any]]:
        return [one for one in self.calls() if one["method"] != "GET"]

    @property
    def organisation(self) -> Organisation:
        """A copy of what the simulator holds now."""
        return World.from_state(self.control("GET", "state")).organisation

    def location(self, name: str) -> Location | None:
        return self.organisation.location_by_name(name)


async def no_wait(_: float) -> None:
    return None


def row(number: int, entity: EntityType, key: str, **cells: str) -> Row:
    filled = {name: value for name, value in cells.items() if value}
    return Row(number, number + 1, str(number), entity, key, {"entity_type": entity, **filled})


MADE: list[Site] = []


@pytest.fixture(autouse=True)
def _closed_books() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().book.close()


class OtherRows:
    """What the rest of the file says about a row."""

    def __init__(self) -> None:
        self.lines: dict[str, JoinedLine] = {}
        self.numbers: list[str] = []

    def numbers_of(self, _: Row) -> list[str]:
        return self.numbers


class Site:
    """The three actions on a fresh view of the simulated organisation."""

    def __init__(self, client: WebexClient, folder: Path, *, planning: bool = False) -> None:
        self.client = client
        self.directory = Directory(client)
        self.joins = OtherRows()
        self.planned: list[PlannedRequest] = []
        self.defects: list[BaseException] = []
        self.compensates = False
        MADE.append(self)
        self._planning = planning
        self._next = 0
        map_file = folder / "location_map.csv"
        self.book = LocationBook(self.directory, None if planning else map_file)
        self.licences = CallingLicences(self.directory)
        parts = LocationAction(
            self.book, PremisesConnections(client), self.joins.numbers_of, no_wait
        )
        relocation = Relocation(MoveJobs(client, sleep=no_wait))
        self.actions: dict[EntityType, Any] = {
            EntityType.LOCATION: parts.action(),
            EntityType.USER: UserAction(
                self.book, self.licences, self.joins.lines.get, PROFILES, relocation
            ).action(),
            EntityType.EXTENSION_ASSIGNMENT: AssignmentAction(
                self.book, self.licences, PROFILES, relocation
            ).action(),
        }

    async def know_everybody(self) -> None:
        await self.directory.load(Kind.PERSON)
        await self.directory.load(Kind.NUMBER)

    def join(
        self, email: str, location_key: str, extension: str = "", phone_number: str = ""
    ) -> None:
        """Let the file hold an assignment row."""
        self.joins.lines[email] = JoinedLine(location_key, extension, phone_number)
        if phone_number:
            self.joins.numbers.append(phone_number)

    async def run(self, entity: EntityType, key: str, **cells: str) -> Outcome:
        self._next += 1
        made = row(self._next, entity, key, **cells)
        batch = Batch(f"{entity.phase}-1", entity.phase, 1, (made.number,), (made,))
        plan = self.planned.append if self._planning else None
        runner = RowRunner(
            lambda one, steps: StepCaller(self.client, one, steps, plan=plan, sleep=no_wait),
            self.directory,
            compensates=self.compensates,
            on_defect=lambda _, error: self.defects.append(error),
        )
        outcome, _ = await runner.run(batch, made, self.actions[entity])
        return outcome

    async def somebody(self, *, calling: bool) -> str:
        """Find an address: of somebody with, or without, calling."""
        await self.know_everybody()
        for person in self.directory.people.records():
            if (await self.licences.held(person.licences) is not None) is calling:
                return person.emails[0]
        raise AssertionError("nobody")


@pytest.fixture(scope="session", name="running")
def a_running_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE) as url:
        yield Simulator(url)


@pytest.fixture(name="simulator")
def a_fresh_simulator(running: Simulator) -> Simulator:
    running.control("POST", "reset", {})
    return running


@pytest.fixture(name="client")
async def a_client(simulator: Simulator) -> AsyncIterator[WebexClient]:
    async with WebexClient(
        base_url=simulator.url, token=ADMIN, retry=QUICK, timeouts=Timeouts(5, 2), concurrency=8
    ) as made:
        yield made


@pytest.fixture(name="site")
def a_site(client: WebexClient, tmp_path: Path) -> Site:
    return Site(client, tmp_path)
