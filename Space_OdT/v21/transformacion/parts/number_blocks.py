"""Blocks of numbers of a location: where each is, what was refused, what a run shows of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from Space_OdT.engine.action_model import Call, PendingError
from Space_OdT.engine.bulk.location_work import KEEPS_NUMBERS
from Space_OdT.v21.transformacion.parts import steps_location as steps
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Location, Number, number_key
from Space_OdT.webex.sources import Kind

ACTIVE = "ACTIVE"
CONNECTION = "pstnConnectionType"
_SHOWN = 10
_FEW = 3
_PAGES = 50
_NONE_YET = 404


@dataclass(slots=True)
class Placed:
    """Where the numbers of a row are.

    Attributes:
        here: Those of the location, by number.
        elsewhere: Those of other locations, by number.
        nowhere: Those no location has.
    """

    here: dict[str, Number] = field(default_factory=dict)
    elsewhere: dict[str, Number] = field(default_factory=dict)
    nowhere: list[str] = field(default_factory=list)

    def put(self, number: str, known: Number | None, location: Location) -> None:
        """Sort a number.

        Args:
            number: The number.
            known: What is known of it, None for nothing.
            location: The location of the row.
        """
        if known is None:
            self.nowhere.append(number)
        elif same_id(known.location_id, location.id):
            self.here[number] = known
        else:
            self.elsewhere[number] = known


class NumberBook:
    """Finds numbers; one object a run, so that many single questions become one list."""

    def __init__(self) -> None:
        self._asked = 0
        self._claims: dict[str, Location] = {}

    def claim(self, numbers: Sequence[str], location: Location) -> dict[str, str]:
        """Reserve numbers for a location, so that two rows do not load one into two of them.

        Args:
            numbers: Numbers that no location has.
            location: The location of the row.

        Returns:
            Number -> name of the other location that a row of this run loads it into.
        """
        taken = {}
        for number in numbers:
            first = self._claims.setdefault(number, location)
            if not same_id(first.id, location.id):
                taken[number] = first.name
        return taken

    async def place(
        self,
        numbers: Sequence[str],
        location: Location,
        directory: Directory,
        *,
        refresh: bool = False,
    ) -> Placed:
        """Sort numbers by where they are.

        Args:
            numbers: Numbers in E.164.
            location: The location of the row.
            directory: The organisation.
            refresh: Ask again although they were asked for before.

        Returns:
            Where each is.

        Raises:
            WebexError: When the API cannot be asked.
        """
        self._asked += len(numbers)
        if refresh and len(numbers) > _FEW:
            await directory.load(Kind.NUMBER, refresh=True)
            refresh = False
        elif self._asked > _FEW:
            await directory.prepare(numbers=self._asked)
        placed = Placed()
        for number in numbers:
            placed.put(number, await directory.number(number, refresh=refresh), location)
        return placed


async def check_connection(location: Location, org_id: str, call: Call) -> None:
    """Make sure that the numbers of a location are kept through the API at all.

    Args:
        location: The location, enabled for calling.
        org_id: Id of the organisation, "" for that of the token.
        call: Sends the step `PSTN_READ`.

    Raises:
        PendingError: `precondition_missing` without a connection; `out_of_scope` with one whose
            numbers the provider keeps.
        WebexError: When it cannot be read.
    """
    kind = (location.raw or {}).get(CONNECTION) or await _connection(location, org_id, call)
    if not kind:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the location {location.name} has no PSTN connection",
            fix="run ubicacion_configurar_pstn for it first",
        )
    if kind not in KEEPS_NUMBERS:
        raise PendingError(
            ReasonCode.OUT_OF_SCOPE,
            f"the numbers of {location.name} belong to its provider ({kind}): changing them "
            "through the API may damage data",
            fix="order and manage them in Control Hub",
        )


async def _connection(location: Location, org_id: str, call: Call) -> str:
    try:
        answer = await call(steps.PSTN_READ, location_id=location.id, org_id=org_id)
    except WebexError as error:
        if error.status == _NONE_YET:
            return ""
        raise
    return str((answer.body or {}).get(CONNECTION) or "")


def chunks(numbers: Sequence[str], size: int) -> Iterator[list[str]]:
    """Cut numbers into the portions of one request.

    Args:
        numbers: All of them.
        size: At most so many a portion.

    Yields:
        The portions in order.
    """
    for start in range(0, len(numbers), size):
        yield list(numbers[start : start + size])


def causes_of(detail: object, numbers: Sequence[str]) -> dict[str, str]:
    """Read which numbers an error body names, and why.

    Args:
        detail: Decoded error body: an object, or a list of objects with `errors`.
        numbers: The numbers that were sent.

    Returns:
        Number -> cause as Webex words it.
    """
    wanted = set(numbers)
    found: dict[str, str] = {}
    waiting: list[object] = [detail]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if (number := str(value.get("number"))) in wanted:
                found[number] = _cause(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found


def _cause(error: Mapping[str, Any]) -> str:
    text = error.get("errorMessage") or error.get("description") or error.get("errorTitle")
    code = error.get("errorCode") or error.get("code")
    told = str(text) if text else "refused"
    return told if not code or str(code) in told else f"{told} (code {code})"


def listing(numbers: Sequence[str]) -> str:
    """Name numbers in a message; a long list is cut.

    Args:
        numbers: The numbers.

    Returns:
        The first ten, and how many more there are.
    """
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return ", ".join(numbers[:_SHOWN]) + more


def counted(numbers: Sequence[str]) -> str:
    """Say how many numbers there are.

    Args:
        numbers: The numbers.

    Returns:
        As `1 number` or `3 numbers`.
    """
    return f"{len(numbers)} number{'' if len(numbers) == 1 else 's'}"


async def foreign_text(elsewhere: Mapping[str, Number], directory: Directory) -> str:
    """Say which location has each number of another one.

    Args:
        elsewhere: Number -> what is known of it.
        directory: The organisation.

    Returns:
        A part of a sentence, "" when there are none.

    Raises:
        WebexError: When the API cannot be asked.
    """
    owners: dict[str, list[str]] = {}
    for number, known in elsewhere.items():
        place = await directory.location(known.location_id or "")
        owners.setdefault(place.name if place else "another location", []).append(number)
    return "; ".join(f"{name} has {listing(some)}" for name, some in owners.items())


Holds = Callable[[Number], bool]


async def read_back_numbers(
    call: Call, location: Location, org_id: str, numbers: Sequence[str], holds: Holds
) -> None:
    """Check that numbers show as they were written: Webex may say yes before it is so.

    Args:
        call: Sends the steps `NUMBERS_AT` and `NUMBER_READ`.
        location: The location.
        org_id: Id of the organisation, "" for that of the token.
        numbers: The numbers written.
        holds: Whether an entry of the location shows the change.

    Raises:
        PendingError: `half_applied`, naming those that do not show.
        WebexError: When reading failed.
    """
    if call.is_plan or not numbers:
        return
    missing = (
        list(numbers)
        if len(numbers) <= _FEW
        else await _unseen(call, location, org_id, numbers, holds)
    )
    for number in missing[:_FEW]:
        await call.read_back(
            steps.NUMBER_READ,
            partial(_is_shown, number, location, holds),
            f"{number} in {location.name}",
            phone_number=number,
            org_id=org_id,
        )
    rest = await _unseen(call, location, org_id, missing[_FEW:], holds)
    if rest:
        raise PendingError(
            ReasonCode.HALF_APPLIED,
            f"Webex accepted the numbers, but {listing(rest)} does not show in {location.name}",
            fix="run the same file again; the row is compared and completed",
        )


async def _unseen(
    call: Call, location: Location, org_id: str, numbers: Sequence[str], holds: Holds
) -> list[str]:
    """List the numbers that the inventory of a location does not show as wanted."""
    left = dict.fromkeys(numbers)
    for page in range(_PAGES):
        if not left:
            break
        start = str(page * steps.NUMBERS_PAGE)
        where = {"location_id": location.id, "org_id": org_id, "start": start}
        answer = await call(steps.NUMBERS_AT, lookup=None, **where)
        for number in _shown(answer.body, location, holds):
            left.pop(number, None)
        if len(answer.body["phoneNumbers"]) < steps.NUMBERS_PAGE:
            break
    return list(left)


def _is_shown(number: str, location: Location, holds: Holds, body: Any) -> bool:
    return number in _shown(body, location, holds)


def _shown(body: Any, location: Location, holds: Holds) -> set[str]:
    entries = (Number.parse(item) for item in (body or {}).get("phoneNumbers", ()))
    return {
        number_key(entry.phone_number)
        for entry in entries
        if entry.phone_number and same_id(entry.location_id, location.id) and holds(entry)
    }
