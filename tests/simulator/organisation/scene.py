"""A small world with named people and places, and a way to call its handlers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from Space_OdT.simulator.organisation import ROUTES
from Space_OdT.simulator.organisation.entities import (
    Feature,
    Licence,
    LicenceKind,
    Location,
    OwnerKind,
    Person,
    PstnKind,
    Workspace,
)
from Space_OdT.simulator.protocol import ApiError, JsonObject, Reply, Request
from Space_OdT.simulator.router import Router
from Space_OdT.simulator.world import World

T = "/telephony/config"
ROUTER = Router(ROUTES)
SIZE = 60
SEED = 7


class Clock:
    """Time that only moves when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Answer:
    """What a handler answered, or how it refused."""

    status: int
    body: Any = None
    code: int | str | None = None

    @property
    def items(self) -> list[JsonObject]:
        return self.body[:]


@dataclass
class Scene:
    """One world and the entities tests speak of.

    `premises` and `trunked` are calling locations behind gateways, `carrier` one of a provider,
    `plain` one without Webex Calling. `standard` has a Standard licence, `caller` a Professional
    one and a number, `nobody` no calling at all.
    """

    world: World
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.world.clock = self.clock
        self.org = self.world.organisation
        calling = [item for item in self.org.locations.values() if item.calling]
        self.premises, self.trunked, self.carrier = calling[0], calling[1], calling[2]
        self.plain = next(item for item in self.org.locations.values() if not item.calling)
        self.pro = self.licence(LicenceKind.PROFESSIONAL)
        self.std = self.licence(LicenceKind.STANDARD)
        self.caller = self._person(self.pro, numbered=True)
        self.standard = self._person(self.std, numbered=False)
        self.nobody = next(
            p for p in self.org.people.values() if not self.org.is_calling_person(p.id)
        )

    def licence(self, kind: LicenceKind) -> Licence:
        return self.org.licences_of_kind(kind)[0]

    def _person(self, licence: Licence, *, numbered: bool) -> Person:
        return next(
            person
            for person in self.org.people_at(self.premises.id)
            if licence.id in person.licences
            and person.id != self.org.me_id
            and bool(self.line(person).phone_number) == numbered
            and len(self.org.plan.of_owner(person.id)) == 1
        )

    def line(self, owner: Any) -> Any:
        return self.org.plan.primary(owner.id)

    def workspace(self, kind: str) -> Workspace:
        return next(
            item
            for item in self.org.workspaces.values()
            if self.org.calling_workspace_kind(item.id) == kind
        )

    def feature(self, kind: OwnerKind, *, assist: bool = False) -> Feature:
        return next(f for f in self.org.features_of(kind) if f.customer_assist == assist)

    def free_number(self, location: Location, state: str = "ACTIVE") -> str:
        plan = self.org.plan
        return next(
            number.phone_number
            for number in plan.in_location(location.id)
            if number.state == state
            and number.number_type == "DID"
            and plan.owner_of(number.phone_number) is None
            and location.main_number != number.phone_number
        )

    def call(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Answer:
        """Call the handler of a path; a refusal is an answer too."""
        match = ROUTER.find(method, path)
        request = Request(method, path, match.params, dict(query or {}), body)
        try:
            result = match.route.handler(self.world, request)
        except ApiError as refusal:
            return Answer(refusal.status, refusal, refusal.code)
        if isinstance(result, Reply):
            return Answer(result.status, result.body)
        return Answer(204) if result is None else Answer(200, result)

    def get(self, path: str, **query: str) -> Any:
        answer = self.call("GET", path, query=query)
        assert answer.status == 200, f"{path}: {answer.status} {answer.body}"
        return answer.body

    def connect(self, location: Location, kind: PstnKind) -> None:
        """Give a location another PSTN connection behind the API's back."""
        location.pstn = kind


def new_scene() -> Scene:
    """Build a fresh world; the same every time."""
    return Scene(World.generate(SIZE, SEED))
