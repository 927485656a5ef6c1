"""One calling setting of people or workspaces: read, write, and what its refusals mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from Space_OdT.engine.action_model import Call, PendingError, StepSpec
from Space_OdT.v21.transformacion.parts.calling_entities import CallingEntity, EntityKind
from Space_OdT.webex.error_handling import ReasonCode, WebexError

NOT_READ_YET = "its settings cannot be read before it has calling: apply merges into them"
_NOT_THERE = (400, 404)
_WRONG_LICENCE = 405
# The entity is none of Calling's, or not of this service (error codes of the Calling settings).
NOT_AUTHORISED = frozenset({"4003", "4007", "2150012"})
NOT_PROFESSIONAL = "25409"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that every entity of a kind has.

    Attributes:
        kind: Whose it is.
        what: Its name in messages.
        reading: Reads it; the id in the path is `{entity_id}`, the query has `{org_id}`.
        writing: Replaces it, with the same places.
    """

    kind: EntityKind
    what: str
    reading: StepSpec
    writing: StepSpec

    async def read(self, entity: CallingEntity, call: Call, org_id: str) -> dict[str, Any] | None:
        """Read it.

        Args:
            entity: Whose setting.
            call: Sends `reading` and the lookup of the kind, which the action must declare.
            org_id: Id of the organisation, "" for that of the token.

        Returns:
            The answer; None in a plan whose earlier rows would give the entity its calling.

        Raises:
            PendingError: `precondition_missing`, when Webex has no such setting for it.
            WebexError: When it cannot be read.
        """
        with service_refusals(entity, self.what):
            try:
                answer = await call(self.reading, lookup=None, entity_id=entity.id, org_id=org_id)
            except WebexError as error:
                if not call.is_plan or error.status not in _NOT_THERE:
                    raise
                if await self._has_calling_now(entity, call):
                    raise
                return None
            return dict(answer.body)

    async def _has_calling_now(self, entity: CallingEntity, call: Call) -> bool:
        """Ask Webex itself: what is only planned so far is known to the directory alone."""
        where = {f"{entity.noun}_id": entity.id}
        try:
            answer = await call(self.kind.lookup, lookup=None, **where)
        except WebexError as error:
            if error.status not in _NOT_THERE:
                raise
            return False
        return self.kind.has_calling(answer.body)

    async def write(
        self,
        entity: CallingEntity,
        call: Call,
        org_id: str,
        *parts: Any,
        lookup: Callable[[], Awaitable[Any]] | None = None,
    ) -> None:
        """Replace it.

        Args:
            entity: Whose setting.
            call: Sends `writing`.
            org_id: Id of the organisation, "" for that of the token.
            *parts: What the body is made from.
            lookup: Tells whether a write of open outcome landed.

        Raises:
            PendingError: `precondition_missing`, when Webex refuses it for its licence or type.
            WebexError: When the call failed.
        """
        with service_refusals(entity, self.what):
            await call(self.writing, *parts, lookup=lookup, entity_id=entity.id, org_id=org_id)

    async def read_back(
        self,
        entity: CallingEntity,
        call: Call,
        org_id: str,
        holds: Callable[[Any], bool],
        told: str,
    ) -> None:
        """Check a change by reading it again.

        Args:
            entity: Whose setting.
            call: Sends `reading`.
            org_id: Id of the organisation, "" for that of the token.
            holds: Whether an answer shows the change.
            told: What should be there, for the message.

        Raises:
            PendingError: `half_applied`, when it does not show.
            WebexError: When a read failed.
        """
        where = {"entity_id": entity.id, "org_id": org_id}
        await call.read_back(self.reading, holds, told, **where)


@contextmanager
def service_refusals(entity: CallingEntity, what: str) -> Iterator[None]:
    """Say what a refusal of a calling setting means for the entity whose setting it is.

    Args:
        entity: Whose setting is read or written.
        what: The setting, for the message.

    Raises:
        PendingError: `precondition_missing`, for a missing licence or a foreign entity.
        WebexError: Any other refusal, as it came.
    """
    try:
        yield
    except WebexError as error:
        if error.status == _WRONG_LICENCE or NOT_PROFESSIONAL in error.codes:
            raise PendingError(
                ReasonCode.PRECONDITION_MISSING,
                f"license_or_feature_missing: {entity.name} may not have {what} ({error.message})",
                fix=f"the {entity.noun} needs a Professional calling licence",
                status=error.status,
            ) from error
        if NOT_AUTHORISED.isdisjoint(error.codes):
            raise
        raise PendingError(
            ReasonCode.PRECONDITION_MISSING,
            f"license_or_feature_missing: Webex has no {what} for {entity.name} "
            f"({error.message}; code {', '.join(error.codes)})",
            fix=authorisation_hint(entity.noun),
            status=error.status,
        ) from error


def authorisation_hint(noun: str) -> str:
    """Say what to look at when Webex does not know an entity as one of Calling's (code 4003).

    Args:
        noun: `person` or `workspace`.

    Returns:
        A sentence without a full stop.
    """
    if noun == "workspace":
        return (
            "its calling type must be webexCalling and its licence Professional or Workspaces; "
            "freeCalling and hot-desk-only workspaces have no calling settings"
        )
    return "the person must hold a Webex Calling licence with a location and an extension or number"
