"""Settings of locations: `/telephony/config/locations/{id}` and floors."""

from __future__ import annotations

from Space_OdT.simulator.generated.access_codes import AccessCodes
from Space_OdT.simulator.generated.declarations import Action, Area, Collection, Document, Items
from Space_OdT.simulator.generated.makers import choice, location_id
from Space_OdT.simulator.generated.permissions import (
    PERMISSION_RULE,
    default_permissions,
    merge_permissions,
)
from Space_OdT.simulator.tables.parts import digit_patterns
from Space_OdT.simulator.tables.scopes import LOCATIONS, TELEPHONY

L = "/telephony/config/locations/{locationId}"
SDK = "telephony.locations"

SETTINGS = Area(
    TELEPHONY,
    (
        Document(f"{L}/callCaptions", f"{SDK}.get_call_captions_settings", put=204),
        Document(
            f"{L}/dataPolicies",
            "telephony.data_policies.get_location_data_policy_settings",
            put=204,
        ),
        Document(f"{L}/devices/settings", f"{SDK}.device_settings", put=204),
        Document(
            f"{L}/emergencyCallNotification",
            "telephony.emergency_services.get_location_notification",
            put=204,
        ),
        Document(
            f"{L}/features/hotDesking", "telephony.hotdesking_voiceportal.location_get", put=204
        ),
        Document(f"{L}/intercept", f"{SDK}.intercept.read", put=204, body={"enabled!": bool}),
        Document(f"{L}/musicOnHold", f"{SDK}.moh.read", put=204),
        Document(
            f"{L}/outgoingPermission",
            fixed={"callingPermissions": default_permissions},
            put=204,
            body={"callingPermissions": [PERMISSION_RULE]},
            translate=merge_permissions,
        ),
        *AccessCodes(f"{L}/outgoingPermission/accessCodes", many=True).routes(TELEPHONY),
        Document(
            f"{L}/outgoingPermission/autoTransferNumbers",
            f"{SDK}.permissions_out.transfer_numbers.read",
            put=204,
        ),
        *digit_patterns(L, f"{SDK}.permissions_out.digit_patterns", own_switch=False),
        Document(
            f"{L}/privateNetworkConnect",
            fixed={"networkConnectionType": choice("net", "PUBLIC_INTERNET", "PRIVATE_NETWORK")},
            put=204,
            body={"networkConnectionType!": ("PUBLIC_INTERNET", "PRIVATE_NETWORK")},
        ),
        Document(f"{L}/redSky", "telephony.emergency_services.get_location_parameters", put=204),
        Document(
            f"{L}/redSky/status",
            "telephony.emergency_services.get_location_compliance_status",
            fixed={"id": location_id},
            put=204,
        ),
        Document(f"{L}/voicePortal/passcodeRules", "telephony.voiceportal.passcode_rules"),
        Document(
            f"{L}/voicemail",
            f"{SDK}.voicemail.read",
            put=204,
            body={"voicemailTranscriptionEnabled!": bool},
        ),
        Action(
            "POST",
            f"{L}/actions/generatePassword/invoke",
            200,
            reply={"exampleSipPassword": lambda subject: f"Aa1!{subject.draw('pw', 10**12):012d}"},
        ),
        Action(
            "POST",
            f"{L}/actions/modifyAnnouncementLanguage/invoke",
            body={"announcementLanguageCode!": str},
        ),
    ),
)

FLOORS = Area(
    LOCATIONS,
    (
        Collection(
            name="floor",
            list_template="/locations/{locationId}/floors",
            list_key="items",
            list_shape="locations.list_floors",
            item_template="/locations/{locationId}/floors/{floorId}",
            item_shape="locations.floor_details",
            id_type="FLOOR",
            name_field="displayName",
            fixed={"locationId": location_id, "floorNumber": lambda subject: subject.index},
            create="/locations/{locationId}/floors",
            body={"floorNumber!": int},
            put=200,
            paging="none",
        ),
        Collection(
            name="floor",
            list_template="/workspaceLocations/{locationId}/floors",
            list_key="items",
            list_shape="workspace_locations.floors.list",
            item_template="/workspaceLocations/{locationId}/floors/{floorId}",
            item_shape="workspace_locations.floors.details",
            id_type="FLOOR",
            name_field="displayName",
            fixed={"locationId": location_id, "floorNumber": lambda subject: subject.index},
            put=None,
            deletable=False,
            paging="none",
        ),
    ),
)

RECEPTION = Area(
    TELEPHONY,
    (
        Collection(
            name="directory",
            list_template=f"{L}/receptionistContacts/directories",
            list_key="directories",
            list_shape=f"{SDK}.receptionist_contacts_directory.list",
            item_template=f"{L}/receptionistContacts/directories/{{directoryId}}",
            id_type="RECEPTIONIST_CONTACT_DIRECTORY",
            create=f"{L}/receptionistContacts/directories",
            created_status=200,
            body={"name!": str, "contacts!": [{"personId": str}]},
            per_parent=1,
            put=200,
            paging="none",
        ),
        Items(
            f"{L}/receptionistContacts/directories/{{directoryId}}",
            "contacts",
            f"{SDK}.receptionist_contact_directory_details",
            link="contacts",
            count=4,
        ),
    ),
)

AREAS = (SETTINGS, FLOORS, RECEPTION)
