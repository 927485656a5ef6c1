"""The SDK's records exported to the same CSV and JSON files, as its users would write them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from wxc_sdk.as_api import AsWebexSimpleApi
from wxc_sdk.base import ApiModel
from wxc_sdk.people import Person
from wxc_sdk.telephony import NumberListPhoneNumber

from bench.peers.reads import NUMBERS_PAGE, SdkReads

PEOPLE = "people", "people.list"
NUMBERS = "numbers", "telephony.phone_numbers"
CALLING = "webex calling"

Row = Mapping[str, Any]


class SdkExports(SdkReads):
    """People and numbers read by wxc_sdk's async client, written with the usual tools.

    The row encoder is the faster one of those at hand: pydantic's own for the raw object, orjson
    for the JSON file. The `csv` module of the standard library writes the CSV.
    """

    def __init__(self, base_url: str, token: str, folder: Path, concurrency: int) -> None:
        super().__init__(base_url, token, folder, concurrency)
        self.folder = folder

    async def _lists(self, api: AsWebexSimpleApi) -> list[str | None]:
        calling = {
            licence.license_id
            for licence in await api.licenses.list()
            if licence.name.casefold().startswith(CALLING)
        }
        people = [person async for person in api.people.list_gen(calling_data=True)]
        self._write(*PEOPLE, [person_row(person, calling) for person in people], people)
        numbers = [one async for one in api.telephony.phone_numbers_gen(max=NUMBERS_PAGE)]
        self._write(*NUMBERS, [number_row(one) for one in numbers], numbers)
        return [person.person_id for person in people if person.location_id]

    def _write(self, name: str, method: str, rows: list[dict[str, Any]], raw: list[Any]) -> None:
        complete = [row | tail(method, one) for row, one in zip(rows, raw, strict=True)]
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, complete[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(complete)
        (self.folder / f"{name}.json").write_bytes(
            orjson.dumps(complete, option=orjson.OPT_INDENT_2)
        )


def tail(method: str, record: ApiModel) -> dict[str, Any]:
    """Make the columns that every file ends with.

    Args:
        method: SDK method that read the record.
        record: The record.

    Returns:
        Where it comes from, its keys, and the whole record.
    """
    return {
        "source_method": method,
        "raw_keys": ",".join(sorted(record.model_fields_set)),
        "raw_json": record.model_dump_json(by_alias=True, exclude_unset=True),
    }


def person_row(person: Person, calling: set[str]) -> dict[str, Any]:
    """Make the documented columns of a person.

    Args:
        person: As the SDK parsed it.
        calling: Ids of the Calling licences.

    Returns:
        The columns, the common tail aside.
    """
    licences = person.licenses or []
    return {
        "person_id": person.person_id,
        "email": person.emails[0] if person.emails else None,
        "display_name": person.display_name,
        "status": person.status,
        "roles": ";".join(person.roles or []),
        "licenses": ";".join(licences),
        "location_id": person.location_id,
        "webex_calling_enabled": not calling.isdisjoint(licences),
    }


def number_row(number: NumberListPhoneNumber) -> dict[str, Any]:
    """Make the documented columns of a number.

    Args:
        number: As the SDK parsed it.

    Returns:
        The columns, the common tail aside.
    """
    owner, location = number.owner, number.location
    name = f"{owner.first_name or ''} {owner.last_name or ''}".strip() if owner else None
    return {
        "phone_number": number.phone_number,
        "extension": number.extension,
        "esn": number.esn,
        "state": number.state,
        "phone_number_type": number.phone_number_type,
        "main_number": number.main_number,
        "location_id": location.id if location else None,
        "location_name": location.name if location else None,
        "owner_id": owner.owner_id if owner else None,
        "owner_type": owner.owner_type if owner else None,
        "owner_name": name,
    }
