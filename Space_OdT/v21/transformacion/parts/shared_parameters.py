"""Parameters that many actions have, with the headers they have in the documented workbooks."""

from __future__ import annotations

from Space_OdT.v21.transformacion.parameters import Kind, Parameter

ROUTE_TYPES = ("ROUTE_GROUP", "TRUNK")

LOCATION_ID = Parameter(
    "location_id",
    Kind.NAME,
    "Id of the location, or its exact name.",
    aliases=("locationId",),
)
LOCATION_NAME = Parameter(
    "location_name",
    Kind.NAME,
    "Exact name of the location, when there is no id.",
    aliases=(
        "name",
        "Seu",
        "Codi Seu",
        "Nom de la Seu",
        "Nom seu",
        "Codi Seu CUV Extensió",
        "CUV",
        "site",
    ),
    example="CUV00000000101",
)
LOCATION = (LOCATION_ID, LOCATION_NAME)
LOCATION_NEED = ("location_id", "location_name")

PERSON_ID = Parameter(
    "person_id",
    Kind.ID,
    "Id of the person, when the e-mail address is not given.",
    aliases=("entity_id", "user_id", "personId"),
)
EMAIL = Parameter(
    "email",
    Kind.EMAIL,
    "E-mail address of the person.",
    aliases=("user_email", "emails", "mail", "correo", "correu"),
    example="ana.soler@example.com",
)
PERSON = (PERSON_ID, EMAIL)
PERSON_NEED = ("person_id", "email")

WORKSPACE_ID = Parameter(
    "workspace_id",
    Kind.ID,
    "Id of the workspace, when its name is not given.",
    aliases=("workspaceId", "entity_id", "place_id"),
)
WORKSPACE_NAME = Parameter(
    "display_name",
    Kind.NAME,
    "Exact name of the workspace.",
    aliases=("workspace_name", "displayName", "Espai", "Nom a Mostrar", "Espai CUV Extensión"),
    example="Sala 1",
)
WORKSPACE = (WORKSPACE_ID, WORKSPACE_NAME, *LOCATION)
WORKSPACE_NEED = ("workspace_id", "display_name")

ROUTE_ID = Parameter(
    "premise_route_id",
    Kind.NAME,
    "Id of the route group or trunk, or its exact name.",
    aliases=("rg_id", "route_group_id", "routeId", "route_id"),
)
ROUTE_NAME = Parameter(
    "route_identity",
    Kind.NAME,
    "Exact name of the route group or trunk, when there is no id.",
    aliases=("route_name", "route_group_name", "premise_route_name"),
    example="RG_EXAMPLE",
)
ROUTE_TYPE = Parameter(
    "premise_route_type",
    Kind.CHOICE,
    "What the route is.",
    aliases=("route_type", "routeType"),
    choices=ROUTE_TYPES,
    default="ROUTE_GROUP",
)
ROUTE = (ROUTE_ID, ROUTE_NAME, ROUTE_TYPE)
ROUTE_NEED = ("premise_route_id", "route_identity")

EXTENSION = Parameter(
    "extension",
    Kind.EXTENSION,
    "Extension, always text, so that leading zeros stay.",
    aliases=("Extensió", "Extensión", "Extensió Llarga asociada", "Extensión larga"),
    example="80000001",
)
PHONE_NUMBER = Parameter(
    "phone_number",
    Kind.PHONE,
    "Telephone number (E.164).",
    aliases=("direct_number", "Numeració Directe", "primary_number", "primaryNumber"),
    example="+34910000001",
)
ORG_ID = Parameter(
    "org_id",
    Kind.ID,
    "Id of the organisation, for tokens that reach several.",
    aliases=("orgId",),
)
