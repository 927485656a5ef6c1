"""The container of everything the simulated organisation knows.

The organisation (people, locations, numbers, licences, features, jobs) is a state of its own;
beside it stand the settings documents and the plain collections, of which only what differs from
the generated original is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from Space_OdT.simulator.identifiers import seeded_id, seeded_random
from Space_OdT.simulator.organisation import Organisation
from Space_OdT.simulator.organisation.generation import generate_organisation
from Space_OdT.simulator.protocol import JsonObject

DEFAULT_SIZE = 50
DEFAULT_SEED = 1
STATE_VERSION = 1


@dataclass(slots=True)
class CollectionChanges:
    """What a collection holds beyond, or lacks of, its generated items.

    Attributes:
        changed: Items created or updated, by id, in order of creation.
        deleted: Ids of generated items that are gone.
    """

    changed: dict[str, JsonObject] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


class World:
    """One simulated organisation.

    Attributes:
        seed: Number that all generated content follows from.
        size: Number of people it was generated with.
        organisation: People, locations, licences, numbers, features, devices, jobs.
        documents: Settings documents that were written, by their path below `/v1`.
        collections: Changes to generated collections, by the path of the list.
        clock: Seconds since the epoch.
        serial: Count of objects created by requests; makes their ids differ.
        newcomers: Ids of what requests created or gave Webex Calling. Nothing is generated about
            them: their settings are off and their lists empty until somebody writes them.
    """

    def __init__(
        self,
        seed: int,
        size: int,
        organisation: Organisation,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.seed = seed
        self.size = size
        self.organisation = organisation
        self.documents: dict[str, JsonObject] = {}
        self.collections: dict[str, CollectionChanges] = {}
        self.clock = clock
        self.serial = 0
        self.newcomers: set[str] = set()

    @classmethod
    def generate(
        cls,
        size: int = DEFAULT_SIZE,
        seed: int = DEFAULT_SEED,
        *,
        clock: Callable[[], float] = time.time,
    ) -> World:
        """Create the organisation that belongs to a size and a seed."""
        return cls(seed, size, generate_organisation(size, seed), clock=clock)

    def rng(self, *keys: object) -> Random:
        """A random stream of its own for these keys."""
        return seeded_random(self.seed, *keys)

    def new_id(self, type_name: str, *keys: object) -> str:
        """The public id that belongs to these keys."""
        return seeded_id(self.seed, type_name, *keys)

    def next_id(self, type_name: str) -> str:
        """A public id for an object that a request creates now."""
        self.serial += 1
        identifier = self.new_id(type_name, "created", self.serial)
        self.newcomers.add(identifier)
        return identifier

    def to_state(self) -> JsonObject:
        """Everything as plain JSON values."""
        return {
            "version": STATE_VERSION,
            "seed": self.seed,
            "size": self.size,
            "serial": self.serial,
            "newcomers": sorted(self.newcomers),
            "organisation": self.organisation.to_state(),
            "documents": self.documents,
            "collections": {
                path: {"changed": changes.changed, "deleted": sorted(changes.deleted)}
                for path, changes in self.collections.items()
            },
        }

    @classmethod
    def from_state(cls, state: Any, *, clock: Callable[[], float] = time.time) -> World:
        """Build a world from what `to_state` wrote.

        Args:
            state: Decoded JSON.
            clock: Seconds since the epoch.

        Raises:
            ValueError: The state is of another version or damaged.
        """
        version = state.get("version") if isinstance(state, dict) else None
        if version != STATE_VERSION:
            found = "something else" if version is None else f"version {version}"
            raise ValueError(f"a saved state of version {STATE_VERSION} expected, not {found}")
        try:
            return cls._from_parts(state, clock)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            # Whatever a damaged row breaks, the file is at fault.
            reason = f"lacks {error}" if isinstance(error, KeyError) else f"is damaged: {error}"
            raise ValueError(f"the saved state {reason}") from error

    @classmethod
    def _from_parts(cls, state: JsonObject, clock: Callable[[], float]) -> World:
        organisation = Organisation.from_state(state["organisation"])
        world = cls(int(state["seed"]), int(state["size"]), organisation, clock=clock)
        world.serial = int(state["serial"])
        world.newcomers = set(state["newcomers"])
        world.documents = {**state["documents"]}
        world.collections = {
            path: CollectionChanges(changes["changed"], set(changes["deleted"]))
            for path, changes in state["collections"].items()
        }
        return world
