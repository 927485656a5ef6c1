"""The organisation itself and the roles of its administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator import errors
from Space_OdT.simulator.generated.declarations import Area, Document, Items, Scopes
from Space_OdT.simulator.generated.makers import organisation_id
from Space_OdT.simulator.organisation.keys import canonical
from Space_OdT.simulator.organisation.roles import ROLE_NAMES
from Space_OdT.simulator.protocol import JsonObject, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.filling import Subject
    from Space_OdT.simulator.world import World


def _name(subject: Subject) -> str:
    return subject.organisation.name


def _list_roles(_world: World, _request: Request) -> list[JsonObject]:
    return [{"id": role_id, "name": name} for role_id, name in ROLE_NAMES.items()]


def _read_role(_world: World, request: Request) -> JsonObject:
    role_id = canonical(request.params["roleId"])
    if role_id not in ROLE_NAMES:
        raise errors.not_found("The role with the specified ID")
    return {"id": role_id, "name": ROLE_NAMES[role_id]}


_ITSELF = {"id": organisation_id, "displayName": _name, "created": "2024-05-13T15:51:09.736Z"}
AREAS = (
    Area(
        Scopes(("spark-admin:organizations_read",)),
        (
            Items("/organizations", "items", "organizations.list", count=1, fixed=_ITSELF),
            Document("/organizations/{orgId}", "organizations.details", fixed=_ITSELF),
        ),
    ),
    Area(
        Scopes(),
        (
            Route("GET", "/roles", _list_roles, list_key="items"),
            Route("GET", "/roles/{roleId}", _read_role),
        ),
    ),
)
