"""Master files from an inventory: one row an entity, facts filled in, decisions left blank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from Space_OdT.v21.transformacion.candidates.exports import Exports, Line, bare
from Space_OdT.v21.transformacion.masters.files import Master

Record = Mapping[str, str]

DECISIONS: Mapping[Master, tuple[str, ...]] = MappingProxyType(
    {
        Master.GLOBAL: (
            "licenses_id",
            "route_type",
            "rg_id",
            "number_type",
            "number_usage_type",
            "number_state",
        ),
        Master.UBICACIONES: (
            "phone_numbers",
            "enable_unknown_extension_route_policy",
            "default_outgoing_profile",
        ),
        Master.USUARIOS: (
            "direct_number",
            "target_location",
            "add_license_ids",
            "remove_license_ids",
            "legacy_phone_number",
            "intercom_mode",
            "destination",
            "enabled",
            "outgoing_profile",
        ),
        Master.NUMERACIONES: ("number_type", "number_usage_type"),
        Master.WORKSPACES: (
            "primary_number",
            "licenses",
            "legacy_phone_number",
            "intercom_mode",
            "destination",
            "enabled",
            "outgoing_profile",
        ),
    }
)
"""Columns that say what is to be done: never filled from what is."""

FACTS: Mapping[Master, tuple[str, ...]] = MappingProxyType(
    {
        Master.GLOBAL: (
            "org_id",
            "announcement_language",
            "preferred_language",
            "time_zone",
            "country",
        ),
        Master.UBICACIONES: (
            "location_id",
            "name",
            "address1",
            "address2",
            "city",
            "state",
            "postal_code",
            "country",
            "time_zone",
            "preferred_language",
            "announcement_language",
            "pstn_connection_type",
            "premise_route_type",
            "premise_route_id",
            "calling_line_id",
        ),
        Master.USUARIOS: (
            "person_id",
            "email",
            "first_name",
            "last_name",
            "display_name",
            "location_id",
            "location_name",
            "extension",
        ),
        Master.NUMERACIONES: ("location_id", "location_name", "phone_numbers"),
        Master.WORKSPACES: (
            "workspace_id",
            "display_name",
            "location_id",
            "location_name",
            "extension",
        ),
    }
)
"""Columns that are filled from the inventory, and feed parameters."""

SHOWN: Mapping[Master, tuple[str, ...]] = MappingProxyType(
    {
        Master.GLOBAL: (),
        Master.UBICACIONES: ("x_calling",),
        Master.USUARIOS: ("x_direct_number", "x_licenses", "x_status", "x_person_id"),
        Master.NUMERACIONES: ("x_state", "x_extension", "x_owner_type", "x_owner"),
        Master.WORKSPACES: ("x_phone_number", "x_calling", "x_workspace_id"),
    }
)
"""Columns that help to decide; no action reads a column that begins with x_."""


@dataclass(frozen=True, slots=True)
class MasterTable:
    """A master to be written.

    Attributes:
        master: Which.
        columns: Its headers.
        rows: Its rows.
    """

    master: Master
    columns: tuple[str, ...]
    rows: Sequence[Record]


def columns_of(master: Master) -> tuple[str, ...]:
    """List the columns of a generated master.

    Args:
        master: Which.

    Returns:
        What is known, what is to be decided, what helps to decide.
    """
    return (*FACTS[master], *DECISIONS[master], *SHOWN[master])


def master_tables(exports: Exports) -> list[MasterTable]:
    """Make the masters.

    Args:
        exports: What the inventory says.

    Returns:
        The masters that have rows.

    Raises:
        OSError: When an export cannot be read.
        UnicodeDecodeError: When one is not UTF-8.
    """
    makers: dict[Master, Callable[[Exports], Iterator[Record]]] = {
        Master.GLOBAL: _global,
        Master.UBICACIONES: _locations,
        Master.USUARIOS: _people,
        Master.NUMERACIONES: _numbers,
        Master.WORKSPACES: _workspaces,
    }
    tables = (
        MasterTable(one, columns_of(one), list(make(exports))) for one, make in makers.items()
    )
    return [table for table in tables if table.rows]


def _global(exports: Exports) -> Iterator[Record]:
    """Say once what all locations have in common."""
    locations = [location_record(one, exports) for one in exports.locations]
    if not locations:
        return
    owners = (one.first("org_id", "orgId") for one in exports.locations)
    common = {
        name: locations[0][name]
        for name in ("announcement_language", "preferred_language", "time_zone", "country")
        if len({one[name] for one in locations}) == 1
    }
    yield {"org_id": next(filter(None, owners), ""), **common}


def _locations(exports: Exports) -> Iterator[Record]:
    return (location_record(one, exports) for one in exports.locations)


def location_record(line: Line, exports: Exports) -> dict[str, str]:
    """Describe a location as a row of Ubicaciones.

    Args:
        line: The exported location.
        exports: What else is known.

    Returns:
        Column -> text.
    """
    location_id = line.first("location_id", "id")
    connection = exports.connections.get(bare(location_id), Line({}, {}))
    calling = exports.calling.get(bare(location_id))
    return {
        "location_id": location_id,
        "name": line.first("name"),
        "address1": line.first("address_1") or line.inside("address", "address1"),
        "address2": line.inside("address", "address2"),
        "city": line.first("city"),
        "state": line.first("state"),
        "postal_code": line.first("postal_code"),
        "country": line.first("country"),
        "time_zone": line.first("timezone", "timeZone"),
        "preferred_language": line.first("preferredLanguage", "language"),
        "announcement_language": (calling or line).first("announcementLanguage")
        or line.first("announcementLanguage"),
        "pstn_connection_type": connection.first("connection_type", "pstnConnectionType"),
        # the id of the connection is another thing than the id of the route behind it
        "premise_route_type": connection.first("routeType"),
        "premise_route_id": connection.first("routeId"),
        "calling_line_id": exports.main_numbers.get(bare(location_id), ""),
        "x_calling": "true" if calling else "false",
    }


def _people(exports: Exports) -> Iterator[Record]:
    for line in exports.lines("people"):
        record = person_record(line, exports)
        yield {
            **_placed(record, exports),
            "x_person_id": record["person_id"],
            # an id beside the address would win over it, also in a row copied for somebody else
            "person_id": "" if record["email"] else record["person_id"],
        }


def _placed(record: Mapping[str, str], exports: Exports) -> dict[str, str]:
    """Name the location once: by its name, or by its id where several have the name."""
    is_telling = exports.is_only_one(record["location_name"])
    return {**record, "location_id": "" if is_telling else record["location_id"]}


def person_record(line: Line, exports: Exports) -> dict[str, str]:
    """Describe a person as a row of Usuarios.

    Args:
        line: The exported person.
        exports: What else is known.

    Returns:
        Column -> text.
    """
    location_id = line.first("location_id", "locationId")
    licences = line.cells.get("licenses", "").split(";")
    return {
        "person_id": line.first("person_id", "id"),
        "email": line.first("email"),
        "first_name": line.first("firstName"),
        "last_name": line.first("lastName"),
        "display_name": line.first("display_name"),
        "location_id": location_id,
        "location_name": exports.name_of(location_id),
        "extension": line.first("extension"),
        "x_direct_number": _work_number(line),
        "x_licenses": "; ".join(exports.licence_names.get(bare(one), one) for one in licences),
        "x_status": line.first("status"),
    }


def _work_number(line: Line) -> str:
    numbers = line.item.get("phoneNumbers") or ()
    return next(
        (str(one.get("value", "")) for one in numbers if one.get("type") in {"work", "enterprise"}),
        "",
    )


def _numbers(exports: Exports) -> Iterator[Record]:
    for line in exports.lines("numbers"):
        number, location_id = line.first("phone_number"), line.first("location_id")
        if number and location_id:
            yield {
                "phone_numbers": number,
                "x_state": line.first("state"),
                "x_extension": line.first("extension"),
                "x_owner_type": line.first("owner_type"),
                "x_owner": line.first("owner_name"),
                **_placed(
                    {
                        "location_id": location_id,
                        "location_name": line.first("location_name")
                        or exports.name_of(location_id),
                    },
                    exports,
                ),
            }


def _workspaces(exports: Exports) -> Iterator[Record]:
    records = [workspace_record(line, exports) for line in exports.lines("workspaces")]
    names = Counter(_name_in_place(record) for record in records)
    for record in records:
        is_only_one = names[_name_in_place(record)] == 1 and bool(record["display_name"])
        yield {
            **_placed(record, exports),
            "x_workspace_id": record["workspace_id"],
            "workspace_id": "" if is_only_one else record["workspace_id"],
        }


def _name_in_place(record: Mapping[str, str]) -> tuple[str, str]:
    return record["display_name"].casefold(), bare(record["location_id"])


def workspace_record(line: Line, exports: Exports) -> dict[str, str]:
    """Describe a workspace as a row of Workspaces.

    Args:
        line: The exported workspace.
        exports: What else is known.

    Returns:
        Column -> text.
    """
    location_id = line.first("location_id", "locationId")
    return {
        "workspace_id": line.first("workspace_id", "id"),
        "display_name": line.first("name", "displayName"),
        "location_id": location_id,
        "location_name": exports.name_of(location_id),
        "extension": line.first("extension"),
        "x_phone_number": line.first("phone_number"),
        "x_calling": line.first("webex_calling_enabled").lower(),
    }
