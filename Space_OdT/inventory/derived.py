"""Files computed from the exported ones, without any call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from Space_OdT.inventory.exports import is_true, read_rows, write_table

LICENSES_NO_PSTN = "licenses_no_pstn"
REQUIREMENTS = "v1_requirements_status"
DERIVED_COLUMNS = {
    LICENSES_NO_PSTN: ("entity_id", "entity_type", "license_id", "license_name", "is_pstn"),
    REQUIREMENTS: ("requirement_id", "status", "artifact", "details"),
}

_NO_PSTN_WORDS = ("NO PSTN", "NON PSTN", "SIN PSTN")
_HOLDER_COLUMNS = ("license_id", "person_id", "workspace_id", "member_id", "id")


def write_derived(folder: Path) -> dict[str, int]:
    """Write all derived files.

    Args:
        folder: Folder of the exports; what is missing counts as empty.

    Returns:
        Name -> rows.

    Raises:
        OSError: When the disk is full.
    """
    makers: dict[str, Callable[[Path], Iterator[dict[str, object]]]] = {
        LICENSES_NO_PSTN: _holders_without_pstn,
        REQUIREMENTS: _requirements,
    }
    return {
        name: write_table(folder, name, DERIVED_COLUMNS[name], make(folder))
        for name, make in makers.items()
    }


def is_pstn_licence(name: str) -> bool:
    """Tell whether the name of a licence speaks of PSTN.

    Args:
        name: Name of the licence.

    Returns:
        False when it says it is without PSTN, or does not mention it at all.
    """
    text = name.upper()
    return "PSTN" in text and not any(words in text for words in _NO_PSTN_WORDS)


def _holders_without_pstn(folder: Path) -> Iterator[dict[str, object]]:
    names = {
        row["license_id"]: row["sku_or_name"]
        for row in read_rows(folder / "licenses.csv", ("license_id", "sku_or_name"))
    }
    for row in read_rows(folder / "license_assigned_users.csv", _HOLDER_COLUMNS):
        name = names.get(row["license_id"], "")
        if is_pstn_licence(name):
            continue
        holder = row["person_id"] or row["workspace_id"] or row["member_id"] or row["id"]
        yield {
            "entity_id": holder,
            "entity_type": "workspace" if row["workspace_id"] else "user",
            "license_id": row["license_id"],
            "license_name": name,
            "is_pstn": False,
        }


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of the twenty V1 requirements.

    Attributes:
        name: Its id.
        artifacts: Where it is looked for, any one will do.
        columns: Columns of which one must be filled in some row; none means that a row is enough.
    """

    name: str
    artifacts: tuple[str, ...]
    columns: tuple[str, ...] = ()


_LOCATION_FIELDS = ("language", "address_1", "city", "state", "postal_code", "country")
MANUAL = Requirement("control_hub_validation", ("manual",))
REQUIREMENT_LIST: tuple[Requirement, ...] = (
    Requirement(
        "call_queue_details_names",
        ("call_queue_agents",),
        ("first_name", "last_name", "member_id"),
    ),
    Requirement("call_queue_forwarding", ("call_queue_forwarding",)),
    Requirement("groups_list", ("groups",)),
    Requirement("group_member_info", ("group_members",)),
    Requirement("group_id", ("group_members",), ("group_id",)),
    Requirement("licenses_no_pstn", (LICENSES_NO_PSTN,)),
    Requirement("location_calling_enabled", ("calling_locations",)),
    Requirement("api_orgid_locationid_validation", ("calling_locations_details",)),
    Requirement("route_group_id", ("location_pstn_connection",), ("route_group_id",)),
    Requirement("connection_type", ("location_pstn_connection",), ("connection_type",)),
    *(Requirement(f"locations_{column}", ("locations",), (column,)) for column in _LOCATION_FIELDS),
    Requirement("users_webex_calling", ("people",), ("webex_calling_enabled", "location_id")),
    Requirement("workspace_id", ("workspaces",), ("workspace_id",)),
    Requirement("direct_number", ("person_numbers", "workspace_numbers")),
    MANUAL,
)
"""The V1 requirements in the order they are reported."""


def _requirements(folder: Path) -> Iterator[dict[str, object]]:
    for requirement in REQUIREMENT_LIST:
        met, details = _judge(folder, requirement)
        yield {
            "requirement_id": requirement.name,
            "status": "ok" if met else "missing",
            "artifact": ", ".join(requirement.artifacts),
            "details": details,
        }


def _judge(folder: Path, requirement: Requirement) -> tuple[bool, str]:
    if requirement is MANUAL:
        return False, "to be checked by hand in Control Hub; no API tells"
    wanted = " or ".join(requirement.columns)
    for artifact in requirement.artifacts:
        for row in read_rows(folder / f"{artifact}.csv", requirement.columns or ("raw_json",)):
            if not requirement.columns or _any_filled(row):
                return True, f"{wanted} found in {artifact}" if wanted else f"{artifact} has rows"
    places = " and ".join(requirement.artifacts)
    return False, f"no row of {places} has {wanted}" if wanted else f"{places}: no rows"


def _any_filled(row: Mapping[str, str]) -> bool:
    """A flag that is False says that something is not there."""
    return any(is_true(value) or value not in {"", "False"} for value in row.values())
