"""Outgoing-call permissions of one person or workspace, in place of those of the location."""

from __future__ import annotations

from typing import Any

from Space_OdT.engine.action_model import Action, Call, Effect, Result, StepSpec
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.parts import outgoing_permissions as permissions
from Space_OdT.v21.transformacion.parts.calling_entities import CallingEntity, EntityKind
from Space_OdT.v21.transformacion.parts.entity_settings import NOT_READ_YET, Setting
from Space_OdT.v21.transformacion.parts.outgoing_permissions import PermissionChange
from Space_OdT.v21.transformacion.parts.permission_wishes import PermissionParams, wish_of
from Space_OdT.webex.directory import Directory


def own_body(change: PermissionChange, switches: tuple[bool, bool]) -> dict[str, Any]:
    """Build the body that replaces the permissions of an entity.

    Args:
        change: The list to send.
        switches: `useCustomEnabled` and `useCustomPermissions`.

    Returns:
        The body of `PUT /people|workspaces/{id}/features/outgoingPermission`.
    """
    enabled, is_own = switches
    return permissions.own_body(change, use_custom_enabled=enabled, use_custom_permissions=is_own)


def permission_setting(kind: EntityKind) -> Setting:
    """Declare the outgoing-call permissions of a kind of entity.

    Args:
        kind: People or workspaces.

    Returns:
        The setting with its steps.
    """
    path = f"/{kind.owner}/{{entity_id}}/features/outgoingPermission"
    query = {"orgId": "{org_id}"}
    return Setting(
        kind,
        "outgoing-call permissions",
        StepSpec(
            "outgoing_permission_read",
            "GET",
            path,
            required=("useCustomPermissions", "callingPermissions"),
            query=query,
        ),
        StepSpec(
            "outgoing_permission_write",
            "PUT",
            path,
            success=(204,),
            build=own_body,
            query=query,
        ),
    )


async def set_permissions(
    setting: Setting, entity: CallingEntity, params: PermissionParams, call: Call
) -> Result:
    """Bring the permissions of an entity to what a row asks for.

    Args:
        setting: Whose, and how they are read and written.
        entity: Whose permissions.
        params: What the row asks for.
        call: Sends the steps.

    Returns:
        Whether anything was written, and what.

    Raises:
        PendingError: When something stands in the way.
        WebexError: When a call failed.
    """
    current = await setting.read(entity, call, params.org_id)
    asked = params.wanted.permissions if params.is_own else ()
    change = permissions.compare(asked, (current or {}).get("callingPermissions") or ())
    permissions.check_open(change, entity.name)
    note = permissions.note_of(change) if current else NOT_READ_YET
    if not change.differing and params.has_switches(current or {}):
        return Result(Effect.UNCHANGED, entity.id, _joined(params.told, note if current else ""))
    await setting.write(entity, call, params.org_id, change, params.switches(current or {}))
    await setting.read_back(entity, call, params.org_id, params.holds, params.told)
    told = params.told + (f": {', '.join(change.differing)}" if change.differing else "")
    return Result(Effect.CHANGED, entity.id, _joined(told, note))


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def permission_action(
    name: str, kind: EntityKind, context: ActionContext
) -> Action[PermissionParams]:
    """Make an action on the outgoing-call permissions of single entities.

    Args:
        name: Its id.
        kind: Whose permissions it changes.
        context: Knows the profiles.

    Returns:
        What the executor runs for each row.
    """
    setting = permission_setting(kind)

    async def run(params: PermissionParams, call: Call, directory: Directory) -> Result:
        entity = await kind.find(params.cells, call, directory)
        return await set_permissions(setting, entity, params, call)

    return Action(
        name=name,
        steps=(kind.lookup, setting.reading, setting.writing),
        params=lambda row: wish_of(row, context),
        run=run,
        serial_key=lambda params: kind.key_of(params.cells),
        lookup=kind.lookup.name,
    )
