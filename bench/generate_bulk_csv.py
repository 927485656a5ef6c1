"""Write a synthetic input for the bulk run: any size, from a seed, as dirty as wanted."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

Row = dict[str, str]

COMMON = ["entity_type", "location_key"]
LOCATION = [
    "location_name",
    "location_external_id",
    "time_zone",
    "preferred_language",
    "announcement_language",
    "address_line1",
    "address_city",
    "address_state",
    "address_postal_code",
    "address_country",
    "pstn_connection_type",
    "premise_route_type",
    "premise_route_name",
]
PERSON = ["email", "calling_enabled", "calling_license", "extension", "phone_number"]
SETTINGS = [
    "calling_settings_forward_always_destination",
    "calling_settings_voicemail_enabled",
    "calling_settings_caller_id",
    "calling_settings_call_waiting_enabled",
]
IDENTITY = ["display_name"]
CITIES = (
    ("Barcelona", "Barcelona", "08001"),
    ("Girona", "Girona", "17001"),
    ("Lleida", "Lleida", "25001"),
    ("Tarragona", "Tarragona", "43001"),
    ("Madrid", "Madrid", "28001"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to generate.

    Attributes:
        locations: Location rows.
        users: User rows.
        assignments: Assignment rows, for the first so many people.
        seed: Same seed, same file.
        dirty_share: Part of the rows that are damaged, each in one way.
        settings_share: Part of the assignment rows that ask for calling settings.
        phone_share: Part of the assignment rows that have a number beside the extension.
        emails: Addresses to use before made-up ones, as those of an existing organisation.
        route: Name of the route group of every location, "" for none.
        licence: Name of the licence of every user, "" for the default.
        row_refs: Whether every row has a reference of its own.
    """

    locations: int = 200
    users: int = 10_400
    assignments: int = 10_400
    seed: int = 1
    dirty_share: float = 0.0
    settings_share: float = 0.0
    phone_share: float = 0.5
    emails: Sequence[str] = ()
    route: str = ""
    licence: str = "Webex Calling - Professional"
    row_refs: bool = False


def columns(plan: Plan) -> list[str]:
    """List the columns a plan needs.

    Args:
        plan: What to generate.

    Returns:
        The header.
    """
    settings = SETTINGS if plan.settings_share else []
    row_ref = ["row_ref"] if plan.row_refs else []
    return [
        *COMMON,
        *row_ref,
        *LOCATION,
        *PERSON,
        *settings,
        *(IDENTITY if plan.dirty_share else []),
    ]


def rows(plan: Plan) -> Iterator[Row]:
    """Generate the rows: locations, users, assignments.

    Args:
        plan: What to generate.

    Yields:
        One dictionary a row; blank cells are left out.
    """
    rng = Random(plan.seed)
    dirt = Random(plan.seed + 1)
    for number, row in enumerate(_clean_rows(plan, rng), start=1):
        if plan.row_refs:
            row["row_ref"] = f"R{number:07d}"
        if plan.dirty_share and dirt.random() < plan.dirty_share:
            dirt.choice(DIRT[row["entity_type"]])(row)
        yield row


def _clean_rows(plan: Plan, rng: Random) -> Iterator[Row]:
    for index in range(plan.locations):
        yield _location(index, rng, plan.route)
    for index in range(plan.users):
        yield {
            "entity_type": "user",
            "location_key": _site(index, plan),
            "email": _email(index, plan),
            "calling_enabled": "true",
            "calling_license": plan.licence,
        }
    for index in range(plan.assignments):
        row = {
            "entity_type": "extension_assignment",
            "location_key": _site(index, plan),
            "email": _email(index, plan),
            "extension": str(80_000_000 + index),
        }
        if rng.random() < plan.phone_share:
            row["phone_number"] = f"+348{10_000_000 + index:08d}"
        if rng.random() < plan.settings_share:
            row.update(_settings(index, rng))
        yield row


def _location(index: int, rng: Random, route: str) -> Row:
    city, state, postal = CITIES[index % len(CITIES)]
    row = {
        "entity_type": "location",
        "location_name": f"{city} Bulk {index + 1:05d}",
        "location_external_id": f"S-{index + 1:05d}",
        "time_zone": "Europe/Madrid",
        "preferred_language": "es_es",
        "announcement_language": "ca_es" if index % 2 else "es_es",
        "address_line1": f"Calle Mayor {rng.randint(1, 240)}",
        "address_city": city,
        "address_state": state,
        "address_postal_code": postal,
        "address_country": "ES",
    }
    if route:
        row |= {
            "pstn_connection_type": "LOCAL_GATEWAY",
            "premise_route_type": "ROUTE_GROUP",
            "premise_route_name": route,
        }
    return row


def _site(index: int, plan: Plan) -> str:
    return f"S-{index % max(1, plan.locations) + 1:05d}"


def _email(index: int, plan: Plan) -> str:
    return plan.emails[index] if index < len(plan.emails) else f"person{index:07d}@example.com"


def _settings(index: int, rng: Random) -> Row:
    chosen: Row = {
        "calling_settings_forward_always_destination": f"53{index:07d}",
        "calling_settings_voicemail_enabled": rng.choice(("true", "false")),
        "calling_settings_caller_id": rng.choice(("DIRECT_LINE", "LOCATION_NUMBER")),
        "calling_settings_call_waiting_enabled": rng.choice(("true", "false")),
    }
    return dict(rng.sample(sorted(chosen.items()), rng.randint(1, len(chosen))))


def _set(column: str, value: str) -> Callable[[Row], None]:
    def spoil(row: Row) -> None:
        row[column] = value

    return spoil


def _respell(row: Row) -> None:
    """Change only the spelling, so that the row stays good after normalisation."""
    column = "email" if "email" in row else "location_name"
    row[column] = f"  {row[column].upper() if column == 'email' else row[column]} "


_ANY: tuple[Callable[[Row], None], ...] = (
    _respell,
    _set("entity_type", "usr"),
    _set("display_name", "Ana Example"),
)
_PERSON: tuple[Callable[[Row], None], ...] = (
    *_ANY,
    _set("email", "not-an-address"),
    _set("email", "person0000001@example.com"),
    _set("location_key", ""),
)
# One of these damages a dirty row; the first leaves it good after normalisation.
DIRT: dict[str, tuple[Callable[[Row], None], ...]] = {
    "location": (
        *_ANY,
        _set("time_zone", "Europe/Nowhere"),
        _set("address_postal_code", "8001"),
        _set("address_country", "Spain"),
    ),
    "user": (*_PERSON, _set("entity_type", " USER"), _set("calling_enabled", "perhaps")),
    "extension_assignment": (
        *_PERSON,
        _set("extension", "1.4E+07"),
        _set("extension", "01-feb"),
        _set("extension", "80000001"),
        _set("phone_number", "1.4E+10"),
        _set("phone_number", "910000001"),
        _set("phone_number", "34910000001"),
    ),
}


def write(path: Path, plan: Plan) -> int:
    """Write a file.

    Args:
        path: Where to.
        plan: What to generate.

    Returns:
        The number of rows.
    """
    header = columns(plan)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows(plan):
            writer.writerow([row.get(name, "") for name in header])
            count += 1
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and write the file.

    Args:
        arguments: Words of the command line; those of the process when None.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    for name in ("locations", "users", "assignments", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Plan(), name))
    for name in ("dirty-share", "settings-share", "phone-share"):
        default = getattr(Plan(), name.replace("-", "_"))
        parser.add_argument(f"--{name}", type=float, default=default)
    parser.add_argument("--emails", type=Path, help="file with one address a line")
    parser.add_argument("--route", default="", help="name of an existing route group")
    parser.add_argument("--licence", default=Plan().licence)
    parser.add_argument("--row-refs", action="store_true", help="give every row a reference")
    chosen = parser.parse_args(arguments)
    emails = chosen.emails.read_text(encoding="utf-8").split() if chosen.emails else ()
    options = {name: value for name, value in vars(chosen).items() if name != "output"}
    count = write(chosen.output, Plan(**{**options, "emails": emails}))
    sys.stdout.write(f"{count} rows in {chosen.output}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
