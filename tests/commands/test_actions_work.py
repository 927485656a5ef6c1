"""What commands of actions share: logs, formulas, permission to create people."""

from __future__ import annotations

from pathlib import Path

import pytest

from Space_OdT.commands import actions_work
from Space_OdT.commands.actions_work import (
    ACTIONS_FOLDER,
    formulas_of,
    log_folder,
    refuse_identity,
)
from Space_OdT.commands.confirm import is_confirmed
from Space_OdT.commands.rows_front import RequestError
from Space_OdT.engine.run_layout import RowsLayout
from Space_OdT.settings.config import Settings
from Space_OdT.v21.transformacion.catalog import BY_ID


@pytest.fixture(name="layout")
def a_layout(tmp_path: Path) -> RowsLayout:
    return RowsLayout.at(tmp_path, "thing")


def test_logs_stand_beside_the_actions_of_a_checkout(layout: RowsLayout) -> None:
    assert log_folder(Settings(), layout) == ACTIONS_FOLDER / "logs"


def test_logs_of_an_installed_package_stand_in_the_output_folder(
    layout: RowsLayout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_work, "ACTIONS_FOLDER", tmp_path / "a" / "b" / "c")
    assert log_folder(Settings(), layout) == layout.logs_dir


def test_a_setting_moves_the_logs(layout: RowsLayout, tmp_path: Path) -> None:
    settings = Settings(space_odt_log_dir=tmp_path / "elsewhere")
    assert log_folder(settings, layout) == tmp_path / "elsewhere"


def test_formulas_come_from_the_settings() -> None:
    usual = formulas_of(Settings())
    assert usual.forward("80000001") == "530000001"
    assert usual.intercom("80000001") == "+34510000001"
    other = formulas_of(Settings(legacy_forward_tail=8, legacy_intercom_prefix="+3452"))
    assert other.forward("80000001") == "5380000001"
    assert other.intercom("80000001") == "+34520000001"


def test_creating_people_has_to_be_allowed() -> None:
    definition = BY_ID["usuarios_alta_people"]
    refuse_identity([definition], allowed=True)
    with pytest.raises(RequestError, match="--allow-identity"):
        refuse_identity([definition], allowed=False)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("y", True),
        ("YES", True),
        ("s", True),
        ("Si", True),
        ("sí", True),
        ("", False),
        ("n", False),
    ],
)
def test_the_question_takes_both_languages(
    monkeypatch: pytest.MonkeyPatch, answer: str, expected: bool
) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(f" {answer} \n"))
    assert is_confirmed() is expected
