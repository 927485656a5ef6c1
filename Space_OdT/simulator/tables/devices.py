"""Device settings, line key templates and DECT networks."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import (
    Area,
    Collection,
    Document,
    Items,
    Scopes,
)
from Space_OdT.simulator.generated.makers import calling_people, path_value, truth
from Space_OdT.simulator.protocol import JsonObject
from Space_OdT.simulator.tables.scopes import TELEPHONY

D = "/telephony/config/devices"
L = "/telephony/config/locations/{locationId}"
N = f"{L}/dectNetworks/{{dectNetworkId}}"


def _location(subject: Subject) -> JsonObject:
    return {"id": subject.location.id, "name": subject.location.name}


SETTINGS = Area(
    TELEPHONY,
    (
        Items(
            f"{D}/availableMembers",
            "members",
            "telephony.dect_devices.available_members",
            link="members",
            count=10,
            paging="start",
        ),
        Document(f"{D}/availableMembers/count", fixed={"totalCount": calling_people}),
        Document(
            f"{D}/backgroundImages",
            "telephony.devices.list_background_images",
            fixed={"count": "2"},
        ),
        Items(
            f"{D}/dectNetworks/supportedDevices",
            "devices",
            "telephony.dect_devices.device_type_list",
            count=2,
        ),
        Document(
            f"{D}/dynamicSettings/settingsGroups",
            "telephony.devices.dynamic_settings.get_settings_groups",
        ),
        Items(
            f"{D}/dynamicSettings/validationSchema",
            "tags",
            "telephony.devices.dynamic_settings.get_validation_schema",
        ),
        Collection(
            name="template",
            list_template=f"{D}/lineKeyTemplates",
            list_key="lineKeyTemplates",
            list_shape="telephony.devices.list_line_key_templates",
            item_template=f"{D}/lineKeyTemplates/{{templateId}}",
            item_shape="telephony.devices.line_key_template_details",
            id_type="LINE_KEY_TEMPLATE",
            name_field="templateName",
            create=f"{D}/lineKeyTemplates",
            body={"templateName!": str, "deviceModel!": str},
            paging="none",
        ),
        Document(f"{D}/settings", "telephony.device_settings", put=204),
        Items(
            f"{D}/{{deviceId}}/availableMembers",
            "members",
            "telephony.devices.available_members",
            link="members",
            count=10,
            paging="start",
        ),
        Document(f"{D}/{{deviceId}}/availableMembers/count", fixed={"totalCount": calling_people}),
        Document(f"{D}/{{deviceId}}/layout", "telephony.devices.get_device_layout", put=204),
        Document(f"{D}/{{deviceId}}/settings", "telephony.devices.device_settings", put=204),
        Document("/telephony/config/supportedDevices", "telephony.devices.supported_devices"),
        Document(
            "/deviceConfigurations",
            "device_configurations.list",
            fixed={"deviceId": path_value("deviceId")},
            scopes=Scopes(("spark-admin:devices_read",), ("spark-admin:devices_write",)),
        ),
    ),
)

_ASSOCIATED = "telephony.dect_devices.dect_networks_associated_with_"
DECT = Area(
    TELEPHONY,
    (
        Collection(
            name="network",
            list_template="/telephony/config/dectNetworks",
            list_key="dectNetworks",
            list_shape="telephony.dect_devices.list_dect_networks",
            item_template=N,
            item_shape="telephony.dect_devices.dect_network_details",
            id_type="DECT_NETWORK",
            where="location",
            per_parent=1,
            every=4,
            fixed={"location": _location, "model": "DMS Cisco DBS210"},
            create=f"{L}/dectNetworks",
            body={"name!": str, "model!": str},
            paging="none",
        ),
        Collection(
            name="station",
            list_template=f"{N}/baseStations",
            list_key="baseStations",
            list_shape="telephony.dect_devices.list_base_stations",
            item_template=f"{N}/baseStations/{{baseStationId}}",
            item_shape="telephony.dect_devices.base_station_details",
            id_type="DECT_BASE_STATION",
            name_field="",
            put=None,
            paging="none",
        ),
        Collection(
            name="handset",
            list_template=f"{N}/handsets",
            list_key="handsets",
            list_shape="telephony.dect_devices.list_handsets:handsets",
            item_template=f"{N}/handsets/{{handsetId}}",
            item_shape="telephony.dect_devices.handset_details",
            id_type="DECT_HANDSET",
            name_field="customDisplayName",
            beside={"numberOfHandsetsAssigned": 2, "numberOfLinesAssigned": 2},
            paging="none",
        ),
        Document(
            f"{N}/serviceabilityPassword",
            fixed={"enabled": truth("enabled")},
            put=204,
            body={"enabled!": bool},
        ),
        *(
            Items(
                f"/telephony/config/{owner}/dectNetworks",
                "dectNetworks",
                f"{_ASSOCIATED}{name}",
                count=1,
            )
            for owner, name in (
                ("people/{personId}", "person"),
                ("virtualLines/{virtualLineId}", "virtual_line"),
                ("workspaces/{workspaceId}", "workspace"),
            )
        ),
    ),
)

AREAS = (SETTINGS, DECT)
