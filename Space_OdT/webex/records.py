"""What the directory remembers of an entity: its id, and the state that decides about writes."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from Space_OdT.webex.ids import id_key

CALLING_LICENCE_PREFIX = "Webex Calling"
_SEPARATORS = str.maketrans("", "", " -().\u00a0")


# Types that are not called what operators call them.
_OWNER_KINDS = {"PEOPLE": "person", "PLACE": "workspace"}


def email_key(email: str) -> str:
    """Make an e-mail address comparable.

    Args:
        email: Address in any case, blanks around it.

    Returns:
        Lower case, without blanks.
    """
    return email.strip().lower()


def name_key(name: str) -> str:
    """Make a name comparable.

    Args:
        name: Name in any case and spacing.

    Returns:
        Case-folded, with single blanks.
    """
    return " ".join(name.split()).casefold()


def number_key(number: str) -> str:
    """Make a phone number comparable.

    Args:
        number: E.164 number, separators allowed.

    Returns:
        The number without separators.
    """
    return number.strip().translate(_SEPARATORS)


def extension_key(location_id: str, extension: str) -> tuple[str, str]:
    """Make an extension comparable: it is unique within its location only.

    Args:
        location_id: Id of the location, in any spelling.
        extension: Extension digits.

    Returns:
        A key of both.
    """
    return id_key(location_id), number_key(extension)


@dataclass(slots=True, frozen=True)
class Person:
    """A person, as the people list with Calling data shows it.

    Attributes:
        id: Id as the API gave it.
        emails: Addresses, lower case, the primary one first.
        licences: Ids of the licences held.
        location_id: Id of the Calling location, None without Calling.
        extension: Extension, None when there is none.
        phone_numbers: Work numbers, E.164.
    """

    id: str
    emails: tuple[str, ...]
    licences: tuple[str, ...] = ()
    location_id: str | None = None
    extension: str | None = None
    phone_numbers: tuple[str, ...] = ()

    @classmethod
    def parse(cls, item: dict[str, Any]) -> Person:
        """Read one item of the people list.

        Args:
            item: Decoded item.

        Returns:
            The record; texts shared by many people are kept once.
        """
        numbers = item.get("phoneNumbers") or ()
        return cls(
            id=item["id"],
            emails=tuple(email_key(email) for email in item.get("emails") or ()),
            licences=tuple(sys.intern(licence) for licence in item.get("licenses") or ()),
            location_id=_shared(item.get("locationId")),
            extension=item.get("extension") or None,
            phone_numbers=tuple(
                number_key(one["value"])
                for one in numbers
                if one.get("type") == "work" and one.get("value")
            ),
        )

    def keys(self) -> Iterator[Hashable]:
        """Give every key the person is found under."""
        yield from self.emails


@dataclass(slots=True, frozen=True)
class Number:
    """A number or extension, as the numbers list shows it.

    Attributes:
        phone_number: E.164 number, None for an extension alone.
        extension: Extension, None for a number alone.
        location_id: Id of its location.
        state: ACTIVE or INACTIVE.
        owner_id: Id of what it is assigned to, None when it is free.
        owner_type: PEOPLE, PLACE, HUNT_GROUP and so on.
        is_main: Whether it is the location's main number.
    """

    phone_number: str | None
    extension: str | None
    location_id: str | None
    state: str | None = None
    owner_id: str | None = None
    owner_type: str | None = None
    is_main: bool = False

    @classmethod
    def parse(cls, item: dict[str, Any]) -> Number:
        """Read one item of the numbers list.

        Args:
            item: Decoded item.

        Returns:
            The record; texts shared by many numbers are kept once.
        """
        owner = item.get("owner") or {}
        number = item.get("phoneNumber")
        return cls(
            phone_number=number_key(number) if number else None,
            extension=item.get("extension") or None,
            location_id=_shared((item.get("location") or {}).get("id")),
            state=_shared(item.get("state")),
            owner_id=owner.get("id"),
            owner_type=_shared(owner.get("type")),
            is_main=bool(item.get("mainNumber")),
        )

    @property
    def owner_kind(self) -> str:
        """What its owner is, in words: person, workspace, hunt group; "owner" when not known."""
        kind = self.owner_type or "OWNER"
        return _OWNER_KINDS.get(kind, kind.lower().replace("_", " "))

    def keys(self) -> Iterator[Hashable]:
        """Give every key the number is found under: its E.164 form, its place and extension."""
        if self.phone_number:
            yield self.phone_number
        if self.extension and self.location_id:
            yield extension_key(self.location_id, self.extension)


@dataclass(slots=True, frozen=True)
class Location:
    """A location, with or without Calling.

    Attributes:
        id: Id as the API gave it.
        name: Name as shown.
        has_calling: Whether it is enabled for Calling.
        routing_prefix: Routing prefix, None when there is none.
        main_number: Main number, None when there is none.
        raw: The item of the locations list.
    """

    id: str
    name: str
    has_calling: bool = False
    routing_prefix: str | None = None
    main_number: str | None = None
    raw: dict[str, Any] | None = None

    @classmethod
    def parse(cls, item: dict[str, Any]) -> Location:
        """Read one item of the locations list; it does not tell about Calling.

        Args:
            item: Decoded item.

        Returns:
            The record.
        """
        return cls(id=item["id"], name=item.get("name") or "", raw=item)

    def keys(self) -> Iterator[Hashable]:
        """Give every key the location is found under: its name and its id."""
        yield name_key(self.name)
        yield id_key(self.id)


@dataclass(slots=True, frozen=True)
class Licence:
    """A licence of a subscription.

    Attributes:
        id: Id as the API gave it.
        name: Name as shown; several subscriptions may have one of the same name.
        total_units: Units bought.
        consumed_units: Units in use.
        consumed_by_users: Units in use by people.
        subscription_id: Subscription it belongs to.
    """

    id: str
    name: str
    total_units: int = 0
    consumed_units: int = 0
    consumed_by_users: int = 0
    subscription_id: str | None = None

    @classmethod
    def parse(cls, item: dict[str, Any]) -> Licence:
        """Read one item of the licences list.

        Args:
            item: Decoded item.

        Returns:
            The record.
        """
        return cls(
            id=item["id"],
            name=item.get("name") or "",
            total_units=int(item.get("totalUnits") or 0),
            consumed_units=int(item.get("consumedUnits") or 0),
            consumed_by_users=int(item.get("consumedByUsers") or 0),
            subscription_id=item.get("subscriptionId"),
        )

    @property
    def is_calling(self) -> bool:
        """Whether it is a Webex Calling licence."""
        return self.name.startswith(CALLING_LICENCE_PREFIX)

    @property
    def free_units(self) -> int:
        """Units that may still be assigned; never below 0."""
        return max(0, self.total_units - self.consumed_units)

    def keys(self) -> Iterator[Hashable]:
        """Give every key the licence is found under: its name and its id."""
        yield name_key(self.name)
        yield id_key(self.id)


@dataclass(slots=True, frozen=True)
class Route:
    """A trunk or route group that calls may be sent to.

    Attributes:
        id: Id as the API gave it.
        name: Name as shown.
        type: TRUNK or ROUTE_GROUP.
    """

    id: str
    name: str
    type: str

    @classmethod
    def parse(cls, item: dict[str, Any]) -> Route:
        """Read one item of the route choices.

        Args:
            item: Decoded item.

        Returns:
            The record.
        """
        return cls(id=item["id"], name=item.get("name") or "", type=item.get("type") or "")

    def keys(self) -> Iterator[Hashable]:
        """Give every key the route is found under: its name and its id."""
        yield name_key(self.name)
        yield id_key(self.id)


@dataclass(slots=True, frozen=True)
class Workspace:
    """A workspace.

    Attributes:
        id: Id as the API gave it.
        name: Display name.
        location_id: Id of its location, None when it has none.
        calling: Kind of calling it has, such as webexCalling or freeCalling.
    """

    id: str
    name: str
    location_id: str | None = None
    calling: str | None = None

    @classmethod
    def parse(cls, item: dict[str, Any]) -> Workspace:
        """Read one item of the workspaces list.

        Args:
            item: Decoded item.

        Returns:
            The record.
        """
        return cls(
            id=item["id"],
            name=item.get("displayName") or "",
            location_id=_shared(item.get("locationId")),
            calling=_shared((item.get("calling") or {}).get("type")),
        )

    def keys(self) -> Iterator[Hashable]:
        """Give every key the workspace is found under: its name and its id."""
        yield name_key(self.name)
        yield id_key(self.id)


def _shared(text: str | None) -> str | None:
    """Keep one copy of a text that many records repeat; blank means none."""
    return sys.intern(text) if text else None
