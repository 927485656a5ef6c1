"""The launcher runs what is named, in the order in which a site is brought live."""

from __future__ import annotations

from Space_OdT.v21.transformacion.catalog import ACTIONS
from Space_OdT.v21.transformacion.launcher_choice import (
    HANDLERS,
    IDENTITY,
    NOT_BY_ITSELF,
    PRECHECK,
    UNSUPPORTED,
    choose,
)

FORWARD = "usuarios_configurar_desvio_prefijo53"
LICENCES = "usuarios_modificar_licencias"
WORKSPACE = "workspaces_configurar_desvio_prefijo53"


def ids(*names: str, allows_identity: bool = False, prechecks: bool = False) -> list[str]:
    chosen, _ = choose(names, allows_identity=allows_identity, prechecks=prechecks)
    return [one.action_id for one in chosen]


def test_every_action_of_the_catalogue_can_be_named() -> None:
    assert list(HANDLERS) == [one.action_id for one in ACTIONS]
    assert ids(*HANDLERS, allows_identity=True) == list(HANDLERS)


def test_names_are_put_in_order_and_counted_once() -> None:
    assert ids(f"{FORWARD}.py", LICENCES, FORWARD) == [LICENCES, FORWARD]


def test_without_names_everything_runs_but_what_has_to_be_named() -> None:
    by_itself = ids()
    assert not set(by_itself) & set(NOT_BY_ITSELF)
    assert not any(HANDLERS[name].is_identity for name in by_itself)
    left = set(HANDLERS) - set(by_itself)
    assert left == {*NOT_BY_ITSELF, *(name for name in left if HANDLERS[name].is_identity)}
    assert set(NOT_BY_ITSELF) <= set(HANDLERS)


def test_what_is_refused_is_told_with_the_reason() -> None:
    _, refused = choose(
        ["usuarios_alta_people", "usuarios_modificar_licencia"],
        allows_identity=False,
        prechecks=False,
    )
    assert {one.script_name: one.reason for one in refused} == {
        "usuarios_alta_people": IDENTITY,
        "usuarios_modificar_licencia": UNSUPPORTED,
    }
    assert any(LICENCES in one.message for one in refused)


def test_the_diagnosis_comes_before_actions_on_workspaces_and_only_then() -> None:
    assert ids(WORKSPACE, prechecks=True) == [PRECHECK, WORKSPACE]
    assert ids(FORWARD, prechecks=True) == [FORWARD]
