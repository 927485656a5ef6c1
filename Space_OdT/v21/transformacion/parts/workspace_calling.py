"""One workspace: created with calling where there is none of the name, else completed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from Space_OdT.engine.action_model import Call, Effect, PendingError, Result
from Space_OdT.v21.transformacion.parameters import is_true
from Space_OdT.v21.transformacion.parts.licence_units import LicenceUnits, licences_named
from Space_OdT.v21.transformacion.parts.line_checks import check_line
from Space_OdT.v21.transformacion.parts.lookups import named_workspace
from Space_OdT.v21.transformacion.parts.workspace_places import (
    Place,
    WorkspaceWish,
    check_any_left,
    is_hot_desk,
    place_of,
)
from Space_OdT.v21.transformacion.parts.workspace_steps import (
    WEBEX_CALLING,
    WORKSPACE_CREATE,
    WORKSPACE_NUMBERS,
    WORKSPACE_STATE,
    WORKSPACE_UPDATE,
    NewWorkspace,
    WorkspaceLine,
    calling_of,
    line_of,
)
from Space_OdT.webex.directory import AmbiguousNameError, Directory
from Space_OdT.webex.error_handling import ReasonCode, WebexError
from Space_OdT.webex.ids import same_id
from Space_OdT.webex.records import Licence, Number, Workspace

EXISTS = "workspace_already_exists"
_DEVICES = {"COLLABORATIONDEVICES": "collaborationDevices", "PHONES": "phones"}
# Kinds of calling that give way to Webex Calling; the others belong to somebody's set-up.
_REPLACEABLE = frozenset({"", "freeCalling", "none"})
_FEWEST_DIGITS = 6  # of a national number that may be told apart by its last digits


@dataclass(frozen=True, slots=True)
class Present:
    """A workspace as it is.

    Attributes:
        state: The answer of its details, devices included.
        kind: Kind of calling, "" for none.
        licence_ids: Its calling licences; None when Webex does not show them.
        line: Its location, extension and number; blank without calling.
    """

    state: Mapping[str, Any]
    kind: str
    licence_ids: tuple[str, ...] | None
    line: WorkspaceLine

    @property
    def id(self) -> str:
        """Id of the workspace."""
        return str(self.state["id"])


@dataclass(frozen=True, slots=True)
class WorkspaceWork:
    """Lets there be workspaces as wanted, for one row.

    Attributes:
        units: Units of the run.
        call: Sends the steps of `workspace_steps`.
        directory: The organisation.
    """

    units: LicenceUnits
    call: Call
    directory: Directory

    async def bring_about(self, wish: WorkspaceWish) -> Result:
        """Let there be one workspace.

        Args:
            wish: What is wanted.

        Returns:
            What was done.

        Raises:
            PendingError: What stands in the way.
            AmbiguousNameError: When several workspaces of the location have the name.
            WebexError: When a call failed.
        """
        place = await place_of(wish, self.directory)
        existing = await named_workspace(wish.name, place.location, self.directory)
        if existing is None:
            self.call.prepare(WORKSPACE_CREATE)
            return await self._create(wish, place)
        if not is_true(wish.get("skip_existing")):
            raise _exists(wish, "is there already", "set skip_existing to have it completed")
        return await self._complete(await self._present(existing, wish, place), wish, place)

    async def _create(self, wish: WorkspaceWish, place: Place) -> Result:
        await self._check_line("", wish, place)
        if not place.candidates:
            await check_any_left(self.units, self.directory)
        chosen = self.units.take([place.candidates] if place.candidates else [])
        line = replace(
            wish.line,
            location_id=place.location_id,
            licence_ids=tuple(one.id for one in chosen),
        )
        devices = _DEVICES.get(wish.get("supported_devices"), "")
        new = NewWorkspace(wish.name, line, devices, wish.get("org_id"))
        try:
            answer = await self.call(
                WORKSPACE_CREATE, new, lookup=lambda: self._landed(wish, place)
            )
        except WebexError:
            self.units.hand_back(chosen)
            raise
        licences = await self._check_answer(answer.body, line, chosen, wish)
        told = "" if chosen or self.call.is_plan else await self._told(licences)
        return Result(Effect.CHANGED, str(answer.body["id"]), told)

    async def _landed(self, wish: WorkspaceWish, place: Place) -> dict[str, Any] | None:
        """Tell whether a create of open outcome made the workspace."""
        with suppress(AmbiguousNameError):  # the location tells them apart
            await self.directory.workspace(wish.name, refresh=True)
        found = await named_workspace(wish.name, place.location, self.directory)
        if found is None:
            return None
        return dict((await self.call(WORKSPACE_STATE, workspace_id=found.id)).body)

    async def _present(self, existing: Workspace, wish: WorkspaceWish, place: Place) -> Present:
        state = (await self.call(WORKSPACE_STATE, workspace_id=existing.id)).body
        kind, held = calling_of(state)
        if kind != WEBEX_CALLING:
            return Present(state, kind, held, WorkspaceLine(""))
        home = existing.location_id or ""
        bare = Present(state, kind, held, WorkspaceLine(home))
        licences = [
            one for each in held or () for one in await licences_named(each, self.directory)
        ]
        has_no_line = all(map(is_hot_desk, licences)) if licences else place.is_hot_desk
        if has_no_line:
            return bare
        answer = await self.call(
            WORKSPACE_NUMBERS, workspace_id=existing.id, org_id=wish.get("org_id")
        )
        line = line_of(answer.body)
        return replace(bare, line=replace(line, location_id=line.location_id or home))

    async def _complete(self, now: Present, wish: WorkspaceWish, place: Place) -> Result:
        """Compare a workspace that exists with what is wanted, and give it what it lacks."""
        has_licence = now.kind == WEBEX_CALLING and (
            now.licence_ids is None or _has_one_of(now.licence_ids, place.candidates)
        )
        lacks = () if has_licence else place.candidates
        wanted = _laid_over(now.line, wish, place)
        if now.kind == WEBEX_CALLING and not lacks and wanted == now.line:
            return Result(Effect.UNCHANGED, now.id, EXISTS)
        self.call.prepare(WORKSPACE_UPDATE)
        _check_may_change(now, wanted, wish)
        await self._check_line(now.id, wish, place)
        chosen = self.units.take([lacks] if lacks else [])
        keeps = (now.licence_ids or ()) if now.kind == WEBEX_CALLING else ()
        line = replace(wanted, licence_ids=tuple(one.id for one in chosen) or keeps)
        try:
            answer = await self.call(WORKSPACE_UPDATE, now.state, line, workspace_id=now.id)
        except WebexError:
            self.units.hand_back(chosen)
            raise
        assumed = {**now.state, "calling": {"type": WEBEX_CALLING}}
        await self._check_answer(answer.body or assumed, line, chosen, wish)
        return Result(Effect.CHANGED, now.id, EXISTS)

    async def _check_line(self, owner_id: str, wish: WorkspaceWish, place: Place) -> None:
        if place.location is not None:
            line = wish.line
            await check_line(
                owner_id, place.location, line.extension, line.phone_number, self.directory
            )

    async def _check_answer(
        self,
        shown: Mapping[str, Any],
        line: WorkspaceLine,
        chosen: list[Licence],
        wish: WorkspaceWish,
    ) -> tuple[str, ...]:
        """Remember a workspace that was written, and compare it; gives its licences."""
        workspace = Workspace.parse(dict(shown))
        self._note(workspace, line)
        kind, licences = calling_of(shown)
        lacks = [one.name for one in chosen if not _has_one_of(licences or (one.id,), (one,))]
        if kind != WEBEX_CALLING or lacks:
            missing = ", ".join(lacks) or f"Webex Calling (it has {kind or 'none'})"
            raise PendingError(
                ReasonCode.HALF_APPLIED,
                f"Webex accepted the call, but the workspace has not got {missing}",
                fix="run this row again; the workspace is compared and completed",
            )
        if line.extension or line.phone_number:
            await self.call.read_back(
                WORKSPACE_NUMBERS,
                lambda body: _shows(line_of(body), line),
                f"extension {line.extension or 'none'} and number {line.phone_number or 'none'}",
                workspace_id=workspace.id,
                org_id=wish.get("org_id"),
            )
        return licences or ()

    def _note(self, workspace: Workspace, line: WorkspaceLine) -> None:
        self.directory.note_write(workspace)
        number, extension = line.phone_number or None, line.extension or None
        if number or extension:
            self.directory.note_write(
                Number(number, extension, line.location_id, "ACTIVE", workspace.id, "PLACE")
            )

    async def _told(self, licence_ids: tuple[str, ...]) -> str:
        names = [(await licences_named(one, self.directory))[0].name for one in licence_ids]
        return f"Webex chose {', '.join(names)}" if names else ""


def _laid_over(now: WorkspaceLine, wish: WorkspaceWish, place: Place) -> WorkspaceLine:
    """Lay what is wanted over what is there; what the row leaves open stays."""
    if not place.location_id or same_id(now.location_id, place.location_id):
        location_id = now.location_id
    else:
        location_id = place.location_id
    if place.is_hot_desk:
        return WorkspaceLine(location_id)
    number = wish.line.phone_number
    kept = not number or _is_number(now.phone_number, number)
    return WorkspaceLine(
        location_id,
        wish.line.extension or now.extension,
        now.phone_number if kept else number,
    )


def _is_number(shown: str, wanted: str) -> bool:
    """Compare a number as shown, perhaps in its national form, with one in E.164."""
    if shown.startswith("+"):
        return shown == wanted
    digits = shown.lstrip("0")
    return len(digits) >= _FEWEST_DIGITS and wanted.endswith(digits)


def _shows(now: WorkspaceLine, wanted: WorkspaceLine) -> bool:
    number = wanted.phone_number
    same = now.phone_number == number or (bool(number) and _is_number(now.phone_number, number))
    return same and now.extension == wanted.extension


def _check_may_change(now: Present, wanted: WorkspaceLine, wish: WorkspaceWish) -> None:
    """Refuse changes the API does not offer, with what can be done instead."""
    if now.kind not in _REPLACEABLE | {WEBEX_CALLING}:
        raise _exists(
            wish,
            f"has {now.kind}, which does not give way to Webex Calling",
            "take another name, or change it in Control Hub",
        )
    if now.kind != WEBEX_CALLING and now.state.get("devices"):
        raise _exists(
            wish,
            f"has {now.kind or 'no calling'} and devices, with which its calling cannot be changed",
            "remove its devices in Control Hub, run this row, then add them again",
        )
    if now.line.location_id and now.line.location_id != wanted.location_id:
        raise _exists(
            wish,
            "calls from another location, which cannot be changed",
            "create a workspace of another name there, or delete this one first",
        )


def _exists(wish: WorkspaceWish, problem: str, fix: str) -> PendingError:
    return PendingError(
        ReasonCode.PRECONDITION_MISSING, f"{EXISTS}: {wish.name} {problem}", fix=fix
    )


def _has_one_of(held: tuple[str, ...], candidates: tuple[Licence, ...]) -> bool:
    return not candidates or any(same_id(one, each.id) for one in held for each in candidates)
