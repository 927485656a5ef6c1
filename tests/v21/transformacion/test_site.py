from __future__ import annotations

from Space_OdT.v21.transformacion.catalog import ACTIONS, BY_ID
from Space_OdT.v21.transformacion.site import (
    COEXISTENCE,
    CUT_OVER,
    site_definitions,
    site_order,
)

# Actions that site_activate leaves to their own command: each has a twin in the order.
LEFT_OUT = {"usuarios_alta_scim", "workspaces_configurar_desvio_prefijo53_telephony"}


def ids(**choice: object) -> list[str]:
    return [one.action_id for one in site_definitions(**choice)]  # type: ignore[arg-type]


def test_the_order_is_that_of_the_catalogue_with_the_location_first() -> None:
    assert site_order()[0] == "ubicacion_crear"
    in_catalogue = [one.action_id for one in ACTIONS if one.action_id in COEXISTENCE]
    assert list(COEXISTENCE) == in_catalogue
    assert set(BY_ID) == {*COEXISTENCE, *CUT_OVER} | LEFT_OUT


def test_people_are_created_only_when_that_is_allowed() -> None:
    assert "usuarios_alta_people" not in ids()
    assert "usuarios_alta_people" in ids(allow_identity=True)


def test_the_cut_over_is_apart() -> None:
    assert "ubicacion_activar_numeraciones" not in ids()
    assert ids(cut_over=True) == list(CUT_OVER) == list(site_order(cut_over=True))


def test_actions_can_be_chosen() -> None:
    assert ids(only=["workspaces_alta"]) == ["workspaces_alta"]
    assert "workspaces_alta" not in ids(skip=["workspaces_alta"])
