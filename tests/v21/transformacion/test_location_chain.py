"""The location actions one after the other: a plan sees what earlier actions would have done."""

from __future__ import annotations

from Space_OdT.engine.outgoing_profiles import load_profiles
from Space_OdT.v21.transformacion import (
    ubicacion_activar_numeraciones,
    ubicacion_actualizar_cabecera,
    ubicacion_alta_numeraciones_desactivadas,
    ubicacion_configurar_llamadas_internas,
    ubicacion_configurar_permisos_salientes_defecto,
    ubicacion_configurar_pstn,
)
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.parts.outgoing_permissions import PROFILES_FILE
from Space_OdT.webex.directory import Directory
from tests.v21.conftest import Ran, Tenant

CHAIN = tuple(
    module.DEFINITION
    for module in (
        ubicacion_configurar_pstn,
        ubicacion_alta_numeraciones_desactivadas,
        ubicacion_actualizar_cabecera,
        ubicacion_configurar_llamadas_internas,
        ubicacion_configurar_permisos_salientes_defecto,
        ubicacion_activar_numeraciones,
    )
)
ROW = {
    "location_name": "Tarragona Centre 004",  # without Calling
    "route_identity": "RG_PRE",
    "announcement_language": "ca_es",
    "phone_numbers": "+34977000001,+34977000002",
    "phone_number": "+34977000001",
    "enable_unknown_extension_route_policy": "true",
    "default_outgoing_profile": "internal-only",
}


async def run(tenant: Tenant, *, planning: bool) -> list[Ran]:
    directory = Directory(tenant.client)
    context = ActionContext(profiles=load_profiles(PROFILES_FILE))
    found = []
    for definition in CHAIN:
        ran = await tenant.run(
            definition, ROW, context=context, planning=planning, directory=directory
        )
        assert ran.is_success, f"{definition.action_id}: {ran.message}"
        found.append(ran)
    return found


async def test_a_whole_site_is_planned_as_it_is_applied_and_then_left_alone(tenant) -> None:
    plans = await run(tenant, planning=True)
    assert not any(one.writes for one in plans)
    applied = await run(tenant, planning=False)
    steps = [one.message.partition(";")[0] for one in applied]
    assert steps == [
        "changed: enable_calling, pstn_configure",
        "changed: numbers_add",
        "changed: head_number_update",
        "changed: internal_dialing_update",
        "changed: outgoing_permission_update",
        "changed: numbers_activate",
    ]
    for planned, sent in zip(plans, applied, strict=True):
        assert planned.planned == sent.writes
    again = await run(tenant, planning=False)
    assert not any(one.writes for one in again)
