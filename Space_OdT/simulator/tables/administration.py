"""What stands beside Calling: audit, contacts, recordings, reports, webhooks, workspaces' sites."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import (
    Action,
    Area,
    Collection,
    Document,
    Items,
    Scopes,
)
from Space_OdT.simulator.generated.makers import by_index, choice, organisation_id, path_value
from Space_OdT.simulator.organisation.keys import uuid_of
from Space_OdT.simulator.shapes import Kind, Shape

_TEXT = Shape(Kind.TEXT)
_WHOLE = Shape(Kind.INTEGER)
_TRUTH = Shape(Kind.BOOLEAN)


def _object(**fields: Shape) -> Shape:
    return Shape(Kind.OBJECT, fields=tuple(fields.items()))


RECORDINGS = Area(
    Scopes(
        (
            "spark-admin:recordings_read",
            "spark-compliance:recordings_read",
            "spark:recordings_read",
        ),
        ("spark-admin:recordings_write",),
    ),
    (
        Collection(
            name="recording",
            list_template="/convergedRecordings",
            list_key="items",
            list_shape="converged_recordings.list",
            item_template="/convergedRecordings/{recordingId}",
            item_shape="converged_recordings.details",
            name_field="topic",
            put=None,
            paging="link",
            default_page=10,
        ),
        Document("/convergedRecordings/{recordingId}/metadata", "converged_recordings.metadata"),
        Items(
            "/admin/convergedRecordings",
            "items",
            "converged_recordings.list_for_admin_or_compliance_officer",
            paging="link",
        ),
    ),
)

AUDIT = Area(
    Scopes(("audit:events_read",)),
    (
        Items("/adminAudit/eventCategories", "eventCategories", _TEXT),
        Items("/adminAudit/events", "items", "admin_audit.list_events", count=20, paging="link"),
    ),
)

TOKENS = Area(
    Scopes(("identity:tokens_read",), ("identity:tokens_write",)),
    (
        Collection(
            name="authorization",
            list_template="/authorizations",
            list_key="items",
            list_shape="authorizations.list",
            item_template="/authorizations/{authorizationId}",
            id_type="AUTHORIZATION",
            name_field="applicationName",
            put=None,
            paging="none",
        ),
        Document(
            "/authorizations/tokenExpiry",
            fixed={"exp": lambda subject: int((subject.world.clock() + 43_200) * 1000)},
        ),
    ),
)

CALLS = Area(
    Scopes(("spark-admin:calling_cdr_read",)),
    (Items("/cdr_feed", "items", "cdr.get_cdr_history", count=20, paging="link"),),
)

REPORTS = Area(
    Scopes(("analytics:read_all",)),
    (
        Items(
            "/report/templates",
            "items",
            "reports.list_templates",
            count=3,
            fixed={"Id": by_index(130)},
        ),
        Collection(
            name="report",
            list_template="/reports",
            list_key="items",
            list_shape="reports.list",
            item_template="/reports/{reportId}",
            item_shape="reports.details",
            id_type="REPORT",
            name_field="title",
            fixed={"service": "Webex Calling", "status": "done"},
            # The documents show the report itself, the library reads a list of one: both are there.
            item_shown=lambda report: {**report, "items": [report]},
            create="/reports",
            body={"templateId!": int},
            created_status=200,
            put=None,
            paging="none",
        ),
    ),
)


def _contact_source(subject: Subject) -> str:
    del subject
    return "CH"


_CONTACTS = "/contacts/organizations/{orgId}/contacts"
CONTACTS = Area(
    Scopes(("Identity:contact",), ("Identity:contact", "identity:contacts_rw")),
    (
        Collection(
            name="contact",
            list_template=f"{_CONTACTS}/search",
            list_key="result",
            list_shape="org_contacts.list",
            item_template=f"{_CONTACTS}/{{contactId}}",
            item_shape="org_contacts.get",
            id_field="contactId",
            name_field="displayName",
            per_parent=3,
            fixed={
                "emails": None,
                "sipAddresses": None,
                "source": _contact_source,
                "orgId": lambda subject: uuid_of(subject.organisation.id),
            },
            create=_CONTACTS,
            body={"schemas!": str, "source!": ("CH", "Webex4Broadworks")},
            put=200,
            update_method="PATCH",
            paging="link",
            beside={"start": 0, "limit": 2000, "total": 3},
        ),
        Action("POST", f"{_CONTACTS}/bulk", 200, body={"schemas!": str, "contacts!": [{}]}),
        Action(
            "POST", f"{_CONTACTS}/bulk/delete", 200, body={"schemas!": str, "objectIds!": [str]}
        ),
    ),
)

_CLUSTER = _object(id=_TEXT, orgId=_TEXT, name=_TEXT, resourceGroupId=_TEXT)
_ALARM = _object(
    id=_TEXT,
    created=Shape(Kind.MOMENT),
    severity=Shape(Kind.CHOICE, choices=("critical", "warning", "alert", "error")),
    title=_TEXT,
    description=_TEXT,
    hybridConnectorId=_TEXT,
)
_CONNECTOR = _object(
    id=_TEXT,
    orgId=_TEXT,
    hybridClusterId=_TEXT,
    hostname=_TEXT,
    status=Shape(Kind.CHOICE, choices=("operational", "impaired", "outage", "maintenanceMode")),
    created=Shape(Kind.MOMENT),
    type=Shape(Kind.CHOICE, choices=("expresswayManagement", "calendar", "call", "videoMesh")),
    version=_TEXT,
    alarms=Shape(Kind.LIST, item=_ALARM),
)
HYBRID = Area(
    Scopes(("spark-admin:hybrid_clusters_read", "spark-admin:hybrid_connectors_read")),
    (
        Items("/hybrid/clusters", "items", _CLUSTER, count=2),
        Items("/hybrid/connectors", "items", _CONNECTOR, count=2),
    ),
)

_CLASSIFICATION = _object(
    id=_TEXT,
    rank=_WHOLE,
    title=_TEXT,
    enabled=_TRUTH,
    description=_TEXT,
    lastModified=Shape(Kind.MOMENT),
    orgId=_TEXT,
)
OPEN = Area(
    Scopes(),
    (
        Items("/classifications", "items", _CLASSIFICATION, count=4),
        Items("/resourceGroups", "items", _object(id=_TEXT, name=_TEXT, orgId=_TEXT), count=2),
        Document("/guests/count", fixed={"112": choice("guests", 0, 1, 2, 5)}),
        Items("/hotdesk/sessions", "items", "telephony.hotdesk.list_sessions", count=2),
        Document(
            "/identity/organizations/{orgId}",
            fixed={
                "schemas": ["urn:cisco:codev:identity:organization:core:1.0"],
                "id": lambda subject: uuid_of(subject.organisation.id),
                "displayName": lambda subject: subject.organisation.name,
                "preferredLanguage": "es_ES",
                "meta": {
                    "created": "2024-05-13T15:51:09.736Z",
                    "lastModified": "2026-05-16T12:25:16.739Z",
                    "version": 'W/"67863103533"',
                },
            },
        ),
        Collection(
            name="webhook",
            list_template="/webhooks",
            list_key="items",
            list_shape="webhook.list",
            item_template="/webhooks/{webhookId}",
            item_shape="webhook.details",
            id_type="WEBHOOK",
            fixed={"orgId": organisation_id, "status": "active"},
            create="/webhooks",
            created_status=200,
            body={"name!": str, "targetUrl!": str, "resource!": str, "event!": str},
            put=200,
            paging="link",
            default_page=100,
        ),
    ),
)


def _site(attribute: str) -> object:
    return lambda subject: getattr(subject.location, attribute)


SITES = Area(
    Scopes(("spark-admin:workspace_locations_read",), ("spark-admin:workspace_locations_write",)),
    (
        Items(
            "/workspaceLocations",
            "items",
            "workspace_locations.list",
            link="locations",
            count=1000,
        ),
        Document(
            "/workspaceLocations/{locationId}",
            "workspace_locations.details",
            fixed={
                "id": path_value("locationId"),
                "locationId": path_value("locationId"),
                "displayName": _site("name"),
                "countryCode": _site("country"),
                "cityName": _site("city"),
            },
        ),
    ),
)

AREAS = (RECORDINGS, AUDIT, TOKENS, CALLS, REPORTS, CONTACTS, HYBRID, OPEN, SITES)
