"""Which actions a launcher runs, in which order, and why it leaves one out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from Space_OdT.engine.suggestions import did_you_mean
from Space_OdT.v21.transformacion.catalog import ACTIONS, BY_ID
from Space_OdT.v21.transformacion.definition import ActionDefinition

HANDLERS: Mapping[str, ActionDefinition] = BY_ID
"""The actions the launcher can run: all of the catalogue."""

PRECHECK = "workspaces_validar_estado_permisos"
_WORKSPACES = "workspaces_"

NOT_BY_ITSELF: Mapping[str, str] = {
    "usuarios_asignar_location_desde_csv": "it moves people, for any column that names their site",
    "ubicacion_activar_numeraciones": "it belongs to the day of the cut-over",
    "workspaces_configurar_desvio_prefijo53_telephony": "it does what "
    "workspaces_configurar_desvio_prefijo53 does",
}
"""Actions that run only when they are named, and why."""

UNSUPPORTED = "unsupported_script"
IDENTITY = "identity_not_allowed"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action that was named and is not run.

    Attributes:
        script_name: Its name as given.
        reason: `unsupported_script` or `identity_not_allowed`.
        message: What to do about it.
    """

    script_name: str
    reason: str
    message: str


def choose(
    names: Sequence[str], *, allows_identity: bool, prechecks: bool
) -> tuple[list[ActionDefinition], list[Refusal]]:
    """Choose the actions of a run, in the order in which a site is brought live.

    Args:
        names: Actions by name, `.py` or not; empty for all that run by themselves.
        allows_identity: Whether people may be created.
        prechecks: Whether workspaces are diagnosed before anything is done to them.

    Returns:
        The actions, and those that are refused.
    """
    wanted = list(dict.fromkeys(name.strip().removesuffix(".py") for name in names))
    refused = [_unsupported(name) for name in wanted if name not in HANDLERS]
    chosen = {
        one.action_id
        for one in ACTIONS
        if one.action_id in wanted or (not wanted and one.action_id not in NOT_BY_ITSELF)
    }
    identity = [name for name in chosen if HANDLERS[name].is_identity and not allows_identity]
    refused += [_identity(name) for name in sorted(identity) if name in wanted]
    chosen.difference_update(identity)
    if prechecks and PRECHECK in HANDLERS and any(map(_is_of_workspaces, chosen)):
        chosen.add(PRECHECK)
    return [one for one in ACTIONS if one.action_id in chosen], refused


def _is_of_workspaces(name: str) -> bool:
    return name.startswith(_WORKSPACES)


def _unsupported(name: str) -> Refusal:
    hint = did_you_mean(name, HANDLERS, whole=True)
    return Refusal(name, UNSUPPORTED, f"{hint}the actions are {', '.join(HANDLERS)}")


def _identity(name: str) -> Refusal:
    return Refusal(
        name,
        IDENTITY,
        "it creates people, which is normally the directory's to do; give "
        "--allow-identity when it is meant",
    )
