"""Which licence lets a person call, and how many units are left while a run uses them up."""

from __future__ import annotations

from Space_OdT.engine.action_model import PendingError
from Space_OdT.webex.directory import Directory
from Space_OdT.webex.error_handling import ReasonCode
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Licence, name_key

# Calling licences that are not for people; the names are those of the licences list.
_NOT_FOR_PEOPLE = ("workspace", "hot desk", "common area")
# What a row without `calling_license` gets where the organisation has several kinds.
_USUAL = "professional"


class CallingLicences:
    """The organisation's calling licences for people.

    Args:
        directory: The organisation.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._licences: list[Licence] = []
        self._by_id: dict[str, Licence | None] = {}
        self._used: dict[str, int] = {}
        self._new: set[str] = set()

    async def all(self) -> list[Licence]:
        """List them.

        Returns:
            The licences, in the order of the subscription.

        Raises:
            WebexError: When the list cannot be read.
        """
        if not self._licences:
            licences = await self._directory.calling_licences()
            self._licences = [one for one in licences if not _is_for_things(one.name)]
        return self._licences

    async def held(self, licence_ids: tuple[str, ...]) -> Licence | None:
        """Find the one a person holds.

        Args:
            licence_ids: Licences of the person.

        Returns:
            The licence; None for somebody without calling.

        Raises:
            WebexError: When the list cannot be read.
        """
        licences = await self.all()
        for one in licence_ids:
            if one not in self._by_id:  # spelled in few ways, asked for by every row
                same = (licence for licence in licences if same_id(licence.id, one))
                self._by_id[one] = next(same, None)
            if (found := self._by_id[one]) is not None:
                return found
        return None

    async def named(self, name: str) -> list[Licence]:
        """Find the licences a row may mean.

        Args:
            name: Content of `calling_license`; "" means the usual kind.

        Returns:
            Those of that name, one a subscription; for "" the professional ones, or the only kind
            there is. Empty when nothing fits.

        Raises:
            WebexError: When the list cannot be read.
        """
        licences = await self.all()
        if name:
            return [one for one in licences if name_key(one.name) == name_key(name)]
        usual = [one for one in licences if _USUAL in name_key(one.name)]
        kinds = {name_key(one.name) for one in licences}
        return usual or (licences if len(kinds) == 1 else [])

    async def choose(self, name: str) -> Licence:
        """Choose the licence for one more person.

        Args:
            name: Content of `calling_license`; "" means the usual kind.

        Returns:
            A licence with a unit left.

        Raises:
            PendingError: `precondition_missing`: no such licence, or no unit left.
            WebexError: When the list cannot be read.
        """
        candidates = await self.named(name)
        if not candidates:
            known = ", ".join(dict.fromkeys(one.name for one in await self.all())) or "none"
            wanted = f'no calling licence "{name}"' if name else "no usual kind of calling licence"
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"{wanted} in the organisation (there are: {known})",
                fix="name one of these in calling_license",
            )
        free = next((one for one in candidates if self.free_units(one) > 0), None)
        if free is None:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"no unit of {candidates[0].name} is left",
                fix="free or buy units, then run these rows again",
            )
        return free

    def free_units(self, licence: Licence) -> int:
        """Count the units left.

        Args:
            licence: A licence.

        Returns:
            Units nobody uses, less those this run has given out.
        """
        return licence.free_units - self._used.get(licence.id, 0)

    def note_new(self, person_id: str) -> None:
        """Remember somebody who was without calling until this run.

        Args:
            person_id: Id of the person.
        """
        self._new.add(person_id)

    def is_new(self, person_id: str) -> bool:
        """Tell whether this run gave somebody calling.

        Args:
            person_id: Id of the person.

        Returns:
            True when it did.
        """
        return person_id in self._new

    def take(self, licence: Licence, units: int = 1) -> None:
        """Count units that this run gives out or hands back.

        Args:
            licence: The licence.
            units: How many; negative to hand back.
        """
        self._used[licence.id] = self._used.get(licence.id, 0) + units


def _is_for_things(name: str) -> bool:
    return any(word in name_key(name) for word in _NOT_FOR_PEOPLE)
