"""Objects inside replies that stand for something the organisation has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from Space_OdT.simulator.filling.subject import Subject
from Space_OdT.simulator.organisation.entities import Feature, Line, OwnerKind, Person
from Space_OdT.simulator.protocol import JsonObject


@dataclass(slots=True, frozen=True)
class Link:
    """A kind of thing that replies refer to.

    Attributes:
        count: How many of them the subject may refer to.
        fields: What a reply may tell about the one at a position.
        fixed_start: A single reference is always to the first.
    """

    count: Callable[[Subject], int]
    fields: Callable[[Subject, int], JsonObject]
    fixed_start: bool = False

    def resolve(self, subject: Subject, place: str, index: int) -> JsonObject | None:
        """Everything that may be told about the thing that stands at a place.

        Args:
            subject: What the reply is about.
            place: Where the reference, or the list of them, stands.
            index: Position in the list.

        Returns:
            Its fields, or None when there is no such thing.
        """
        known = self.count(subject)
        if not known:
            return None
        start = 0 if self.fixed_start else subject.draw(place, known)
        return self.fields(subject, (start + index) % known)


def _location_fields(subject: Subject, location_id: str | None) -> JsonObject:
    location = subject.organisation.location(location_id) or subject.location
    return {
        "location": {"id": location.id, "name": location.name},
        "locationId": location.id,
        "locationName": location.name,
    }


def _line_fields(subject: Subject, owner_id: str) -> JsonObject:
    """What may be told about the lines of somebody; None for what he has not."""
    lines = subject.organisation.plan.of_owner(owner_id)
    main = _one_line(subject, lines[0]) if lines else {}
    numbers = [{**_one_line(subject, line), "primary": line.role == "PRIMARY"} for line in lines]
    return {
        **dict.fromkeys(_LINE_FIELDS),
        **main,
        **dict.fromkeys(("numbers", "phoneNumbers"), numbers),
    }


_NUMBER_FIELDS = ("phoneNumber", "directNumber", "number", "external")
_LINE_FIELDS = (*_NUMBER_FIELDS, "extension", "esn", "routingPrefix")


def _one_line(subject: Subject, line: Line) -> JsonObject:
    fields: JsonObject = {}
    if line.phone_number:
        fields.update(dict.fromkeys(_NUMBER_FIELDS, line.phone_number))
    if line.extension:
        prefix = subject.organisation.locations[line.location_id].routing_prefix
        fields["extension"] = line.extension
        fields["esn"] = (prefix or "") + line.extension
        if prefix:
            fields["routingPrefix"] = prefix
    return fields


def person_fields(subject: Subject, person: Person) -> JsonObject:
    """Everything that a reply may tell about a person."""
    return {
        **dict.fromkeys(("id", "memberId", "personId", "userId", "ownerId"), person.id),
        "firstName": person.first_name,
        "lastName": person.last_name,
        **dict.fromkeys(("displayName", "name", "fullName"), person.display_name),
        **dict.fromkeys(("email", "ownerEmail", "emailAddress"), person.email),
        **dict.fromkeys(("type", "memberType", "ownerType"), "PEOPLE"),
        **_location_fields(subject, person.location_id),
        **_line_fields(subject, person.id),
    }


def _people(subject: Subject) -> int:
    return len(subject.peers())


def _person(subject: Subject, position: int) -> JsonObject:
    return person_fields(subject, subject.peers()[position])


def _locations(subject: Subject) -> list[str]:
    # The subject's own location first, so that a single reference is to it.
    own = subject.location.id
    return [own, *(other for other in subject.organisation.calling_location_ids() if other != own)]


def _location(subject: Subject, position: int) -> JsonObject:
    location = subject.organisation.locations[_locations(subject)[position]]
    return {
        **dict.fromkeys(("id", "locationId"), location.id),
        **dict.fromkeys(("name", "locationName"), location.name),
    }


def _feature(kind: OwnerKind) -> Link:
    def here(subject: Subject) -> list[Feature]:
        known = subject.organisation.features_of(kind)
        return [item for item in known if item.location_id == subject.location.id] or known

    def fields(subject: Subject, position: int) -> JsonObject:
        feature = here(subject)[position]
        return {
            "id": feature.id,
            "name": feature.name,
            **_location_fields(subject, feature.location_id),
            **_line_fields(subject, feature.id),
        }

    return Link(lambda subject: len(here(subject)), fields)


_PEOPLE = Link(_people, _person)
_LINKED: Sequence[tuple[Link, Sequence[str]]] = (
    (
        _PEOPLE,
        (
            "agents",
            "assistants",
            "availableDestinationMembers",
            "contacts",
            "destinationMembers",
            "executives",
            "lines",
            "member",
            "members",
            "monitoredMembers",
            "monitoringAgents",
            "originators",
            "owner",
            "supervisors",
            "targets",
            "users",
        ),
    ),
    (
        Link(lambda subject: len(_locations(subject)), _location, fixed_start=True),
        ("location", "locations"),
    ),
    (_feature(OwnerKind.CALL_QUEUE), ("queues",)),
    (_feature(OwnerKind.HUNT_GROUP), ("huntGroups",)),
)
LINKS: Mapping[str, Link] = {name: link for link, names in _LINKED for name in names}
