"""Details of call queues and of Customer Assist that stand beside the queues themselves."""

from __future__ import annotations

from Space_OdT.simulator.generated.declarations import Action, Area, Collection, Document, Items
from Space_OdT.simulator.tables.scopes import PEOPLE_CONFIG, TELEPHONY

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"


Q = f"{L}/queues/{{queueId}}"
C = f"{T}/cxEssentials"
_AUDIO = ("DEFAULT", "CUSTOM")
QUEUES = Area(
    TELEPHONY,
    (
        Items(
            f"{Q}/announcements",
            "announcements",
            "telephony.auto_attendant.list_announcement_files",
        ),
        Items(
            f"{L}/autoAttendants/{{autoAttendantId}}/announcements",
            "announcements",
            "telephony.auto_attendant.list_announcement_files",
        ),
        Collection(
            name="dnis",
            list_template=f"{Q}/dnis",
            list_key="dnisList",
            list_shape="telephony.callqueue.dnis.list",
            item_template=f"{Q}/dnis/{{dnisId}}",
            item_shape="telephony.callqueue.dnis.details",
            id_type="DNIS",
            per_parent=1,
            create=f"{Q}/dnis",
            body={"name!": str},
            paging="none",
        ),
        Document(f"{Q}/dnis/settings", "telephony.callqueue.dnis.get_settings", put=204),
        Document(
            f"{Q}/dnis/{{dnisId}}/announcements",
            "telephony.callqueue.dnis.get_announcements",
            put=204,
        ),
        Document(
            f"{Q}/forcedForward",
            "telephony.callqueue.policy.forced_forward_details",
            put=204,
            fixed={"audioMessageSelection": "DEFAULT"},
            body={
                "forcedForwardEnabled!": bool,
                "playAnnouncementBeforeEnabled!": bool,
                "audioMessageSelection!": _AUDIO,
            },
        ),
        Document(
            f"{Q}/holidayService",
            "telephony.callqueue.policy.holiday_service_details",
            put=204,
            fixed={"audioMessageSelection": "DEFAULT"},
            body={
                "holidayServiceEnabled!": bool,
                "action!": ("BUSY", "TRANSFER"),
                "holidayScheduleLevel!": ("LOCATION", "ORGANIZATION"),
                "playAnnouncementBeforeEnabled!": bool,
                "audioMessageSelection!": _AUDIO,
            },
        ),
        Document(
            f"{Q}/nightService",
            "telephony.callqueue.policy.night_service_detail",
            put=204,
            fixed={"audioMessageSelection": "DEFAULT", "manualAudioMessageSelection": "DEFAULT"},
            body={
                "nightServiceEnabled!": bool,
                "playAnnouncementBeforeEnabled!": bool,
                "announcementMode!": ("NORMAL", "MANUAL"),
                "audioMessageSelection!": _AUDIO,
                "forceNightServiceEnabled!": bool,
                "manualAudioMessageSelection!": _AUDIO,
            },
        ),
        Document(
            f"{Q}/strandedCalls",
            "telephony.callqueue.policy.stranded_calls_details",
            put=204,
            fixed={"audioMessageSelection": "DEFAULT"},
            body={
                "action!": ("NONE", "BUSY", "TRANSFER", "NIGHT_SERVICE", "RINGING", "ANNOUNCEMENT"),
                "audioMessageSelection!": _AUDIO,
            },
        ),
        Document(
            f"{Q}/cxEssentials/callRecordings",
            "telephony.cx_essentials.callqueue_recording.read",
            put=204,
            scopes=PEOPLE_CONFIG,
        ),
        Document(
            f"{Q}/cxEssentials/screenPop",
            "telephony.cx_essentials.get_screen_pop_configuration",
            put=204,
        ),
        Document(
            f"{C}/locations/{{locationId}}/queues/{{queueId}}/wrapup/settings",
            "telephony.cx_essentials.wrapup_reasons.read_queue_settings",
            put=204,
        ),
        Items(
            f"{C}/agents/availableAgents",
            "agents",
            "telephony.cx_essentials.get_available_agents",
            link="agents",
            count=10,
        ),
        Items(
            f"{L}/cxEssentials/agents/availableAgents",
            "agents",
            "telephony.cx_essentials.available_agents",
            link="agents",
            count=10,
        ),
        Collection(
            name="reason",
            list_template=f"{C}/wrapup/reasons",
            list_key="wrapupReasons",
            list_shape="telephony.cx_essentials.wrapup_reasons.list",
            item_template=f"{C}/wrapup/reasons/{{wrapupReasonId}}",
            item_shape="telephony.cx_essentials.wrapup_reasons.details",
            id_type="WRAPUP_REASON",
            create=f"{C}/wrapup/reasons",
            body={"name!": str},
            paging="none",
        ),
        Items(
            f"{C}/wrapup/reasons/{{wrapupReasonId}}/availableQueues",
            "queues",
            "telephony.cx_essentials.wrapup_reasons.available_queues",
            link="queues",
            count=5,
        ),
        Items(
            f"{T}/queues/agents/availableAgents",
            "agents",
            "telephony.callqueue.available_agents",
            link="agents",
            count=10,
            paging="start",
        ),
        Document(f"{T}/queues/settings", "telephony.callqueue.get_call_queue_settings", put=204),
        Items(
            f"{T}/supervisors/availableAgents",
            "agents",
            "telephony.supervisors.available_agents",
            link="agents",
            count=10,
            paging="start",
        ),
        Items(
            f"{T}/supervisors/availableSupervisors",
            "supervisors",
            "telephony.supervisors.available_supervisors",
            link="supervisors",
            count=10,
            paging="start",
        ),
        Action("DELETE", f"{L}/autoAttendants/{{autoAttendantId}}/announcements/{{fileName}}"),
        Document(
            f"{T}/huntGroups/{{huntGroupId}}/emergencyCallbackNumber/dependencies",
            "telephony.emergency_services.hunt_group_ecbn_dependencies",
        ),
    ),
)

AREAS = (QUEUES,)
