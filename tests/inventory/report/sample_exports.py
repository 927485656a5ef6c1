"""Synthetic exports of any size from a seed, with the hostile texts that real directories hold."""

from __future__ import annotations

import base64
import csv
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from Space_OdT.inventory.columns import COLUMN_SETS, TAIL
from Space_OdT.inventory.manifest import DERIVED, MANIFEST, Artifact, Group
from Space_OdT.inventory.report import ArtifactInfo, ReportContext

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "Quote \" and ' & ampersand",
    '=HYPERLINK("evil","click")',
    "two\nlines, and a comma",
    "line\u2028separator\u2029here",
    "محمد عبد الله",
    "שרה כהן",
    "山田 太郎",
    "Ñuño Ávila-Öström",
    "{{ 7*7 }} {% raw %}",
    "bell\x07 and null-ish",
)
CITIES = (
    "Madrid Centro",
    "Barcelona Diagonal",
    "Valencia Puerto",
    "Sevilla Cartuja",
    "Bilbao Abando",
    "Zaragoza Delicias",
    "Málaga Este",
    "Murcia",
    "Palma",
    "Las Palmas de Gran Canaria",
    "A Coruña",
    "Vigo <Porto>",
    "Gijón",
    "Valladolid & Campo",
    "Alicante",
    "Córdoba",
    "Granada",
    "Oviedo",
    "Pamplona / Iruña",
    "Donostia",
    "الدار البيضاء",
    "Santander",
    "Toledo",
    "Badajoz",
)
FIRST = ("Ana", "Luis", "María", "José", "Íñigo", "Núria", "Aitor", "Zoë", "Sören", "Chloé")
LAST = ("García", "López", "Núñez", "O'Hara", "Müller", "Peña", "Sáez", "Ibáñez", "Roig", "Ødegård")
KINDS = ("meetingRoom", "huddle", "focus", "open", "desk", "other", "notSet")
FORBIDDEN = "location_pstn_connection"
FAILED = "workspace_permissions_out"
PARTIAL = "workspace_devices"
EMPTY = ("virtual_extension_ranges", "virtual_extension_range_details", "person_out_access_codes")
NOT_ENTITLED = "call_queue_settings"
SKIPPED = "group_members"
MISSING_SCOPE = "spark-admin:telephony_pstn_read"
STATUS_COLUMNS = (
    "module",
    "method",
    "result",
    "http_status",
    "error",
    "count",
    "elapsed_ms",
    "calls",
    "failures",
    "failure_reasons",
    "not_entitled",
    "not_configured",
    "missing_scope",
    "served_by",
    "read_at",
)

FAILURE_COLUMNS = ("module", "person_id", "reason", "http_status", "message", "tracking_id")


@dataclass
class Truth:
    """What the generator put into the files."""

    people: int = 0
    calling: int = 0
    by_location: Counter[str] = field(default_factory=Counter)
    locations: int = 0
    calling_locations: int = 0
    workspaces: int = 0
    calling_workspaces: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)
    numbers_by_location: dict[str, Counter[str]] = field(default_factory=dict)
    licences: list[tuple[str, int, int]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)


def webex_id(kind: str, number: int) -> str:
    return base64.b64encode(f"ciscospark://us/{kind}/{number:032x}".encode()).decode().rstrip("=")


def sample_context(**changes: Any) -> ReportContext:
    infos = [ArtifactInfo(a.artifact, a.description, a.group) for a in MANIFEST]
    infos += [ArtifactInfo(name, about, Group.DERIVED) for name, about in DERIVED.items()]
    known = {
        "organisation_name": "Ibérica de Servicios & Energía <S.A.>",
        "organisation_id": webex_id("ORGANIZATION", 7),
        "generated_at": datetime(2025, 3, 9, 14, 5, 33, tzinfo=UTC),
        "tool_version": "0.1.0",
        "artifacts": tuple(infos),
        "calls": 1234,
        "retries": 3,
        "seconds": 187.0,
    }
    return ReportContext(**(known | changes))


class SampleExports:
    """Writes one export folder."""

    def __init__(
        self, folder: Path, people: int, seed: int = 1, *, perfect: bool = False, padding: int = 0
    ) -> None:
        self.folder = folder
        self.size = people
        self.random = random.Random(seed)
        self.perfect = perfect
        self.padding = padding
        self.truth = Truth()
        self.status: list[dict[str, Any]] = []

    def write(self) -> Truth:
        self.folder.mkdir(parents=True, exist_ok=True)
        sites = max(3, min(len(CITIES), self.size // 40))
        self.sites = [(webex_id("LOCATION", n), CITIES[n]) for n in range(sites)]
        writers = {
            "people": self._people,
            "locations": self._locations,
            "licenses": self._licences,
            "workspaces": self._workspaces,
            "numbers": self._numbers,
            "calling_locations": self._calling_locations,
        }
        for artifact in MANIFEST:
            rows = writers.get(artifact.artifact, lambda a=artifact: self._generic(a))()
            self._write(artifact, rows)
        self._derived()
        self._table("status", STATUS_COLUMNS, self.status)
        self._table("status_failures", FAILURE_COLUMNS, self._failures())
        return self.truth

    def _text(self, usual: str, one_in: int = 25) -> str:
        return self.random.choice(HOSTILE) if self.random.randrange(one_in) == 0 else usual

    def _people(self) -> list[dict[str, Any]]:
        weights = [1 / (n + 1) for n in range(len(self.sites))]
        rows = []
        for number in range(self.size):
            calling = self.random.random() < 0.86
            place = self.random.choices(self.sites, weights)[0] if calling else ("", "")
            name = f"{self.random.choice(FIRST)} {self.random.choice(LAST)}"
            rows.append(
                {
                    "person_id": webex_id("PEOPLE", number),
                    "email": f"user{number:05}@example.com",
                    "display_name": self._text(name),
                    "status": self.random.choice(("active", "inactive")),
                    "roles": "",
                    "licenses": ";".join(webex_id("LICENSE", n) for n in range(3)),
                    "location_id": place[0],
                    "webex_calling_enabled": calling,
                    "raw": {
                        "firstName": name,
                        "phoneNumbers": [{"type": "work", "value": "+34600000000"}],
                    },
                }
            )
            self.truth.calling += calling
            self.truth.by_location[place[1]] += 1
        self.truth.people = self.size
        return rows

    def _locations(self) -> list[dict[str, Any]]:
        self.truth.locations = len(self.sites)
        return [
            {
                "location_id": id_,
                "name": name,
                "timezone": "Europe/Madrid",
                "city": name,
                "country": "ES",
            }
            for id_, name in self.sites
        ]

    def _calling_locations(self) -> list[dict[str, Any]]:
        self.truth.calling_locations = len(self.sites) - 1
        return [{"location_id": id_ + "=", "name": name} for id_, name in self.sites[1:]]

    def _licences(self) -> list[dict[str, Any]]:
        size = self.size
        self.truth.licences = [
            ("Webex Calling - Professional", int(size * 0.86), int(size * 1.1)),
            ("Webex Calling - Workspaces", size // 12, size // 10 + 1),
            ("Webex Calling - Standard", size // 5 + 3, size // 5),
            ("Messaging", size, int(size * 1.2)),
            ("Meeting - Webex Meetings Suite", size // 2, size),
            ("Cloud Connected Audio (SIN PSTN)", 0, 50),
            ("Advanced Messaging", size // 3, 0),
        ]
        return [
            {
                "license_id": webex_id("LICENSE", n),
                "sku_or_name": name,
                "consumed_units": used,
                "total_units": bought,
            }
            for n, (name, used, bought) in enumerate(self.truth.licences)
        ]

    def _workspaces(self) -> list[dict[str, Any]]:
        rows = []
        for number in range(max(4, self.size // 9)):
            kind, calling = self.random.choice(KINDS), self.random.random() < 0.6
            self.truth.kinds[kind] += 1
            self.truth.calling_workspaces += calling
            rows.append(
                {
                    "id": webex_id("PLACE", number),
                    "workspace_id": webex_id("PLACE", number),
                    "name": self._text(f"Sala {number}"),
                    "location_id": self.random.choice(self.sites)[0],
                    "extension": f"0{number:04}",
                    "webex_calling_enabled": calling,
                    "raw": {"type": kind},
                }
            )
        self.truth.workspaces = len(rows)
        return rows

    def _numbers(self) -> list[dict[str, Any]]:
        rows = []
        for number in range(int(self.size * 1.5)):
            place = self.random.choice(self.sites)
            state = self.random.choices(("in_use", "free", "inactive"), (6, 3, 1))[0]
            extension_only = number % 10 == 0
            if not extension_only:
                self.truth.numbers[state] += 1
                self.truth.numbers_by_location.setdefault(place[1], Counter())[state] += 1
            rows.append(
                {
                    "phone_number": "" if extension_only else f"+3491{number:07}",
                    "extension": f"{number:05}",
                    "state": "INACTIVE" if state == "inactive" else "ACTIVE",
                    "location_id": place[0],
                    "location_name": place[1],
                    "owner_id": webex_id("PEOPLE", number) if state == "in_use" else "",
                    "owner_type": "PEOPLE" if state == "in_use" else "",
                }
            )
        return rows

    def _generic(self, artifact: Artifact) -> list[dict[str, Any]]:
        name = artifact.artifact
        gone = (FORBIDDEN, FAILED, NOT_ENTITLED, SKIPPED)
        if artifact.no_api or name in EMPTY or (not self.perfect and name in gone):
            return []
        count = self.size if name.startswith(("person_", "people_")) else max(2, self.size // 15)
        return [
            {
                "id": webex_id("FEATURE", n),
                "location_id": self.random.choice(self.sites)[0],
                "person_id": webex_id("PEOPLE", n),
                "name": self._text(f"{name} {n}"),
                "direct_number": f"+3491{n:07}",
                "raw": {
                    "enabled": bool(n % 2),
                    "rings": n % 7,
                    "note": self._text("plain"),
                    "nested": {"deep": [1, 2, n]},
                    "pad": "x" * self.padding,
                },
            }
            for n in range(count)
        ]

    def _write(self, artifact: Artifact, rows: list[dict[str, Any]]) -> None:
        name = artifact.artifact
        self.truth.rows[name] = len(rows)
        columns = (*COLUMN_SETS[artifact.columns], *artifact.extra, *TAIL)
        for row in rows:
            raw = {"id": row.get("id", ""), "name": row.get("name", "")} | row.pop("raw", {})
            row |= {
                "source_method": artifact.method,
                "raw_keys": ",".join(sorted(raw)),
                "raw_json": json.dumps(raw, sort_keys=True, ensure_ascii=False),
            }
        self._table(name, columns, rows)
        self.status.append(self._status(artifact, len(rows)))

    def _status(self, artifact: Artifact, count: int) -> dict[str, Any]:
        name = artifact.artifact
        record = {
            "module": name,
            "method": artifact.method,
            "result": "ok" if count else "empty",
            "count": count,
            "elapsed_ms": count * 3 + 41,
            "calls": max(1, count),
            "failures": 0,
            "read_at": "2025-03-09T14:00:00+00:00",
        }
        if artifact.no_api:
            record |= {"result": "no_api", "error": artifact.no_api, "calls": 0, "elapsed_ms": 0}
        elif artifact.served_by:
            record |= {"served_by": artifact.served_by.artifact, "calls": 0}
        return record if self.perfect else record | TROUBLES.get(name, {})

    def _derived(self) -> None:
        rows = [
            {
                "entity_id": webex_id("PEOPLE", n),
                "entity_type": "user",
                "license_id": webex_id("LICENSE", 3),
                "license_name": "Messaging",
                "is_pstn": False,
            }
            for n in range(min(self.size, 40))
        ]
        columns = ("entity_id", "entity_type", "license_id", "license_name", "is_pstn")
        self._table("licenses_no_pstn", columns, rows)
        names = ("group_id", "route_group_id", "direct_number", "control_hub_validation")
        checks = [
            {
                "requirement_id": name,
                "status": "missing" if name == names[-1] else "ok",
                "artifact": "manual" if name == names[-1] else "groups",
                "details": "",
            }
            for name in names
        ]
        columns = ("requirement_id", "status", "artifact", "details")
        self._table("v1_requirements_status", columns, checks)
        self.truth.rows |= {"licenses_no_pstn": len(rows), "v1_requirements_status": len(checks)}

    def _failures(self) -> list[dict[str, Any]]:
        return [
            {"module": record["module"], "reason": "refused", "http_status": record["http_status"]}
            | {
                "person_id": webex_id("PEOPLE", n),
                "message": record["error"],
                "tracking_id": f"T{n}",
            }
            for record in self.status
            for n in range(int(record["failures"]))
        ]

    def _table(self, name: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        kept = [{column: row.get(column, "") for column in columns} for row in rows]
        text = json.dumps(kept, indent=2, ensure_ascii=False)
        (self.folder / f"{name}.json").write_text(text, encoding="utf-8")


TROUBLES: dict[str, dict[str, Any]] = {
    FORBIDDEN: {
        "result": "forbidden",
        "http_status": 403,
        "missing_scope": MISSING_SCOPE,
        "failures": 3,
        "error": "The access token lacks a scope <b>for this</b>",
    },
    FAILED: {
        "result": "failed",
        "http_status": 502,
        "failures": 4,
        "error": 'Bad gateway </script><script>alert("x")</script> (trackingId ROUTER_5F)',
    },
    PARTIAL: {"http_status": 405, "failures": 2, "error": "25409: not a Professional workspace"},
    NOT_ENTITLED: {
        "result": "not_entitled",
        "http_status": 404,
        "error": "Not enabled for Calling",
    },
    SKIPPED: {"result": "skipped", "calls": 0, "error": "Skipped by --skip-group-members"},
}
