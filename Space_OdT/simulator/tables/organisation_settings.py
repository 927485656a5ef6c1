"""Calling settings of the whole organisation."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Area, Collection, Document, Items
from Space_OdT.simulator.generated.makers import by_index, organisation_id
from Space_OdT.simulator.tables.scopes import PEOPLE, TELEPHONY

T = "/telephony/config"

LANGUAGES = (
    ("Catalan", "ca_es"),
    ("English", "en_us"),
    ("French", "fr_fr"),
    ("German", "de_de"),
    ("Spanish (Spain)", "es_es"),
)
_PROVINCES = (
    ("B", "Barcelona"),
    ("GI", "Girona"),
    ("L", "Lleida"),
    ("M", "Madrid"),
    ("T", "Tarragona"),
)
_TIME_ZONES = ("Atlantic/Canary", "Europe/Madrid", "Europe/Lisbon", "Europe/Paris")


def _codes(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in pairs]


def _location_states(subject: Subject) -> dict[str, object]:
    organisation = subject.organisation
    known = [organisation.locations[item] for item in organisation.calling_location_ids()]
    states = ("LOCATION_SETUP", "ALERTS", "NETWORK_ELEMENTS", "ROUTING_ENABLED")
    return {
        "state": "LOCATION_SETUP",
        "count": len(known),
        "locations": [
            {"id": item.id, "name": item.name, "state": states[index % len(states)]}
            for index, item in enumerate(known)
        ],
    }


SETTINGS = Area(
    TELEPHONY,
    (
        Collection(
            name="language",
            list_template=f"{T}/announcementLanguages",
            list_key="languages",
            list_shape="telephony.read_list_of_announcement_languages",
            per_parent=len(LANGUAGES),
            id_field="code",
            fixed={
                "name": by_index(*(name for name, _ in LANGUAGES)),
                "code": by_index(*(code for _, code in LANGUAGES)),
            },
            paging="none",
        ),
        Document(f"{T}/callCaptions", "telephony.get_call_captions_settings", put=204),
        Items(f"{T}/callingProfiles", "callingProfiles", "telephony.ucm_profiles", scopes=PEOPLE),
        Document(
            f"{T}/countries/{{countryCode}}",
            fixed={
                "stateRequired": True,
                "zipCodeRequired": True,
                "states": lambda _subject: _codes(_PROVINCES),
                "timeZones": list(_TIME_ZONES),
            },
        ),
        Document(f"{T}/dataPolicies", "telephony.data_policies.read_data_policy_settings", put=204),
        Items(
            f"{T}/dataPolicies/regions",
            "regions",
            "telephony.data_policies.get_available_data_policy_regions",
        ),
        Document(
            f"{T}/emergencyCallNotification",
            "telephony.emergency_services.get_notification",
            put=204,
        ),
        Document(f"{T}/guestCalling", "telephony.guest_calling.read", put=204),
        Items(
            f"{T}/guestCalling/availableMembers",
            "availableDestinationMembers",
            "telephony.guest_calling.available_members",
            link="availableDestinationMembers",
            count=10,
        ),
        Items(
            f"{T}/guestCalling/members",
            "destinationMembers",
            "telephony.guest_calling.members",
            link="destinationMembers",
        ),
        Document(f"{T}/largeOrgStatus", "telephony.get_large_organization_status"),
        Document(f"{T}/moh/settings", "telephony.read_moh", put=204),
        Items(
            f"{T}/outgoingPermission/accessCodes",
            "accessCodes",
            "telephony.organisation_access_codes.list",
        ),
        Document(f"{T}/redSky", "telephony.emergency_services.get_redsky_account_details"),
        Document(
            f"{T}/redSky/complianceStatus",
            "telephony.emergency_services.get_org_compliance",
            fixed={"locationsStatus": _location_states},
        ),
        Document(
            f"{T}/redSky/status",
            "telephony.emergency_services.get_org_compliance_status",
            fixed={"locationsStatus": _location_states},
            put=204,
        ),
        Document(
            f"{T}/serviceSettings/callerReputationProvider",
            "telephony.caller_reputation_provider.get",
            put=204,
        ),
        Items(
            f"{T}/serviceSettings/callerReputationProvider/providers",
            "providers",
            "telephony.caller_reputation_provider.providers",
            count=2,
        ),
        Document(
            f"{T}/serviceSettings/callerReputationProvider/status",
            "telephony.caller_reputation_provider.status",
            fixed={"status": "CONNECTED"},
        ),
        Document(
            f"{T}/settings/msTeams",
            "telephony.ms_teams.read",
            fixed={"level": "ORGANIZATION", "orgId": organisation_id},
            put=204,
        ),
        Document(f"{T}/voicemail/rules", "telephony.voicemail_rules.read", put=204),
        Document(
            f"{T}/voicemail/settings",
            "telephony.organisation_voicemail.read",
            put=204,
            body={"messageExpiryEnabled!": bool, "numberOfDaysForMessageExpiry!": float},
        ),
        Document(
            f"{T}/virtualExtensions/settings",
            fixed={"mode": "STANDARD"},
            put=204,
            body={"mode!": ("STANDARD", "ENHANCED")},
        ),
    ),
)

AREAS = (SETTINGS,)
