from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from Space_OdT.commands.embedded import embedded_simulator
from Space_OdT.engine.action_model import Action, StepSpec
from Space_OdT.engine.models import Batch, CellProblem, Outcome, Row, RowStatus
from Space_OdT.engine.row_runner import RowRunner
from Space_OdT.engine.step_calls import PlannedRequest, StepCaller
from Space_OdT.simulator.world import World
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition
from Space_OdT.webex.connection_client import Timeouts, WebexClient
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.retry import RetryPolicy
from tests.engine.bulk.conftest import ADMIN, Simulator, no_wait

PEOPLE = 60
QUICK = RetryPolicy(max_retries=2, base_seconds=0.001, cap_seconds=0.01)
Change = Callable[[World], Any]


class Sent(NamedTuple):
    """One request as a test spells it: path below `/v1`, ids as they are, query as a mapping."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] = {}


@dataclass
class Ran:
    """How one row went.

    Attributes:
        outcome: Its outcome; None when its cells were refused before any call.
        problems: What was wrong with its cells.
        calls: Every request the simulator received, in order.
        writes: Those that may change something.
        planned: What a plan held back.
    """

    outcome: Outcome | None
    problems: list[CellProblem] = field(default_factory=list)
    calls: list[Sent] = field(default_factory=list)
    writes: list[Sent] = field(default_factory=list)
    planned: list[Sent] = field(default_factory=list)

    @property
    def message(self) -> str:
        if self.outcome is None:
            return " | ".join(problem.text() for problem in self.problems)
        return self.outcome.message

    @property
    def reason(self) -> str:
        """Closed reason of a pending row, `""` for a row that succeeded."""
        if self.outcome is None:
            return str(self.problems[0].reason_code)
        return str(self.outcome.reason_code or "")

    @property
    def is_success(self) -> bool:
        return self.outcome is not None and self.outcome.status is RowStatus.SUCCESS


class Tenant:
    """A simulated organisation, put into any state, and rows of actions run against it."""

    def __init__(self, simulator: Simulator, client: WebexClient) -> None:
        self.simulator = simulator
        self.client = client
        self.defects: list[BaseException] = []
        self._known: World | None = None

    # -- state -----------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """A copy of what the simulator holds now; changing it changes nothing."""
        if self._known is None:
            self._known = World.from_state(self.simulator.control("GET", "state"))
        return self._known

    def change(self, *changes: Change) -> None:
        """Edit the state: each change gets the world, and what it leaves is what there is."""
        world = self.world
        for one in changes:
            one(world)
        self.restore(world.to_state())

    def state(self) -> Any:
        return self.simulator.control("GET", "state")

    def restore(self, state: Any) -> None:
        self.simulator.control("POST", "state", state)
        self._known = None

    def faults(self, *rules: dict[str, Any]) -> None:
        self.simulator.faults(*rules)

    def heal(self) -> None:
        """Remove all faults."""
        self.simulator.control("DELETE", "faults")

    # -- running ---------------------------------------------------------------------------

    async def run(
        self,
        definition: ActionDefinition,
        row: Mapping[str, str],
        *,
        context: ActionContext | None = None,
        planning: bool = False,
        client: WebexClient | None = None,
        directory: Directory | None = None,
    ) -> Ran:
        """Run one row as the commands do: prepare its cells, look around afresh, do it.

        A `directory` that several calls share makes them rows of one run.
        """
        cells, problems = definition.prepare(row)
        if problems:
            return Ran(None, problems)
        action = definition.build(context or ActionContext())
        made = Row(1, 2, "1", definition.action_id, definition.key_of(cells), cells)
        batch = Batch("1-00001", 1, 1, (1,), (made,))
        held: list[PlannedRequest] = []
        used = client or self.client
        runner = RowRunner(
            lambda one, steps: StepCaller(
                used, one, steps, plan=held.append if planning else None, sleep=no_wait
            ),
            directory or Directory(used),
            on_defect=lambda _, error: self.defects.append(error),
        )
        self.simulator.control("DELETE", "calls")
        outcome, _ = await runner.run(batch, made, action)
        self._known = None
        calls = [_seen(call) for call in self.simulator.calls()]
        writes = [call for call in calls if _is_write(call, action)]
        planned = [self._planned(one) for one in held]
        return Ran(outcome, [], calls, writes, planned)

    async def prove(
        self,
        definition: ActionDefinition,
        row: Mapping[str, str],
        *,
        context: ActionContext | None = None,
        renamed: Mapping[str, str] | None = None,
    ) -> Ran:
        """Plan a row, apply it, apply it again: plan == apply, and the second time writes nothing.

        `renamed` maps what a plan takes for the id of something new to the id it got.
        """
        plan = await self.run(definition, row, context=context, planning=True)
        assert plan.is_success, plan.message
        assert not plan.writes, "a plan sent a write"
        applied = await self.run(definition, row, context=context)
        assert applied.is_success, applied.message
        assert [_renamed(one, renamed or {}) for one in plan.planned] == applied.writes
        again = await self.run(definition, row, context=context)
        assert again.is_success, again.message
        assert again.writes == [], "the second time wrote again"
        assert again.message.startswith("unchanged")
        return applied

    def _planned(self, request: PlannedRequest) -> Sent:
        parts = urlsplit(request.url)
        path = unquote(parts.path).removeprefix(urlsplit(self.simulator.url).path)
        return Sent(request.method, path, request.body, dict(parse_qsl(parts.query)))


def _seen(call: Mapping[str, Any]) -> Sent:
    query = dict(parse_qsl(call["query"]))
    return Sent(call["method"], unquote(call["path"]), call["body"], query)


def _is_write(call: Sent, action: Action[Any]) -> bool:
    if call.method == "GET":
        return False
    fitting = [step for step in action.steps if _fits(step, call)]
    if not any(step.is_harmless for step in fitting):
        return True
    return any(step.is_write for step in fitting) and not _only_validates(call.body)


def _only_validates(body: Any) -> bool:
    """Tell a move that is only judged from one that is made: both go to one address."""
    return isinstance(body, dict) and all(one["validate"] for one in body.get("usersList", ()))


def _fits(step: StepSpec, call: Sent) -> bool:
    pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(step.path))
    return step.method == call.method and re.fullmatch(pattern, call.path) is not None


def _renamed(request: Sent, names: Mapping[str, str]) -> Sent:
    return _replaced(request, names) if names else request


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, Sent):
        return Sent(*(_replaced(part, names) for part in value))
    if isinstance(value, Mapping):
        return {name: _replaced(inner, names) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_replaced(inner, names) for inner in value]
    return value


@pytest.fixture(scope="session", name="running_tenant")
def a_running_simulator() -> Iterator[Simulator]:
    with embedded_simulator(PEOPLE) as url:
        yield Simulator(url)


@pytest.fixture(name="tenant")
async def a_tenant(running_tenant: Simulator) -> AsyncIterator[Tenant]:
    """A fresh organisation of 60 people (seed 1), the same in every test.

    Locations: `Barcelona Centre 001` (route group RG_PRE), `Girona Centre 002` (trunk),
    `Lisboa Diagonal 003` (non-integrated carrier), `Tarragona Centre 004` (without Calling).
    """
    running_tenant.control("POST", "reset", {})
    async with WebexClient(
        base_url=running_tenant.url,
        token=ADMIN,
        retry=QUICK,
        timeouts=Timeouts(5, 2),
        concurrency=8,
    ) as client:
        made = Tenant(running_tenant, client)
        yield made
        made.heal()
        assert not made.defects, made.defects
