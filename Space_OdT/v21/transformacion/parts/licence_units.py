"""Which subscription gives the next unit of a licence, while the actions of one run use them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from Space_OdT.engine.action_model import PendingError
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import id_key
from Space_OdT.webex.records import Licence, name_key
from Space_OdT.webex.sources import Kind


class LicenceUnits:
    """Units as read at the start of a run, less what the run has given out since."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def free(self, licence: Licence) -> int:
        """Count the units left.

        Args:
            licence: A licence.

        Returns:
            Units nobody uses, less those this run has given out.
        """
        return licence.free_units - self._used[id_key(licence.id)]

    def take(self, wanted: Iterable[Sequence[Licence]]) -> list[Licence]:
        """Give out one unit of each licence wanted, or none at all.

        Args:
            wanted: For each licence: one candidate a subscription, at least one.

        Returns:
            Of each the first candidate with a unit left; the same licence once.

        Raises:
            PendingError: `precondition_missing`, when no subscription has a unit left.
        """
        chosen = list({one.id: one for one in map(self._choose, wanted)}.values())
        self._used.update(id_key(one.id) for one in chosen)
        return chosen

    def hand_back(self, licences: Iterable[Licence]) -> None:
        """Count units that were not given after all, or that this run took from somebody.

        Args:
            licences: One unit each.
        """
        self._used.subtract(id_key(one.id) for one in licences)

    def _choose(self, candidates: Sequence[Licence]) -> Licence:
        free = next((one for one in candidates if self.free(one) > 0), None)
        if free is None:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"no unit of the licence {candidates[0].name} is left",
                fix="free or buy units, then run these rows again",
            )
        return free


async def licences_named(asked: str, directory: Directory) -> tuple[Licence, ...]:
    """Find every licence that a name or an id means.

    Args:
        asked: Name, or id in any spelling; an exact match counts before one in another case.
        directory: The organisation.

    Returns:
        The licence of each subscription that has one of that name; one alone for an id.

    Raises:
        PendingError: `precondition_missing`, when the organisation lacks it.
        WebexError: When the licences cannot be read.
    """
    await directory.load(Kind.LICENCE)
    found = directory.licences.find(name_key(asked)) or directory.licences.find(id_key(asked))
    if not found:
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"the organisation has no licence {asked}",
            fix="use a name of the export licenses.csv; a name with a comma in it stands in a "
            'JSON list, as ["Name, with comma"]',
        )
    return tuple(one for one in found if one.name == asked.strip()) or found


async def calling_licence_of(licence_ids: Sequence[str], directory: Directory) -> Licence | None:
    """Find the Webex Calling licence among those somebody holds.

    Args:
        licence_ids: Ids of the licences held.
        directory: The organisation.

    Returns:
        The first calling licence; None for somebody without calling.

    Raises:
        WebexError: When the licences cannot be read.
    """
    await directory.load(Kind.LICENCE)
    held = (one for each in licence_ids for one in directory.licences.find(id_key(each)))
    return next((one for one in held if one.is_calling), None)
