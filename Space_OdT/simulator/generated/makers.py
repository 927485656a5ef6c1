"""Small makers of values for the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from Space_OdT.simulator.filling import Subject

Maker = Callable[[Subject], Any]


def truth(place: str, one_in: int = 4) -> Maker:
    """True for one subject in so many, and for none that is new."""
    return lambda subject: not subject.is_new and subject.draw(place, one_in) == 0


def choice(place: str, *values: Any) -> Maker:
    """One of some values."""
    return lambda subject: subject.pick(place, values)


def number(place: str, low: int, high: int) -> Maker:
    """A whole number, both ends included."""
    return lambda subject: low + subject.draw(place, high - low + 1)


def by_index(*values: Any) -> Maker:
    """The value at the position of the item among its siblings, from the start again when out."""
    return lambda subject: values[subject.index % len(values)]


def organisation_id(subject: Subject) -> str:
    """The id of the organisation."""
    return subject.organisation.id


def location_id(subject: Subject) -> str:
    """The id of the location it belongs to."""
    return subject.location.id


def own_extension(subject: Subject) -> str:
    """An extension that belongs to one thing of a location and to nobody else."""
    # People and workspaces count up from 80000001; these lie above all of them.
    return f"89{subject.draw('extension', 10**6):06d}"


def own_esn(subject: Subject) -> str:
    """The extension with the routing prefix of the location in front."""
    return f"{subject.location.routing_prefix or ''}{own_extension(subject)}"


def calling_people(subject: Subject) -> int:
    """How many people have Webex Calling."""
    return len(subject.organisation.calling_person_ids())


def path_value(name: str) -> Maker:
    """The value of a parameter of the path."""
    return lambda subject: subject.params.get(name, "")
