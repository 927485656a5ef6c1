"""The same provisioning by a competent asyncio script on wxc_sdk: look up, compare, write."""

from __future__ import annotations

import asyncio
import csv
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wxc_sdk.as_api import AsWebexSimpleApi
from wxc_sdk.licenses import LicenseProperties, LicenseRequest
from wxc_sdk.locations import Location
from wxc_sdk.people import Person

from bench.peers.reads import redirected

Row = dict[str, str]


@dataclass(slots=True)
class Tally:
    """What became of the rows.

    Attributes:
        ends: How rows ended -> how many.
        errors: The first messages.
    """

    ends: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


class Peer:
    """One run of the script.

    Args:
        api: The SDK.
        rows: Rows of the input.
        concurrency: Rows at a time.
    """

    def __init__(self, api: AsWebexSimpleApi, rows: list[Row], concurrency: int) -> None:
        self.api = api
        self.rows = rows
        self.concurrency = concurrency
        self.tally = Tally()
        self.locations: dict[str, str] = {}
        self.licence = ""
        self.known: dict[str, str] = {}
        self.route = ("", "")
        self.lines = {
            row["email"]: row for row in rows if row["entity_type"] == "extension_assignment"
        }
        self.numbers: dict[str, list[str]] = {}
        for row in self.lines.values():
            if row["phone_number"]:
                self.numbers.setdefault(row["location_key"], []).append(row["phone_number"])

    async def run(self) -> None:
        """Locations first, then people, then their lines."""
        await self._prepare()
        for kind, work in (
            ("location", self._location),
            ("user", self._user),
            ("extension_assignment", self._assignment),
        ):
            await self._each([row for row in self.rows if row["entity_type"] == kind], work)

    async def _prepare(self) -> None:
        licences = await self.api.licenses.list()
        self.licence = next(one.license_id for one in licences if one.webex_calling_professional)
        async for route in self.api.telephony.route_choices_gen():
            if route.name == "RG_PRE":
                self.route = (route.route_type, route.route_id)
        self.known = {one.name: one.location_id for one in await self.api.locations.list()}

    async def _each(self, rows: Iterable[Row], work: Callable[[Row], Awaitable[None]]) -> None:
        queue = iter(rows)

        async def drain() -> None:
            for row in queue:
                try:
                    await work(row)
                except Exception as error:  # noqa: BLE001 - a script goes on with the next row
                    self.tally.ends["failed"] += 1
                    self.tally.errors.append(f"{type(error).__name__}: {error}"[:200])
                else:
                    self.tally.ends["done"] += 1

        await asyncio.gather(*(drain() for _ in range(self.concurrency)))

    async def _location(self, row: Row) -> None:
        name, external_id = row["location_name"], row["location_external_id"]
        location_id = self.known.get(name)
        telephony = self.api.telephony
        if location_id is None:
            location_id = await self.api.locations.create(
                name=name,
                time_zone=row["time_zone"],
                preferred_language=row["preferred_language"],
                announcement_language=row["announcement_language"],
                address1=row["address_line1"],
                city=row["address_city"],
                state=row["address_state"],
                postal_code=row["address_postal_code"],
                country=row["address_country"],
            )
            await telephony.location.enable_for_calling(
                Location.model_validate(
                    {
                        "id": location_id,
                        "name": name,
                        "timeZone": row["time_zone"],
                        "preferredLanguage": row["preferred_language"],
                        "announcementLanguage": row["announcement_language"],
                        "address": {
                            "address1": row["address_line1"],
                            "city": row["address_city"],
                            "state": row["address_state"],
                            "postalCode": row["address_postal_code"],
                            "country": row["address_country"],
                        },
                    }
                )
            )
        self.locations[external_id] = location_id
        if self.route[1]:
            kind, route_id = self.route
            await telephony.pstn.configure(
                location_id, premise_route_type=kind, premise_route_id=route_id
            )
        if numbers := self.numbers.get(external_id):
            await telephony.location.number.add(location_id, numbers)

    async def _person(self, email: str) -> Person:
        return (await self.api.people.list(email=email, calling_data=True))[0]

    async def _user(self, row: Row) -> None:
        person = await self._person(row["email"])
        if self.licence in person.licenses:
            return
        line = self.lines[row["email"]]
        properties = LicenseProperties(
            location_id=self.locations[line["location_key"]],
            extension=line["extension"] or None,
            phone_number=line["phone_number"] or None,
        )
        await self.api.licenses.assign_licenses_to_users(
            person_id=person.person_id,
            licenses=[LicenseRequest(id=self.licence, properties=properties)],
        )

    async def _assignment(self, row: Row) -> None:
        person = await self._person(row["email"])
        if person.extension == row["extension"]:
            return
        person.extension = row["extension"]
        await self.api.people.update(person, calling_data=True)


async def _work(base_url: str, token: str, path: Path, concurrency: int) -> dict[str, Any]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1

    made = AsWebexSimpleApi(tokens=token, concurrent_requests=concurrency)
    async with redirected(made, base_url, count) as api:
        peer = Peer(api, rows, concurrency)
        began = time.perf_counter()
        await peer.run()
        wall = time.perf_counter() - began
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall": wall,
        "calls": calls,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        "rows": dict(peer.tally.ends),
        "errors": peer.tally.errors[:3],
    }


def main() -> None:
    """Provision a file, print the figures as JSON."""
    base_url, token, path, concurrency = sys.argv[1:5]
    figures = asyncio.run(_work(base_url, token, Path(path), int(concurrency)))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
