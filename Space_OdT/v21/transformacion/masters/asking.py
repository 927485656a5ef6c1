"""Which rows ask for which action: what is mandatory, what is a decision, what can be left out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.parts.shared_parameters import (
    LOCATION_NEED,
    PERSON_NEED,
    WORKSPACE_NEED,
)

MODE = "mode"
_WHO_OR_WHERE = frozenset({*LOCATION_NEED, *PERSON_NEED, *WORKSPACE_NEED, "org_id"})

MANDATORY = frozenset({"ubicacion_configurar_pstn", "ubicacion_actualizar_cabecera"})
"""Actions no site can do without: every row of their master asks for them."""

_FORWARDING = ("destination", MODE)
_INTERCOM = ("legacy_phone_number", MODE)

DECISIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ubicacion_configurar_permisos_salientes_defecto": ("default_outgoing_profile",),
        "usuarios_anadir_intercom_legacy": _INTERCOM,
        "usuarios_configurar_desvio_prefijo53": _FORWARDING,
        "workspaces_anadir_intercom_legacy": _INTERCOM,
        "workspaces_configurar_desvio_prefijo53": _FORWARDING,
        "workspaces_configurar_desvio_prefijo53_telephony": _FORWARDING,
    }
)
"""Columns that decide on actions which could be worked out for everybody."""


def wanted_by(definition: ActionDefinition, *, only_decided: bool = False) -> tuple[str, ...]:
    """List what a row must fill, beside who or where, to ask for an action.

    Args:
        definition: The action.
        only_decided: Whether only columns that decide something count.

    Returns:
        Parameters of which one is enough; empty when every row asks.
    """
    action_id = definition.action_id
    if action_id in MANDATORY:
        return ()
    if only_decided and action_id in DECISIONS:
        return DECISIONS[action_id]
    required = (one.name for one in definition.parameters if one.is_required)
    if own := tuple(name for name in required if name not in _WHO_OR_WHERE):
        return own
    in_groups = chain.from_iterable(definition.needs)
    names = tuple(dict.fromkeys(name for name in in_groups if name not in _WHO_OR_WHERE))
    return (*names, MODE) if names and definition.parameter(MODE) else names
