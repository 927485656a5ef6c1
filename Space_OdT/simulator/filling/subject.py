"""What a generated reply is about: the owner, its location, and a source of fixed choices."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from Space_OdT.simulator.organisation.entities import Location, Person
from Space_OdT.simulator.organisation.keys import canonical

if TYPE_CHECKING:
    from Space_OdT.simulator.organisation import Organisation
    from Space_OdT.simulator.world import World

T = TypeVar("T")


class Subject:
    """The thing that a reply describes.

    Args:
        world: Where it lives.
        key: Names the thing; two replies with the same key agree in every field they share.
        params: Values of the path, such as `personId` and `locationId`.

    Attributes:
        index: Position among its generated siblings.
        is_new: Whether a request created it, or gave it what it describes.
    """

    def __init__(self, world: World, key: str, params: Mapping[str, str] | None = None) -> None:
        self.world = world
        self.key = key
        self.params = params or {}
        self.index = 0
        self.is_new = any(canonical(value) in world.newcomers for value in self.params.values())
        self._location: Location | None = None

    @property
    def organisation(self) -> Organisation:
        """The organisation around it."""
        return self.world.organisation

    def draw(self, place: str, choices: int) -> int:
        """A number below `choices`, fixed for this subject and place."""
        text = f"{self.world.seed}/{self.key}/{place}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") % choices

    def pick(self, place: str, values: Sequence[T]) -> T:
        """One of some values, fixed for this subject and place."""
        return values[self.draw(place, len(values))]

    @property
    def person(self) -> Person | None:
        """The person of the path, if there is one."""
        return self.organisation.person(self.params.get("personId"))

    @property
    def owner_id(self) -> str:
        """The id of the person, workspace or virtual line of the path, or an empty text."""
        named = (self.params.get(name) for name in ("personId", "workspaceId", "virtualLineId"))
        return next((canonical(identifier) for identifier in named if identifier), "")

    @property
    def location(self) -> Location:
        """The location it belongs to; for things without one, a calling location."""
        if self._location is None:
            self._location = self._find_location()
        return self._location

    def _find_location(self) -> Location:
        organisation = self.organisation
        named = organisation.location(self.params.get("locationId"))
        if named is not None:
            return named
        for owner in (
            self.person,
            organisation.workspace(self.params.get("workspaceId")),
            organisation.virtual_lines.get(canonical(self.params.get("virtualLineId"))),
        ):
            if owner is not None and owner.location_id is not None:
                return organisation.locations[owner.location_id]
        identifiers = organisation.calling_location_ids() or list(organisation.locations)
        return organisation.locations[self.pick("location", identifiers)]

    def peers(self) -> Sequence[Person]:
        """Calling users of the same location; anybody where there is none."""
        found = self.organisation.people_at(self.location.id)
        return found or list(self.organisation.people.values())[:1]
