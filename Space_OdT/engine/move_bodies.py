"""Pure builders of what moves calling users to other locations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MoveWish:
    """A calling user who is to have another location.

    Attributes:
        person_id: Id of the person.
        location_id: Id of the new location.
        extension: Extension there; None keeps the present one, "" removes it.
        phone_number: Number there in E.164; None takes the present one along, "" gives it back.
    """

    person_id: str
    location_id: str
    extension: str | None = None
    phone_number: str | None = None


def move_body(*wishes: MoveWish) -> dict[str, Any]:
    """Build the body that moves calling users to other locations.

    Args:
        *wishes: At most 100, those of one location next to each other.

    Returns:
        The body of `POST /telephony/config/jobs/person/moveLocation`.
    """
    return _moves(wishes, validate=False)


def move_check_body(wish: MoveWish) -> dict[str, Any]:
    """Build the body that asks what a move would do, without doing it.

    Args:
        wish: The move; Webex judges one calling user at a time.

    Returns:
        The body of `POST /telephony/config/jobs/person/moveLocation`.
    """
    return _moves((wish,), validate=True)


def _moves(wishes: Iterable[MoveWish], *, validate: bool) -> dict[str, Any]:
    users: dict[str, list[dict[str, str]]] = {}
    for wish in wishes:
        line = {"extension": wish.extension, "phoneNumber": wish.phone_number}
        known = {name: value for name, value in line.items() if value is not None}
        users.setdefault(wish.location_id, []).append({"userId": wish.person_id, **known})
    return {
        "usersList": [
            {"locationId": location_id, "validate": validate, "users": some}
            for location_id, some in users.items()
        ]
    }
