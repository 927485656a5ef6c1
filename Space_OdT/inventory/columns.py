"""The documented column sets, and how a row is built from an API object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from Space_OdT.inventory import values
from Space_OdT.inventory.facts import Facts
from Space_OdT.inventory.manifest import Artifact, Columns
from Space_OdT.inventory.values import Getter, Ids, Item, first_of, inside, own, request

TAIL = ("source_method", "raw_keys", "raw_json")
"""Every column set ends with these: where the row comes from and the complete API object."""

Row = dict[str, Any]
RowBuilder = Callable[[Item, Ids], Row]

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

_COMMON: Mapping[str, Getter] = MappingProxyType(
    {
        "id": first_of(own("id", "memberId", "personId", "workspaceId")),
        "name": values.any_name,
        "display_name": own("displayName"),
        "first_name": own("firstName"),
        "last_name": own("lastName"),
        "email": values.first_entry("emails"),
        "status": own("status"),
        "roles": values.joined("roles"),
        "licenses": values.joined("licenses"),
        "org_id": own("orgId"),
        "timezone": own("timeZone", "timezone"),
        "location_id": first_of(values.own_location, request("location_id")),
        "person_id": first_of(values.person_of_member, request("person_id")),
        "workspace_id": first_of(values.workspace_of_member, request("workspace_id")),
        "virtual_line_id": first_of(own("virtualLineId"), request("virtual_line_id")),
        "group_id": first_of(own("groupId"), request("group_id")),
        "license_id": first_of(own("licenseId"), request("license_id")),
        "feature_id": request("feature_id"),
        "member_id": values.member_id,
        "member_type": values.member_type,
        "language": own("language", "preferredLanguage", "announcementLanguage"),
        "address_1": values.address_field("address1", "streetAddress"),
        "city": values.address_field("city", "locality"),
        "state": values.address_field("state", "region"),
        "postal_code": values.address_field("postalCode"),
        "country": values.address_field("country"),
        "direct_number": values.direct_number,
        "phone_number": own("phoneNumber"),
        "extension": own("extension"),
        "esn": own("esn"),
        "phone_number_type": own("phoneNumberType"),
        "main_number": own("mainNumber"),
        "route_group_id": values.route_group,
        "connection_type": own("connectionType", "pstnConnectionType"),
        "has_cx_essentials": first_of(own("hasCxEssentials"), request("has_cx_essentials")),
        "total_units": own("totalUnits"),
        "consumed_units": own("consumedUnits"),
        "consumed_by_users": own("consumedByUsers"),
        "consumed_by_workspaces": own("consumedByWorkspaces"),
        "sku_or_name": own("name", "displayName", "sku"),
    }
)
"""Column -> where its value stands, unless the column set says otherwise."""

_OWN_ID = own("id")
_NESTED_LOCATION = first_of(inside("location", "id"), values.own_location, request("location_id"))

_BY_SET: Mapping[Columns, Mapping[str, Getter]] = MappingProxyType(
    {
        Columns.PEOPLE: {"person_id": _OWN_ID},
        Columns.PER: {"person_id": _OWN_ID},
        Columns.GROUPS: {"group_id": _OWN_ID},
        Columns.LOCATIONS: {"location_id": _OWN_ID},
        Columns.LICENSES: {"license_id": _OWN_ID},
        Columns.WORKSPACES: {"workspace_id": _OWN_ID},
        Columns.LOC: {"location_id": first_of(_OWN_ID, request("location_id"))},
        Columns.NUMBERS: {
            "state": own("state"),
            "location_id": inside("location", "id"),
            "location_name": inside("location", "name"),
            "owner_id": inside("owner", "id"),
            "owner_type": inside("owner", "type"),
            "owner_name": values.owner_name,
        },
        Columns.VN: {
            "virtual_line_id": first_of(_OWN_ID, request("virtual_line_id")),
            "location_id": _NESTED_LOCATION,
        },
        # whoever holds a licence is a person, although the type says INTERNAL or EXTERNAL
        Columns.ML: {"person_id": values.member_id},
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
        A function from an API object and the ids of its request to a row.
    """
    names = (*COLUMN_SETS[entry.columns], *entry.extra)
    plan = [(name, _getter(entry, name, facts)) for name in names]

    def build(item: Item, ids: Ids) -> Row:
        return {name: get(item, ids) for name, get in plan}

    return build


def _getter(entry: Artifact, name: str, facts: Facts) -> Getter:
    if name == "webex_calling_enabled":
        return _calling_flag(entry, facts)
    if entry.columns is Columns.WORKSPACES and name in {"phone_number", "extension"}:
        return _workspace_number(name, facts)
    usual = _BY_SET.get(entry.columns, {}).get(name) or _COMMON[name]
    owner = _OWNER_COLUMNS.get(entry.columns)
    if name == "id" and owner and entry.feed is not None and entry.list_key is None:
        return first_of(usual, request(owner))
    return usual


def _calling_flag(entry: Artifact, facts: Facts) -> Getter:
    columns = entry.columns
    if columns in {Columns.PEOPLE, Columns.PER}:
        return lambda item, _ids: facts.person_is_calling(item)
    if entry.path.startswith("/telephony/"):  # only Calling locations can be read there
        return lambda _item, _ids: True
    if columns is Columns.WORKSPACES:
        calling_type = inside("calling", "type")
        return lambda item, ids: calling_type(item, ids) == "webexCalling"
    return lambda item, ids: facts.location_is_calling(item.get("id") or ids.get("location_id"))


def _workspace_number(name: str, facts: Facts) -> Getter:
    place = ("phone_number", "extension").index(name)
    nested = first_of(own(_CAMEL[name]), inside("calling", _CAMEL[name]))

    def get(item: Item, ids: Ids) -> Any:
        return nested(item, ids) or facts.number_of_workspace(item.get("id"))[place]

    return get


_CAMEL = {"phone_number": "phoneNumber", "extension": "extension"}
