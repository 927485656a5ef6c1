"""The steps of the bulk bot as data: every call its three phases may send, in order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from Space_OdT.engine import action_helpers as bodies
from Space_OdT.engine.action_model import StepSpec
from Space_OdT.engine.calling_features import FEATURES
from Space_OdT.engine.models import Phase
from Space_OdT.engine.move_bodies import move_body, move_check_body

# A new entity may take a moment to be known everywhere: a 404 just after a create passes.
_JUST_CREATED = (404,)
_LOCATION = "/telephony/config/locations/{location_id}"
_PSTN = "/telephony/pstn/locations/{location_id}/connection"
# What the id of a location that a plan would make begins with.
NOT_MADE_YET = "NEW-LOCATION"
_MOVES = "/telephony/config/jobs/person/moveLocation"


def _new_location(body: Any) -> dict[str, str]:
    return {"id": f"{NOT_MADE_YET}({body['name']})"}


def _same_id(body: Any) -> dict[str, str]:
    return {"id": body["id"]}


def _all_licences(body: Any) -> dict[str, Any]:
    asked = [entry["id"] for entry in body["licenses"]]
    return {"personId": body["personId"], "licenses": asked}


# -- phase 1: locations -----------------------------------------------------------------------

LOCATION_LOOKUP = StepSpec(
    "location_lookup", "GET", "/locations", required=("items",), query={"name": "{name}"}
)
LOCATION_CREATE = StepSpec(
    "location_create",
    "POST",
    "/locations",
    success=(200, 201),
    required=("id",),
    build=bodies.location_body,
    assume=_new_location,
)
LOCATION_UPDATE = StepSpec(
    "location_update",
    "PUT",
    "/locations/{location_id}",
    success=(200, 204),
    build=bodies.location_update_body,
)
CALLING_READ = StepSpec("location_calling_read", "GET", _LOCATION, required=("id", "name"))
CALLING_ENABLE = StepSpec(
    "location_enable_calling",
    "POST",
    "/telephony/config/locations",
    success=(200, 201),
    required=("id",),
    build=bodies.enable_calling_body,
    assume=_same_id,
    passing=_JUST_CREATED,
)
CALLING_UPDATE = StepSpec(
    "location_calling_update",
    "PUT",
    _LOCATION,
    success=(200, 204),
    build=bodies.announcement_language_body,
)
PSTN_READ = StepSpec("location_pstn_read", "GET", _PSTN)
PSTN_OPTIONS = StepSpec(
    "location_pstn_options",
    "GET",
    "/telephony/pstn/locations/{location_id}/connectionOptions",
    required=("items",),
    passing=_JUST_CREATED,
)
PSTN_CONFIGURE = StepSpec(
    "location_pstn_configure",
    "PUT",
    _PSTN,
    success=(200, 204),
    build=bodies.pstn_body,
    passing=_JUST_CREATED,
)
NUMBERS_READ = StepSpec(
    "location_numbers_read",
    "GET",
    "/telephony/config/numbers",
    required=("phoneNumbers",),
    query={"phoneNumber": "{phone_number}"},
)
NUMBERS_ADD = StepSpec(
    "location_numbers_add",
    "POST",
    f"{_LOCATION}/numbers",
    success=(200, 201, 204),
    build=bodies.numbers_body,
)
MAIN_NUMBER = StepSpec(
    "location_main_number",
    "PUT",
    _LOCATION,
    success=(200, 204),
    build=bodies.main_number_body,
)

# -- phases 2 and 3: people -------------------------------------------------------------------

USER_LOOKUP = StepSpec(
    "user_lookup",
    "GET",
    "/people/{person_id}",
    required=("id",),
    query={"callingData": "true"},
)
USER_ENABLE_CALLING = StepSpec(
    "user_enable_calling",
    "PATCH",
    "/licenses/users",
    success=(200, 206),
    required=("personId", "licenses"),
    build=bodies.licence_body,
    assume=_all_licences,
)
ASSIGN_EXTENSION_OR_NUMBER = StepSpec(
    "assign_extension_or_number",
    "PUT",
    "/people/{person_id}",
    success=(200, 204),
    build=bodies.person_body,
    query={"callingData": "true"},
)
MOVE_START = StepSpec(
    "move_to_location",
    "POST",
    _MOVES,
    success=(200, 201),
    required=("response",),
    build=move_body,
)
MOVE_CHECK = StepSpec(
    "move_check",
    "POST",
    _MOVES,
    required=("response",),
    build=move_check_body,
    is_harmless=True,
)
MOVE_LIST = StepSpec("move_list", "GET", _MOVES, required=("items",))
MOVE_STATUS = StepSpec(
    "move_status", "GET", f"{_MOVES}/{{job_id}}", required=("id", "latestExecutionStatus")
)
MOVE_ERRORS = StepSpec("move_errors", "GET", f"{_MOVES}/{{job_id}}/errors", required=("items",))
# Everything a move sends; an action that moves people declares them.
MOVES = (USER_LOOKUP, MOVE_CHECK, MOVE_START, MOVE_LIST, MOVE_STATUS, MOVE_ERRORS)
PERSON_NUMBERS_READ = StepSpec(
    "alternate_number_read",
    "GET",
    "/people/{person_id}/features/numbers",
    required=("phoneNumbers",),
    query={"preferE164Format": "true"},
    passing=_JUST_CREATED,
)
PERSON_NUMBERS_ADD = StepSpec(
    "alternate_number_add",
    "PUT",
    "/telephony/config/people/{person_id}/numbers",
    success=(200, 204),
    build=bodies.alternate_number_body,
    is_delta=True,
)
SETTING_READS: Mapping[str, StepSpec] = MappingProxyType(
    {
        name: StepSpec(f"read_settings:{name}", "GET", feature.path, passing=_JUST_CREATED)
        for name, feature in FEATURES.items()
    }
)
SETTING_WRITES: Mapping[str, StepSpec] = MappingProxyType(
    {
        name: StepSpec(
            f"apply_calling_settings:{name}",
            "PUT",
            feature.path,
            success=(200, 204),
            build=bodies.settings_body,
        )
        for name, feature in FEATURES.items()
    }
)

# -- compensation -----------------------------------------------------------------------------

DELETE_PRECHECK = StepSpec(
    "location_delete_check",
    "POST",
    f"{_LOCATION}/actions/precheckForDeletion/invoke",
    required=("locationDeleteStatus",),
    is_harmless=True,
)
CALLING_DISABLE = StepSpec(
    "location_disable_calling",
    "POST",
    "/telephony/config/jobs/locations/deleteCallingLocation",
    success=(202,),
    required=("id",),
    build=bodies.disable_calling_body,
)
CALLING_DISABLE_STATUS = StepSpec(
    "location_disable_status",
    "GET",
    "/telephony/config/jobs/locations/deleteCallingLocation/{job_id}",
    required=("id", "latestExecutionStatus"),
)
LOCATION_DELETE = StepSpec(
    "location_delete", "DELETE", "/locations/{location_id}", success=(204, 404)
)

_SETTINGS = (
    *SETTING_READS.values(),
    *SETTING_WRITES.values(),
    PERSON_NUMBERS_READ,
    PERSON_NUMBERS_ADD,
)

STEPS: Mapping[Phase, tuple[StepSpec, ...]] = MappingProxyType(
    {
        Phase.LOCATIONS: (
            LOCATION_LOOKUP,
            LOCATION_CREATE,
            LOCATION_UPDATE,
            CALLING_READ,
            CALLING_ENABLE,
            CALLING_UPDATE,
            PSTN_READ,
            PSTN_OPTIONS,
            PSTN_CONFIGURE,
            NUMBERS_READ,
            NUMBERS_ADD,
            MAIN_NUMBER,
        ),
        Phase.USERS_EXISTING_CALLING: (
            *MOVES,
            ASSIGN_EXTENSION_OR_NUMBER,
            USER_ENABLE_CALLING,
            *_SETTINGS,
        ),
        Phase.EXTENSIONS_SETTINGS: (
            *MOVES,
            ASSIGN_EXTENSION_OR_NUMBER,
            *_SETTINGS,
        ),
    }
)
COMPENSATION: tuple[StepSpec, ...] = (
    DELETE_PRECHECK,
    CALLING_DISABLE,
    CALLING_DISABLE_STATUS,
    LOCATION_DELETE,
)
