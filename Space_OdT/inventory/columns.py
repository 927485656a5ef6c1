"""The documented column sets, and how a row is built from an API object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from Space_OdT.inventory import values
from Space_OdT.inventory.facts import Facts
from Space_OdT.inventory.manifest import Artifact, Columns
from Space_OdT.inventory.values import Getter, Ids, Item, first_of, inside, own, request

TAIL = ("source_method", "raw_keys", "raw_json")
"""Every column set ends with these: where the row comes from and the complete API object."""

Row = dict[str, Any]
RowBuilder = Callable[[Item, Ids], list[Any]]

_ADDRESS = ("language", "address_1", "city", "state", "postal_code", "country")
_FEATURE = ("location_id", "id", "name")
_MEMBER = ("id", "name", "member_id", "member_type", "person_id", "workspace_id")

COLUMN_SETS: Mapping[Columns, tuple[str, ...]] = MappingProxyType(
    {
        Columns.PEOPLE: (
            "person_id",
            "email",
            "display_name",
            "status",
            "roles",
            "licenses",
            "location_id",
            "webex_calling_enabled",
        ),
        Columns.GROUPS: ("group_id", "name"),
        Columns.LOCATIONS: ("location_id", "name", "org_id", "timezone", *_ADDRESS),
        Columns.LICENSES: ("license_id", "sku_or_name"),
        Columns.WORKSPACES: (
            "id",
            "workspace_id",
            "name",
            "location_id",
            "extension",
            "phone_number",
            "webex_calling_enabled",
        ),
        Columns.NUMBERS: (
            "phone_number",
            "extension",
            "esn",
            "state",
            "phone_number_type",
            "main_number",
            "location_id",
            "location_name",
            "owner_id",
            "owner_type",
            "owner_name",
        ),
        Columns.LOC: ("location_id", "name", *_ADDRESS, "webex_calling_enabled"),
        Columns.PSTN: ("location_id", "id", "name", "route_group_id", "connection_type"),
        Columns.PER: (
            "person_id",
            "name",
            "first_name",
            "last_name",
            "location_id",
            *_ADDRESS,
            "direct_number",
            "webex_calling_enabled",
        ),
        Columns.P: ("person_id", *_FEATURE),
        Columns.P_NUMBER: ("person_id", *_FEATURE, "direct_number"),
        Columns.W: ("workspace_id", *_FEATURE),
        Columns.W_NUMBER: ("workspace_id", *_FEATURE, "direct_number"),
        Columns.F: _FEATURE,
        Columns.F_NUMBER: (*_FEATURE, "direct_number"),
        Columns.AG: ("location_id", *_MEMBER, "first_name", "last_name"),
        Columns.MG: ("group_id", *_MEMBER),
        Columns.ML: ("license_id", *_MEMBER),
        Columns.VN: (
            "virtual_line_id",
            *_FEATURE,
            "first_name",
            "last_name",
            "direct_number",
        ),
        Columns.V: ("virtual_line_id", *_FEATURE),
        Columns.V_NUMBER: ("virtual_line_id", *_FEATURE, "direct_number"),
        Columns.X: (*_FEATURE, "first_name", "last_name"),
    }
)
"""Columns before the common tail, in the documented order."""


class Source(NamedTuple):
    """Where the value of a column stands.

    Attributes:
        key: Field of the object itself, looked at first; empty when it is computed.
        get: What to do when that is empty; None leaves the column empty.
        parent: Field that holds an inner object with the value; empty when it is not inside one.
        inner_key: Field of the inner object.
    """

    key: str
    get: Getter | None = None
    parent: str = ""
    inner_key: str = ""


_COMMON: Mapping[str, Source] = MappingProxyType(
    {
        "id": Source("id", own("memberId", "personId", "workspaceId")),
        "name": Source("name", values.other_name),
        "display_name": Source("displayName"),
        "first_name": Source("firstName"),
        "last_name": Source("lastName"),
        "email": Source("", values.first_entry("emails")),
        "status": Source("status"),
        "roles": Source("", values.joined("roles")),
        "licenses": Source("", values.joined("licenses")),
        "org_id": Source("orgId"),
        "timezone": Source("timeZone", own("timezone")),
        "location_id": Source(
            "locationId", first_of(values.calling_location, request("location_id"))
        ),
        "person_id": Source("personId", first_of(values.person_of_member, request("person_id"))),
        "workspace_id": Source(
            "workspaceId", first_of(values.workspace_of_member, request("workspace_id"))
        ),
        "virtual_line_id": Source("virtualLineId", request("virtual_line_id")),
        "group_id": Source("groupId", request("group_id")),
        "license_id": Source("licenseId", request("license_id")),
        "feature_id": Source("", request("feature_id")),
        "member_id": Source("memberId", own("id")),
        "member_type": Source("memberType", own("type")),
        "language": Source("language", own("preferredLanguage", "announcementLanguage")),
        "address_1": Source("address1", values.address_field("address1", "streetAddress")),
        "city": Source("city", values.address_field("city", "locality")),
        "state": Source("state", values.address_field("state", "region")),
        "postal_code": Source("postalCode", values.address_field("postalCode")),
        "country": Source("country", values.address_field("country")),
        "direct_number": Source("directNumber", values.direct_number),
        "phone_number": Source("phoneNumber"),
        "extension": Source("extension"),
        "esn": Source("esn"),
        "phone_number_type": Source("phoneNumberType"),
        "main_number": Source("mainNumber"),
        "route_group_id": Source("routeGroupId", values.route_group),
        "connection_type": Source("connectionType", own("pstnConnectionType")),
        "has_cx_essentials": Source("hasCxEssentials", request("has_cx_essentials")),
        "total_units": Source("totalUnits"),
        "consumed_units": Source("consumedUnits"),
        "consumed_by_users": Source("consumedByUsers"),
        "consumed_by_workspaces": Source("consumedByWorkspaces"),
        "sku_or_name": Source("name", own("displayName", "sku")),
    }
)
"""Column -> where its value stands, unless the column set says otherwise."""

_OWN_ID = Source("id")
_OF_PERSON = {
    "person_id": Source("", request("person_id")),
    "location_id": Source("locationId", request("location_id")),
}
_OF_WORKSPACE = {
    "workspace_id": Source("", request("workspace_id")),
    "location_id": Source("locationId", request("location_id")),
}

_BY_SET: Mapping[Columns, Mapping[str, Source]] = MappingProxyType(
    {
        Columns.PEOPLE: {"person_id": _OWN_ID},
        Columns.PER: {"person_id": _OWN_ID},
        Columns.GROUPS: {"group_id": _OWN_ID},
        Columns.LOCATIONS: {"location_id": _OWN_ID},
        Columns.LICENSES: {"license_id": _OWN_ID},
        Columns.WORKSPACES: {"workspace_id": _OWN_ID},
        Columns.LOC: {"location_id": Source("id", request("location_id"))},
        Columns.NUMBERS: {
            "state": Source("state"),
            "location_id": Source("", parent="location", inner_key="id"),
            "location_name": Source("", parent="location", inner_key="name"),
            "owner_id": Source("", parent="owner", inner_key="id"),
            "owner_type": Source("", parent="owner", inner_key="type"),
            "owner_name": Source("", values.owner_name),
        },
        Columns.P: _OF_PERSON,
        Columns.P_NUMBER: _OF_PERSON,
        Columns.W: _OF_WORKSPACE,
        Columns.W_NUMBER: _OF_WORKSPACE,
        Columns.VN: {
            "virtual_line_id": Source("id", request("virtual_line_id")),
            "location_id": Source(
                "", first_of(inside("location", "id"), own("locationId"), request("location_id"))
            ),
        },
        # whoever holds a licence is a person, although the type says INTERNAL or EXTERNAL
        Columns.ML: {"person_id": Source("memberId", own("id"))},
    }
)
"""Where a set takes a column from another place than usual."""

_OWNER_COLUMNS: Mapping[Columns, str] = MappingProxyType(
    {
        Columns.P: "person_id",
        Columns.P_NUMBER: "person_id",
        Columns.W: "workspace_id",
        Columns.W_NUMBER: "workspace_id",
        Columns.F: "feature_id",
        Columns.F_NUMBER: "feature_id",
        Columns.V: "virtual_line_id",
    }
)
"""Whose settings an object without an id is; the owner's id then stands in `id` as well."""


def columns_of(entry: Artifact) -> tuple[str, ...]:
    """List all columns of an artifact, left to right.

    Args:
        entry: Line of the manifest.

    Returns:
        The documented set, the artifact's additions, the common tail.
    """
    return (*COLUMN_SETS[entry.columns], *entry.extra, *TAIL)


def row_builder(entry: Artifact, facts: Facts) -> RowBuilder:
    """Compile the columns of an artifact, the tail aside, into one function.

    Args:
        entry: Line of the manifest.
        facts: Extracts of other lists; may still be filled before the first row is built.

    Returns:
        A function from an API object and the ids of its request to the values of a row.
    """
    names = (*COLUMN_SETS[entry.columns], *entry.extra)
    sources = [_source(entry, name, facts) for name in names]
    keys = [source.key for source in sources]
    inner_fields = _inner_fields(sources)
    computed = [(at, one.get) for at, one in enumerate(sources) if one.get and not one.key]
    fallbacks = [(at, one.get) for at, one in enumerate(sources) if one.get and one.key]

    def build(item: Item, ids: Ids) -> list[Any]:
        field = item.get
        cells = list(map(field, keys))
        for parent, places in inner_fields:
            if isinstance(inner := field(parent), dict):
                for at, key in places:
                    cells[at] = inner.get(key)
        for at, get in computed:
            cells[at] = get(item, ids)
        for at, get in fallbacks:
            value = cells[at]
            if value is None or value == "":
                cells[at] = get(item, ids)
        return cells

    return build


def _inner_fields(sources: Sequence[Source]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Bring together the columns whose values stand in the same inner object."""
    found: dict[str, list[tuple[int, str]]] = {}
    for at, source in enumerate(sources):
        if source.parent:
            found.setdefault(source.parent, []).append((at, source.inner_key))
    return list(found.items())


def _source(entry: Artifact, name: str, facts: Facts) -> Source:
    if name == "webex_calling_enabled":
        return Source("", _calling_flag(entry, facts))
    if entry.columns is Columns.WORKSPACES and name in _WORKSPACE_NUMBER:
        return _workspace_number(name, facts)
    usual = _BY_SET.get(entry.columns, {}).get(name) or _COMMON[name]
    owner = _OWNER_COLUMNS.get(entry.columns)
    if name == "id" and owner and entry.feed is not None and entry.list_key is None:
        return Source("id", request(owner))
    return usual


def _calling_flag(entry: Artifact, facts: Facts) -> Getter:
    if entry.columns in {Columns.PEOPLE, Columns.PER}:
        return lambda item, _ids: facts.person_is_calling(item)
    if entry.path.startswith("/telephony/"):  # only Calling locations can be read there
        return lambda _item, _ids: True
    if entry.columns is Columns.WORKSPACES:
        calling_type = inside("calling", "type")
        return lambda item, ids: calling_type(item, ids) == "webexCalling"
    return lambda item, ids: facts.location_is_calling(item.get("id") or ids.get("location_id"))


_WORKSPACE_NUMBER = {"phone_number": ("phoneNumber", 0), "extension": ("extension", 1)}


def _workspace_number(name: str, facts: Facts) -> Source:
    key, place = _WORKSPACE_NUMBER[name]
    nested = inside("calling", key)

    def get(item: Item, ids: Ids) -> Any:
        return nested(item, ids) or facts.number_of_workspace(item.get("id"))[place]

    return Source(key, get)
