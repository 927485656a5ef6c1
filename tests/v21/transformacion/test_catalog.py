"""The catalogue as a whole: which actions there are, in which order, and that each is complete."""

from __future__ import annotations

import importlib
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from Space_OdT.engine.action_model import Action, Effect
from Space_OdT.v21.transformacion.catalog import ACTIONS, BY_ID
from Space_OdT.v21.transformacion.definition import ActionContext, ActionDefinition
from Space_OdT.v21.transformacion.parameters import Kind

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = ROOT.parent / "shared" / "webex-api" / "contract.json"
PACKAGE = "Space_OdT.v21.transformacion"
# A location, its people, its workspaces; what diverts live calls last of each; then the cut-over.
ORDER = (
    "ubicacion_configurar_pstn",
    "ubicacion_alta_numeraciones_desactivadas",
    "ubicacion_actualizar_cabecera",
    "ubicacion_configurar_llamadas_internas",
    "ubicacion_configurar_permisos_salientes_defecto",
    "usuarios_alta_scim",
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
    "workspaces_configurar_desvio_prefijo53_telephony",
    "ubicacion_activar_numeraciones",
)
IDENTITY = {"usuarios_alta_scim", "usuarios_alta_people"}

each_action = pytest.mark.parametrize("definition", ACTIONS, ids=lambda one: one.action_id)


@cache
def built(action_id: str) -> Action[Any]:
    return BY_ID[action_id].build(ActionContext())


@cache
def endpoints() -> frozenset[tuple[str, str]]:
    """Method and path, names in braces made equal, of everything the API documents."""
    found = json.loads(CONTRACT.read_text(encoding="utf-8"))["endpoints"]
    return frozenset((one["method"], shape(one["path"])) for one in found)


def shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_every_documented_action_is_there_in_the_order_of_an_activation() -> None:
    assert tuple(one.action_id for one in ACTIONS) == ORDER
    assert list(BY_ID) == list(ORDER)


@each_action
def test_an_action_is_the_module_of_its_name_and_a_command(definition: ActionDefinition) -> None:
    module = importlib.import_module(f"{PACKAGE}.{definition.action_id}")
    assert module.DEFINITION is definition
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    assert re.search(
        r'\nif __name__ == "__main__":\n'
        r"    from Space_OdT\.commands\.\w+ import main\n\n"
        r"    main\(DEFINITION\.action_id\)\n\Z",
        source,
    )


@each_action
def test_an_action_says_what_it_is_for_and_how_it_ends(definition: ActionDefinition) -> None:
    for text in (definition.purpose, definition.purpose_es):
        assert text.endswith(".")
        assert text[0].isupper()
    assert any(name.startswith(Effect.UNCHANGED) for name in definition.outcomes)
    for name, text in definition.outcomes.items():
        assert re.match(r"[a-z]+", name)
        assert text.strip()
    assert definition.is_identity is (definition.action_id in IDENTITY)


@each_action
def test_every_parameter_is_documented(definition: ActionDefinition) -> None:
    names = [one.name for one in definition.parameters]
    assert len(names) == len(set(names))
    for parameter in definition.parameters:
        assert parameter.help.endswith("."), parameter.name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", parameter.name)
        assert bool(parameter.choices) is (parameter.kind in {Kind.CHOICE, Kind.CHOICES})
        if parameter.example:
            assert isinstance(parameter.judge(parameter.example), str), parameter.name
        if parameter.default:
            assert parameter.normalise(parameter.default) == parameter.default


@each_action
def test_no_header_feeds_two_parameters(definition: ActionDefinition) -> None:
    headers = Counter(header for one in definition.parameters for header in one.headers)
    assert {header for header, times in headers.items() if times > 1} == set()


@each_action
def test_what_key_and_needs_name_are_parameters(definition: ActionDefinition) -> None:
    names = {one.name for one in definition.parameters}
    assert definition.key
    assert set(definition.key) <= names
    for group in definition.needs:
        assert group
        assert set(group) <= names


@each_action
def test_the_example_is_a_good_row(definition: ActionDefinition) -> None:
    assert definition.example
    assert all(definition.parameter(name) for name in definition.example)
    cells, problems = definition.prepare(definition.example)
    assert not problems, [problem.text() for problem in problems]
    assert definition.key_of(cells)


@each_action
def test_an_empty_row_is_told_what_it_lacks(definition: ActionDefinition) -> None:
    _, problems = definition.prepare({})
    assert problems
    assert all(problem.fix for problem in problems)


@each_action
def test_the_steps_are_those_of_the_action(definition: ActionDefinition) -> None:
    action = built(definition.action_id)
    assert action.name == definition.action_id
    names = [step.name for step in action.steps]
    assert len(names) == len(set(names))
    assert any(step.is_write for step in action.steps) is not definition.is_read_only


@each_action
def test_every_step_is_a_call_the_api_documents(definition: ActionDefinition) -> None:
    if not CONTRACT.exists():
        pytest.skip(f"there is no {CONTRACT.name} beside the project to compare with")
    unknown = [
        f"{step.method} {step.path}"
        for step in built(definition.action_id).steps
        if (step.method, shape(step.path)) not in endpoints()
    ]
    assert unknown == []
