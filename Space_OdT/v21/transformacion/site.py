"""The whole activation of a site: which actions, in which order, and what the cut-over is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from Space_OdT.v21.transformacion import site_location
from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.definition import ActionDefinition
from Space_OdT.v21.transformacion.masters.files import Master
from Space_OdT.v21.transformacion.masters.reading import Masters, Prepared, Selection

# Location, then people, then workspaces; what diverts live calls comes last (each of the two).
COEXISTENCE = (
    "ubicacion_configurar_pstn",
    "ubicacion_alta_numeraciones_desactivadas",
    "ubicacion_actualizar_cabecera",
    "ubicacion_configurar_llamadas_internas",
    "ubicacion_configurar_permisos_salientes_defecto",
    "usuarios_alta_people",
    "usuarios_remover_licencias",
    "usuarios_modificar_licencias",
    "usuarios_asignar_location_desde_csv",
    "usuarios_anadir_intercom_legacy",
    "usuarios_configurar_perfil_saliente_custom",
    "usuarios_configurar_desvio_prefijo53",
    "workspaces_alta",
    "workspaces_validar_estado_permisos",
    "workspaces_anadir_intercom_legacy",
    "workspaces_configurar_perfil_saliente_custom",
    "workspaces_configurar_desvio_prefijo53",
)
# The day on which the site leaves the old system: numbers go live, nothing is diverted any more.
CUT_OVER = (
    "ubicacion_activar_numeraciones",
    "usuarios_configurar_desvio_prefijo53",
    "workspaces_configurar_desvio_prefijo53",
)
_UNSET: Mapping[str, str] = MappingProxyType({"mode": "unset"})
_MODE = "mode"


def site_definitions(
    *,
    cut_over: bool = False,
    allow_identity: bool = False,
    only: Collection[str] = (),
    skip: Collection[str] = (),
) -> tuple[ActionDefinition, ...]:
    """Choose the actions of an activation, in order.

    Args:
        cut_over: Whether it is the day of the cut-over.
        allow_identity: Whether people may be created.
        only: Ids of the actions that are wanted; all of the order when empty.
        skip: Ids of actions to leave out.

    Returns:
        The actions there are.
    """
    known = {one.action_id: one for one in (site_location.DEFINITION, *ACTIONS)}
    order = CUT_OVER if cut_over else (site_location.ACTION_ID, *COEXISTENCE)
    wanted = (name for name in order if name not in skip and (not only or name in only))
    chosen = (known[name] for name in wanted if name in known)
    return tuple(one for one in chosen if allow_identity or not one.is_identity)


def site_order(*, cut_over: bool = False) -> tuple[str, ...]:
    """List the ids that may be chosen.

    Args:
        cut_over: Whether it is the day of the cut-over.

    Returns:
        The ids in their order.
    """
    return CUT_OVER if cut_over else (site_location.ACTION_ID, *COEXISTENCE)


def site_candidates(
    masters: Masters,
    definitions: tuple[ActionDefinition, ...],
    selection: Selection,
    *,
    cut_over: bool = False,
) -> Iterator[Prepared]:
    """Prepare the rows of all actions from the masters.

    A row asks for an action by what it fills; one that fills nothing an action is about is none of
    its rows. On the day of the cut-over what was switched on for the time of both systems is
    switched off, whatever the masters say.

    Args:
        masters: The masters of the site.
        definitions: The actions, in order.
        selection: What is taken from the masters and put on top.
        cut_over: Whether it is the day of the cut-over.

    Yields:
        The rows, action by action, with the origin of their values.

    Raises:
        InputFileError: When a file cannot be read to its end.
    """
    for definition in definitions:
        chosen = selection
        if cut_over and definition.parameter(_MODE) is not None:
            if not masters.of(Master(definition.dataset), Master.PARAMETERS):
                continue  # the mode alone is not a row
            chosen = replace(selection, params={**selection.params, **_UNSET})
        yield from masters.prepare(definition, chosen)
