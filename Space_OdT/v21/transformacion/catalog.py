"""The one list of transformation actions; menus, commands, launcher and docs derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from Space_OdT.v21.transformacion import (
    usuarios_alta_people,
    usuarios_alta_scim,
    usuarios_modificar_licencias,
    usuarios_remover_licencias,
)
from Space_OdT.v21.transformacion.definition import ActionDefinition

# In the order in which a site is brought live; the launcher and site_activate run in this order.
ACTIONS: tuple[ActionDefinition, ...] = (
    usuarios_alta_scim.DEFINITION,
    usuarios_alta_people.DEFINITION,
    usuarios_remover_licencias.DEFINITION,
    usuarios_modificar_licencias.DEFINITION,
)

BY_ID: Mapping[str, ActionDefinition] = MappingProxyType({one.action_id: one for one in ACTIONS})
