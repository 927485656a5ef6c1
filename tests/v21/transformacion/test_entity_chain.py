"""Actions on one entity after the other: a plan sees what earlier ones would have done."""

from __future__ import annotations

import pytest

from Space_OdT.engine.outgoing_profiles import load_profiles
from Space_OdT.v21.transformacion import (
    ubicacion_alta_numeraciones_desactivadas,
    usuarios_anadir_intercom_legacy,
    usuarios_configurar_desvio_prefijo53,
    usuarios_configurar_perfil_saliente_custom,
    usuarios_modificar_licencias,
    workspaces_alta,
    workspaces_anadir_intercom_legacy,
    workspaces_configurar_desvio_prefijo53,
    workspaces_configurar_perfil_saliente_custom,
    workspaces_validar_estado_permisos,
)
from Space_OdT.v21.transformacion.definition import ActionContext
from Space_OdT.v21.transformacion.parts.outgoing_permissions import PROFILES_FILE
from Space_OdT.webex.directory import Directory
from tests.v21.conftest import Ran, Tenant

pytestmark = pytest.mark.xdist_group("transformation-actions")

COMMON = {"location_name": "Barcelona Centre 001", "outgoing_profile": "internal-only"}
PERSON = {
    **COMMON,
    "email": "jaume.munoz@example.com",  # without calling
    "extension": "80009999",
    "add_license_ids": "Webex Calling - Professional",
}
WORKSPACE = {
    **COMMON,
    "display_name": "Sala Nova",  # nobody has it yet
    "extension": "80009998",
    "licenses": "Webex Calling - Professional",
}
CONVERTED = {**WORKSPACE, "display_name": "Sala Barcelona 7"}  # without calling
NUMBERS = ubicacion_alta_numeraciones_desactivadas
PEOPLE = (
    NUMBERS,
    usuarios_modificar_licencias,
    usuarios_anadir_intercom_legacy,
    usuarios_configurar_perfil_saliente_custom,
    usuarios_configurar_desvio_prefijo53,
)
WORKSPACES = (
    NUMBERS,
    workspaces_alta,
    workspaces_validar_estado_permisos,
    workspaces_anadir_intercom_legacy,
    workspaces_configurar_perfil_saliente_custom,
    workspaces_configurar_desvio_prefijo53,
)


async def run(tenant: Tenant, chain, row: dict[str, str], *, planning: bool) -> list[Ran]:
    directory = Directory(tenant.client)
    context = ActionContext(profiles=load_profiles(PROFILES_FILE))
    found = []
    for module in chain:
        ran = await tenant.run(
            module.DEFINITION, row, context=context, planning=planning, directory=directory
        )
        assert ran.is_success, f"{module.__name__}: {ran.message}"
        found.append(ran)
    return found


def shape(ran: Ran, requests: list) -> list[tuple[str, str]]:
    new = ran.outcome.remote_id
    return [(one.method, one.path.replace(new, "ID")) for one in requests]


@pytest.mark.parametrize(
    ("chain", "row"),
    [(PEOPLE, PERSON), (WORKSPACES, WORKSPACE), (WORKSPACES, CONVERTED)],
    ids=["person", "new_workspace", "converted_workspace"],
)
async def test_a_chain_is_planned_as_it_is_applied_and_then_left_alone(
    tenant: Tenant, chain, row: dict[str, str]
) -> None:
    plans = await run(tenant, chain, row, planning=True)
    assert not any(one.writes for one in plans)
    applied = await run(tenant, chain, row, planning=False)
    for planned, sent in zip(plans, applied, strict=True):
        assert shape(planned, planned.planned) == shape(sent, sent.writes)
    assert plans[-1].planned
    assert f"all calls go to 53000{row['extension'][-4:]}" in plans[-1].message
    again = await run(tenant, chain, row, planning=False)
    assert not any(one.writes for one in again)


async def test_the_cut_over_takes_back_what_the_chain_set(tenant: Tenant) -> None:
    await run(tenant, PEOPLE, PERSON, planning=False)
    back = (usuarios_anadir_intercom_legacy, usuarios_configurar_desvio_prefijo53)
    row = {**PERSON, "mode": "unset"}
    taken = await run(tenant, back, row, planning=False)
    assert [len(one.writes) for one in taken] == [1, 1]
    again = await run(tenant, back, row, planning=False)
    assert not any(one.writes for one in again)
