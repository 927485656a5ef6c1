"""Before the first stage: lists that save a lookup a person, and licences that will not do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from Space_OdT.engine.bulk.licences import CallingLicences
from Space_OdT.softphones.book import IdBook
from Space_OdT.softphones.records import PersonWork
from Space_OdT.softphones.stages import Stage
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError

Say = Callable[[str], None]


async def prepare(
    directory: Directory, book: IdBook, works: Sequence[PersonWork], say: Say
) -> None:
    """Read what every run needs, and say what will not work.

    Args:
        directory: The organisation.
        book: Knows the exports.
        works: The people to run.
        say: Takes sentences for the operator.

    Raises:
        WebexError: When the token or the organisation cannot be used.
    """
    unknown = sum(not book.exported_person(work.row.email) for work in works)
    to_give = [work for work in works if Stage.LICENCE not in work.done]
    await directory.prepare(people=unknown)
    try:
        await directory.prepare(numbers=2 * len(to_give))
    except WebexError as error:
        if error.reason_code is ReasonCode.AUTH_INVALID:
            raise
        # no obstacle: Webex itself refuses a number that is taken
        say(f"Note: the numbers cannot be read, so nobody checks them before: {error}.")
    await _check_licences(CallingLicences(directory), to_give, say)


async def _check_licences(licences: CallingLicences, works: Sequence[PersonWork], say: Say) -> None:
    """Warn of licences that do not exist, or that are fewer than people might need."""
    wanted = Counter(work.row.cells["calling_license_id"] for work in works)
    for name, people in wanted.items():
        licence = await licences.held((name,))
        named = [licence] if licence else await licences.named(name)
        free = sum(licences.free_units(one) for one in named)
        if not named:
            say(f"Warning: calling_license_id {name} is no calling licence for people.")
        elif people > free:
            say(
                f"Note: {people:,} people are to have {named[0].name}, and {free:,} units are "
                "free; that is enough only if the others have it already."
            )
