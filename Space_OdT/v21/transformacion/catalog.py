"""The one list of transformation actions; menus, commands, launcher and docs derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from Space_OdT.v21.transformacion.definition import ActionDefinition

# In the order in which a site is brought live; the launcher and site_activate run in this order.
ACTIONS: tuple[ActionDefinition, ...] = ()

BY_ID: Mapping[str, ActionDefinition] = MappingProxyType({one.action_id: one for one in ACTIONS})
