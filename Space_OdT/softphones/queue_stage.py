"""Stage 7: call queues a person answers for, and whether the person is joined there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.engine.action_helpers import settings_body
from Space_OdT.engine.action_model import Action, Call, Effect, Result, StepSpec
from Space_OdT.softphones.book import IdBook
from Space_OdT.softphones.context import Again, StageParams, Subject, Subjects, Trace
from Space_OdT.softphones.exports import Queue
from Space_OdT.softphones.queue_settings import writable
from Space_OdT.softphones.stages import Stage
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import id_key, same_id

# Source: Webex API reference, "Get Details for a Call Queue Agent", "Update an Agent's Settings of
# One or More Call Queues", "Get Details for a Call Queue", "Update a Call Queue".
_QUEUE = "/telephony/config/locations/{location_id}/queues/{queue_id}"
_AGENT = "/telephony/config/queues/agents/{person_id}"
_ASSIST = {"hasCxEssentials": "{assist}"}
# An agent's answer shows this many queues; nobody answers for more.
_PAGE = "50"
_FLAGS = ("false", "true")
_AGENT_FIELDS = ("id", "weight", "skillLevel", "joinEnabled")

AGENT_READ = StepSpec(
    "queues_of_agent_read",
    "GET",
    _AGENT,
    required=("queues",),
    query={"max": _PAGE, "start": "0", **_ASSIST},
    passing=(404,),
)
AGENT_UPDATE = StepSpec(
    "queues_of_agent_join",
    "PUT",
    f"{_AGENT}/settings",
    success=(200, 204),
    build=settings_body,
    query=_ASSIST,
)
QUEUE_READ = StepSpec("queue_read", "GET", _QUEUE, required=("id",), query=_ASSIST)
QUEUE_UPDATE = StepSpec("queue_add_agent", "PUT", _QUEUE, success=(200, 204), build=settings_body)


def queue_body(queue: Mapping[str, Any], person_id: str, *, joined: bool | None) -> dict[str, Any]:
    """Put one more agent into a queue as it was read.

    Args:
        queue: The answer of GET.
        person_id: Id of the new agent.
        joined: Whether the agent is joined; None leaves it to the API.

    Returns:
        The body of PUT; everything left out stays.
    """
    agents = [
        {name: agent[name] for name in _AGENT_FIELDS if agent.get(name) is not None}
        for agent in queue.get("agents") or []
    ]
    new: dict[str, Any] = {"id": person_id}
    if joined is not None:
        new["joinEnabled"] = joined
    settings = writable(queue.get("queueSettings"))
    required = {"queueSettings": settings} if settings else {}
    return {**required, "agents": [*agents, new]}


@dataclass(frozen=True, slots=True)
class _Wish:
    """The queues of a row, and whether the person is to be joined there; None: as it is."""

    queues: Sequence[Queue]
    joined: bool | None

    def missing(self, state: Mapping[str, Any]) -> list[Queue]:
        """Give the queues the person does not answer for."""
        return [one for one in self.queues if _membership(state, one) is None]

    def to_join(self, state: Mapping[str, Any], assist: str) -> list[Queue]:
        """Give the queues where the person is, but joined or not as nobody wants."""
        if self.joined is None:
            return []
        members = ((one, _membership(state, one)) for one in self.queues if _flag(one) == assist)
        return [
            queue
            for queue, member in members
            if member is not None and bool(member.get("joinEnabled")) != self.joined
        ]

    def unfulfilled(self, state: Mapping[str, Any]) -> list[Queue]:
        """Give the queues that are not as wanted."""
        late = [queue for assist in _FLAGS for queue in self.to_join(state, assist)]
        return [*self.missing(state), *late]

    def outlook(self, state: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Show the memberships as a plan leaves them."""
        named = {id_key(queue.id) for queue in self.queues}
        shown = {} if self.joined is None else {"joinEnabled": self.joined}
        kept = [
            {**one, **shown} if id_key(str(one["id"])) in named else one for one in state["queues"]
        ]
        new = [{"id": one.id, "name": one.name, **shown} for one in self.missing(state)]
        return [*kept, *new]


@dataclass(frozen=True, slots=True)
class QueueStage:
    """Makes the action of stage 7.

    Attributes:
        book: Finds queues.
        subjects: The people in work.
        locks: Queue -> lock; a queue is read and written for one person at a time.
        planned: Queue -> body that a plan has put down; the next one starts from it.
    """

    book: IdBook
    subjects: Subjects
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    planned: dict[str, dict[str, Any]] = field(default_factory=dict)

    def action(self) -> Action[StageParams]:
        """Give the action."""
        return Action(
            name=Stage.QUEUES,
            steps=(AGENT_READ, QUEUE_READ, QUEUE_UPDATE, AGENT_UPDATE),
            params=self.subjects.params,
            run=self._run,
            lookup=Stage.QUEUES,
        )

    async def _run(self, params: StageParams, call: Call, _directory: Directory) -> Result:
        subject, trace = params.subject, params.subject.trace
        person_id = subject.calling_person_id
        wish = await self._wish(params)

        async def again() -> Any:
            return await _memberships(wish.queues, person_id, call)

        state = {"queues": []} if subject.is_new else await again()
        trace.read(state, None if subject.is_new else again)
        for queue in wish.missing(state):
            await self._add(queue, wish, subject, call)
        await _join(wish, state, subject, call)
        if not call.done:
            return Result(Effect.UNCHANGED, person_id)
        if call.is_plan:
            trace.after = {"queues": wish.outlook(state)}
        else:
            await _read_back(wish, subject.trace, again)
        return Result(Effect.CHANGED, person_id, "; ".join(trace.notes))

    async def _wish(self, params: StageParams) -> _Wish:
        location_id = str(params.subject.known.get("locationId") or "")
        if params.subject.is_new:  # a plan: the person will be where the row says
            named = await self.book.location(params.get("location_id"), params.get("location_name"))
            location_id = named.id
        join = params.get("join_enabled")
        queues = await self.book.queues(params.cells, location_id)
        return _Wish(queues, None if not join else join == "true")

    async def _add(self, queue: Queue, wish: _Wish, subject: Subject, call: Call) -> None:
        key, person_id = id_key(queue.id), subject.person_id
        place = {"location_id": queue.location_id, "queue_id": queue.id}
        async with self.locks.setdefault(key, asyncio.Lock()):
            answer = await call(QUEUE_READ, assist=_flag(queue), **place, lookup=None)
            current = {**answer.body, **self.planned.get(key, {})}
            agents = current.get("agents") or []
            if any(same_id(str(one.get("id")), person_id) for one in agents):
                return
            body = queue_body(current, person_id, joined=wish.joined)
            subject.trace.writing()
            await call(QUEUE_UPDATE, body, assist=_flag(queue), **place, lookup=None)
            if call.is_plan:
                self.planned[key] = body


async def _join(wish: _Wish, state: Mapping[str, Any], subject: Subject, call: Call) -> None:
    """Join or leave the queues where the person is already."""
    for assist in _FLAGS:
        due = wish.to_join(state, assist)
        if due:
            settings = [{"queueId": queue.id, "joinEnabled": wish.joined} for queue in due]
            subject.trace.writing()
            await call(
                AGENT_UPDATE, {"settings": settings}, person_id=subject.person_id, assist=assist
            )


async def _read_back(wish: _Wish, trace: Trace, again: Again) -> None:
    """Read the memberships again, as evidence; a read that fails never undoes a success."""
    try:
        trace.after = await again()
    except WebexError as error:
        if error.reason_code is ReasonCode.AUTH_INVALID:
            raise
        trace.not_read(error)
        return
    if late := [queue.name for queue in wish.unfulfilled(trace.after)]:
        trace.notes.append(f"does not show yet in {', '.join(late)}")
        trace.is_doubtful = True


async def _memberships(queues: Sequence[Queue], person_id: str, call: Call) -> dict[str, Any]:
    """Read what a person answers for; queues of Customer Assist are asked for apart."""
    found: list[Any] = []
    for assist in sorted({_flag(queue) for queue in queues}):
        answer = await call(AGENT_READ, person_id=person_id, assist=assist)
        found += answer.body["queues"]
    return {"queues": found}


def _flag(queue: Queue) -> str:
    return _FLAGS[queue.is_assist]


def _membership(state: Mapping[str, Any], queue: Queue) -> Mapping[str, Any] | None:
    found = (one for one in state["queues"] if same_id(str(one.get("id")), queue.id))
    return next(found, None)
