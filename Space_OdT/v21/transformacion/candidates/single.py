"""The documented CSV of one row: every parameter of every action, one entity of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import orjson

from Space_OdT.v21.transformacion.candidates.exports import Exports, Line, bare
from Space_OdT.v21.transformacion.candidates.rows import (
    location_record,
    person_record,
    workspace_record,
)

SINGLE_ROW_COLUMNS = (
    "location_id",
    "phone_number",
    "phone_numbers",
    "enable_unknown_extension_route_policy",
    "premise_route_id",
    "premise_route_type",
    "pstn_connection_type",
    "email",
    "first_name",
    "last_name",
    "licenses",
    "org_id",
    "person_id",
    "legacy_phone_number",
    "destination",
    "extension",
    "add_license_ids",
    "remove_license_ids",
    "display_name",
    "workspace_id",
    "workspaces_lote_json",
    "continue_on_error",
    "skip_existing",
    "csv_path",
    "people_json",
    "overwrite_csv",
    "generate_only",
)
"""The documented columns, in their order."""

SCRIPT_DEPENDENCIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ubicacion_actualizar_cabecera": ("location_id", "phone_number"),
        "ubicacion_alta_numeraciones_desactivadas": ("location_id", "phone_numbers"),
        "ubicacion_configurar_llamadas_internas": (
            "location_id",
            "enable_unknown_extension_route_policy",
            "premise_route_id",
            "premise_route_type",
        ),
        "ubicacion_configurar_permisos_salientes_defecto": ("location_id",),
        "ubicacion_configurar_pstn": ("location_id", "premise_route_id"),
        "usuarios_alta_people": ("email", "first_name", "last_name", "location_id", "licenses"),
        "usuarios_alta_scim": ("org_id", "email", "first_name", "last_name"),
        "usuarios_anadir_intercom_legacy": ("person_id", "legacy_phone_number"),
        "usuarios_asignar_location_desde_csv": (),
        "usuarios_configurar_desvio_prefijo53": ("person_id", "extension", "destination"),
        "usuarios_configurar_perfil_saliente_custom": ("person_id",),
        "usuarios_modificar_licencias": ("person_id", "add_license_ids"),
        "usuarios_remover_licencias": ("person_id", "remove_license_ids"),
        "workspaces_alta": ("display_name", "location_id"),
        "workspaces_anadir_intercom_legacy": ("workspace_id", "legacy_phone_number"),
        "workspaces_configurar_desvio_prefijo53": ("workspace_id", "extension", "destination"),
        "workspaces_configurar_desvio_prefijo53_telephony": (
            "workspace_id",
            "extension",
            "destination",
        ),
        "workspaces_configurar_perfil_saliente_custom": ("workspace_id",),
        "workspaces_validar_estado_permisos": ("workspace_id",),
    }
)
"""The columns of this file that each action is about; an action may need fewer of them."""


def single_row(exports: Exports) -> dict[str, str]:
    """Fill the row: one location with its route, one person and one workspace of it.

    What has to be decided (licences to give and take, destinations, intercom numbers) stays blank.

    Args:
        exports: What the inventory says.

    Returns:
        Column -> text; lists as JSON.

    Raises:
        OSError: When an export cannot be read.
        UnicodeDecodeError: When one is not UTF-8.
    """
    location = _location(exports)
    place = location_record(location, exports) if location else {}
    person = _one_of(exports, "people", place)
    someone = person_record(person, exports) if person else {}
    workspace = _one_of(exports, "workspaces", place)
    room = workspace_record(workspace, exports) if workspace else {}
    location_id = place.get("location_id") or someone.get("location_id", "")
    licences = person.cells.get("licenses", "").split(";") if person else []
    found = {
        "location_id": location_id,
        "phone_number": place.get("calling_line_id", ""),
        "phone_numbers": _json(_numbers_of(exports, location_id)),
        "premise_route_id": place.get("premise_route_id", ""),
        "premise_route_type": place.get("premise_route_type", ""),
        "pstn_connection_type": place.get("pstn_connection_type") or "LOCAL_GATEWAY",
        "licenses": _json([one for one in licences if one]),
        "org_id": location.first("org_id", "orgId") if location else "",
        "display_name": room.get("display_name", ""),
        "workspace_id": room.get("workspace_id", ""),
        "workspaces_lote_json": _json([_lot_item(room)] if room else []),
        "continue_on_error": "true",
        "skip_existing": "true",
    }
    for name in ("email", "first_name", "last_name", "person_id", "extension"):
        found[name] = someone.get(name, "")
    return {name: found.get(name, "") for name in SINGLE_ROW_COLUMNS}


def _location(exports: Exports) -> Line | None:
    """Choose a location that has a route, else one with calling, else any."""

    def rank(line: Line) -> int:
        location_id = bare(line.first("location_id"))
        connection = exports.connections.get(location_id)
        has_route = connection is not None and bool(connection.first("routeId"))
        return 0 if has_route else 1 if location_id in exports.calling else 2

    return min(exports.locations, key=rank, default=None)


def _one_of(exports: Exports, artifact: str, place: Mapping[str, str]) -> Line | None:
    """Choose an entity of the location with an extension, else one of it, else any."""
    location_id = bare(place.get("location_id", ""))

    def rank(line: Line) -> int:
        if bare(line.first("location_id", "locationId")) != location_id:
            return 2
        return 0 if line.first("extension") else 1

    return min(exports.lines(artifact), key=rank, default=None)


def _numbers_of(exports: Exports, location_id: str) -> list[str]:
    return [
        number
        for line in exports.lines("numbers")
        if (number := line.first("phone_number"))
        and bare(line.first("location_id")) == bare(location_id)
    ]


def _lot_item(room: Mapping[str, str]) -> dict[str, str]:
    names = ("display_name", "location_id", "extension")
    return {name: room[name] for name in names if room.get(name)}


def _json(values: list[str] | list[dict[str, str]]) -> str:
    return orjson.dumps(values).decode() if values else ""
