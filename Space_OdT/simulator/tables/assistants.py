"""AI receptionists and their knowledge bases."""

from __future__ import annotations

from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Area, Collection, Document, Items, Scopes
from Space_OdT.simulator.generated.makers import (
    location_id,
    own_esn,
    own_extension,
    path_value,
)
from Space_OdT.simulator.tables.scopes import TELEPHONY

T = "/telephony/config"
L = f"{T}/locations/{{locationId}}"
R = f"{L}/aiReceptionists/{{aiReceptionistId}}"
SDK = "telephony.ai_receptionists"


def _location_name(subject: Subject) -> str:
    return subject.location.name


RECEPTIONISTS = Area(
    TELEPHONY,
    (
        Collection(
            name="receptionist",
            list_template=f"{T}/aiReceptionists",
            list_key="aiReceptionists",
            list_shape=f"{SDK}.list",
            item_template=R,
            item_shape=f"{SDK}.details",
            id_type="AI_RECEPTIONIST",
            where="location",
            per_parent=1,
            every=3,
            fixed={
                "locationId": location_id,
                "locationName": _location_name,
                "phoneNumber": None,
                "alternateNumbers": (),
                "extension": own_extension,
                "esn": own_esn,
            },
            create=f"{L}/aiReceptionists",
            body={"name!": str},
            paging="none",
        ),
        Collection(
            name="intent",
            list_template=f"{R}/intents",
            list_key="intents",
            list_shape=f"{SDK}.intents",
            item_template=f"{R}/intents/{{intentId}}",
            item_shape=f"{SDK}.get_intent",
            id_type="AI_INTENT",
            create=f"{R}/intents",
            body={"name!": str},
            paging="none",
        ),
        Collection(
            name="template",
            list_template=f"{T}/aiReceptionists/templates",
            list_key="templates",
            list_shape=f"{SDK}.templates",
            item_template=f"{T}/aiReceptionists/templates/{{templateId}}",
            item_shape=f"{SDK}.get_template",
            id_type="AI_TEMPLATE",
            put=None,
            deletable=False,
            paging="none",
        ),
        Items(f"{L}/aiReceptionists/voices", "aiEngines", f"{SDK}.voices", count=2),
        Collection(
            name="base",
            list_template=f"{T}/knowledgeBases",
            list_key="knowledgeBases",
            list_shape=f"{SDK}.knowledge_bases",
            item_template=f"{T}/knowledgeBases/{{knowledgeBaseId}}",
            item_shape=f"{SDK}.get_knowledge_base",
            id_type="KNOWLEDGE_BASE",
            create=f"{T}/knowledgeBases",
            body={"name!": str},
            paging="none",
        ),
        Collection(
            name="document",
            list_template=f"{T}/knowledgeBases/{{knowledgeBaseId}}/documents",
            list_key="documents",
            list_shape=f"{SDK}.list_knowledge_base_documents",
            item_template=f"{T}/knowledgeBases/{{knowledgeBaseId}}/documents/{{documentId}}",
            item_shape=f"{SDK}.get_knowledge_base_document",
            id_type="KNOWLEDGE_BASE_DOCUMENT",
            put=None,
            paging="none",
        ),
    ),
)

SESSIONS = Area(
    Scopes(),
    (
        Document("/aiReceptionists/{aiReceptionistId}/sessions", f"{SDK}.sessions"),
        Document(
            "/aiReceptionists/{aiReceptionistId}/sessions/{sessionId}/transcripts",
            f"{SDK}.session_transcripts",
            fixed={"session_id": path_value("sessionId")},
        ),
    ),
)

AREAS = (RECEPTIONISTS, SESSIONS)
