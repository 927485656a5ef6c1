"""Artifacts of people: directory record, Calling settings and numbers on offer."""

from __future__ import annotations

from Space_OdT.inventory.manifest.entry import Artifact, Columns, Feed, Paging, ServedBy

_PERSON_IDS = {"person_id": "person_id", "location_id": "location_id"}
_CALLING = "webex_calling_enabled"
PERSON = Feed("people", _PERSON_IDS, where=_CALLING)
PERSON_OF_EACH_LOCATION = Feed("people", _PERSON_IDS, where=_CALLING, one_per="location_id")
LOCATION_OF_PEOPLE = Feed(
    "people", {"location_id": "location_id"}, where=_CALLING, one_per="location_id"
)

_FEATURES = "/people/{person_id}/features"
_TELEPHONY = "/telephony/config/people/{person_id}"
_PEOPLE_SCOPE = "spark-admin:people_read"


def _setting(
    artifact: str,
    method: str,
    path: str,
    description: str,
    *,
    columns: Columns = Columns.P,
    other_path: str = "",
) -> Artifact:
    """Describe one settings object of every calling person."""
    # where the API has two editions of a path, the documented one is a telephony path
    of_people = path.startswith(_FEATURES) and not other_path
    return Artifact(
        artifact=artifact,
        method=f"person_settings.{method}",
        path=path,
        description=description,
        columns=columns,
        feed=PERSON,
        scope=_PEOPLE_SCOPE if of_people else "spark-admin:telephony_config_read",
        other_path=other_path,
    )


def _offer(kind: str, segment: str, description: str) -> Artifact:
    """Describe one list of numbers on offer; it is the location's, so one person's answer does."""
    return Artifact(
        artifact=f"person_available_numbers_{kind}",
        method=f"person_settings.available_numbers.{kind}",
        path=f"{_TELEPHONY}/{segment}/availableNumbers",
        description=description,
        columns=Columns.P_NUMBER,
        feed=PERSON_OF_EACH_LOCATION,
        list_key="phoneNumbers",
        paging=Paging.START,
        page_size=2000,
    )


PEOPLE_ARTIFACTS: tuple[Artifact, ...] = (
    Artifact(
        artifact="people_details",
        method="people.details",
        path="/people/{person_id}",
        description="Full directory record of everyone.",
        columns=Columns.PER,
        query=(("callingData", "true"),),
        feed=Feed("people", {"person_id": "person_id"}),
        scope=_PEOPLE_SCOPE,
        served_by=ServedBy("people"),
    ),
    _setting(
        "person_call_forwarding",
        "forwarding.read",
        f"{_FEATURES}/callForwarding",
        "Call forwarding of each calling person.",
        columns=Columns.P_NUMBER,
    ),
    _setting(
        "person_numbers",
        "numbers.read",
        f"{_FEATURES}/numbers",
        "Primary and alternate numbers of each calling person, with ring patterns.",
        columns=Columns.P_NUMBER,
    ),
    _setting(
        "person_permissions_in",
        "permissions_in.read",
        f"{_FEATURES}/incomingPermission",
        "Incoming call permissions of each calling person.",
    ),
    _setting(
        "person_permissions_out",
        "permissions_out.read",
        f"{_TELEPHONY}/outgoingPermission",
        "Outgoing call permissions of each calling person.",
        other_path=f"{_FEATURES}/outgoingPermission",
    ),
    _setting(
        "person_out_access_codes",
        "permissions_out.access_codes.read",
        f"{_TELEPHONY}/outgoingPermission/accessCodes",
        "Access codes that lift outgoing restrictions of each calling person.",
    ),
    _setting(
        "person_out_digit_patterns",
        "permissions_out.digit_patterns.get_digit_patterns",
        f"{_TELEPHONY}/outgoingPermission/digitPatterns",
        "Digit patterns of outgoing calls of each calling person.",
    ),
    _setting(
        "person_transfer_numbers",
        "permissions_out.transfer_numbers.read",
        f"{_FEATURES}/outgoingPermission/autoTransferNumbers",
        "Numbers to which restricted outgoing calls of each calling person are transferred.",
        columns=Columns.P_NUMBER,
        other_path=f"{_TELEPHONY}/outgoingPermission/autoTransferNumbers",
    ),
    Artifact(
        artifact="person_available_numbers_primary",
        method="person_settings.available_numbers.primary",
        path="/telephony/config/people/primary/availableNumbers",
        description="Numbers that a person of the location could get as primary number.",
        columns=Columns.P_NUMBER,
        query=(("locationId", "{location_id}"),),
        feed=LOCATION_OF_PEOPLE,
        list_key="phoneNumbers",
        paging=Paging.START,
        page_size=2000,
    ),
    _offer(
        "secondary", "secondary", "Numbers that a person of the location could get as alternate."
    ),
    _offer(
        "call_forward",
        "callForwarding",
        "Numbers of the location that calls of a person could be forwarded to.",
    ),
    _offer(
        "call_intercept",
        "callIntercept",
        "Numbers of the location that intercepted calls of a person could go to.",
    ),
    _offer(
        "ecbn",
        "emergencyCallbackNumber",
        "Numbers of the location that could be a person's emergency callback number.",
    ),
    _offer("fax_message", "faxMessage", "Numbers that a person of the location could use for fax."),
)
