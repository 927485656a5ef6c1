"""The columns of a site: one table, from which templates, aliases and checks derive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from Space_OdT.engine.action_model import Action
from Space_OdT.engine.models import CellProblem
from Space_OdT.v21.transformacion.definition import (
    ActionContext,
    ActionDefinition,
    Cells,
    Dataset,
)
from Space_OdT.v21.transformacion.parameters import Kind, Parameter
from Space_OdT.v21.transformacion.parts.location_parts import ADDRESS, TIME_ZONE
from Space_OdT.v21.transformacion.parts.shared_parameters import ORG_ID

UPSERT, ENABLE = "location", "location_webex_calling"
PROFILE = "default_outgoing_profile"
_LONGEST_NAME = 80

NAME = Parameter(
    "name",
    Kind.NAME,
    "Name of the location; it is looked for by external id, id or exact name.",
    aliases=("location_name", "Seu", "Nom de la Seu", "Nom seu"),
    is_required=True,
    example="CUV00000000101",
)
LOCATION_ID = Parameter(
    "location_id", Kind.ID, "Id of the location, when it exists already.", aliases=("locationId",)
)
EXTERNAL_ID = Parameter(
    "location_external_id",
    Kind.NAME,
    "Your own id of the location; location_map.csv remembers which one it is.",
    aliases=("external_id",),
)
PREFERRED_LANGUAGE = Parameter(
    "preferred_language",
    Kind.LANGUAGE,
    "Language of phones and e-mails.",
    aliases=("language_code",),
    example="es_es",
)
ANNOUNCEMENT_LANGUAGE = Parameter(
    "announcement_language",
    Kind.LANGUAGE,
    "Language of announcements.",
    aliases=("language_code",),
    example="ca_es",
)
ROUTE_GROUP = Parameter(
    "route_group_id",
    Kind.NAME,
    "Route group, by id or name, that connects the location to the public network.",
    aliases=("rg_id", "route_group", "route_group_name"),
)
MAIN_NUMBER = Parameter(
    "main_number",
    Kind.PHONE,
    "Head number of the location (E.164); it must be in the inventory of the location.",
    aliases=("calling_line_id", "Capçalera", "Capçalera principal"),
    example="+34910000001",
)
OUTGOING_PROFILE = Parameter(
    PROFILE,
    Kind.NAME,
    "Named profile of outgoing-call permissions; blank leaves them as they are.",
    aliases=("outgoing_profile",),
)
# In the order of the template; the external id is ours, to the right.
COLUMNS = (
    NAME,
    LOCATION_ID,
    ORG_ID,
    TIME_ZONE,
    PREFERRED_LANGUAGE,
    ANNOUNCEMENT_LANGUAGE,
    *ADDRESS,
    ROUTE_GROUP,
    MAIN_NUMBER,
    OUTGOING_PROFILE,
    EXTERNAL_ID,
)


def definition_of(kind: str, profile: str) -> ActionDefinition:
    """Describe one of the two things that are done with a site.

    Args:
        kind: `location` or `location_webex_calling`.
        profile: Outgoing profile of rows that name none, "" for none.

    Returns:
        Its definition; the action itself is made by `upsert.LocationUpsert`.
    """
    is_upsert = kind == UPSERT
    return ActionDefinition(
        action_id=kind,
        purpose="Create or update the location, enable it for Calling, and set what the row names."
        if is_upsert
        else "Enable an existing location for Calling, and set what the row names.",
        purpose_es="Crea o actualiza la sede, la habilita para Webex Calling y aplica lo demás."
        if is_upsert
        else "Habilita para Webex Calling una sede que ya existe y aplica lo demás.",
        dataset=Dataset.UBICACIONES,
        parameters=tuple(
            replace(one, default=profile) if one.name == PROFILE and profile else one
            for one in COLUMNS
        ),
        build=_is_built_elsewhere,
        key=("location_external_id", "location_id", "name"),
        check=_problems,
    )


def _is_built_elsewhere(_: ActionContext) -> Action[Any]:
    raise TypeError("the action of a site needs its map of external ids: LocationUpsert makes it")


def _problems(cells: Cells) -> Iterable[CellProblem]:
    if len(cells["name"]) > _LONGEST_NAME:
        yield CellProblem(
            "name", cells["name"], f"at most {_LONGEST_NAME} characters", "shorten the name"
        )
