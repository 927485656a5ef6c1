from __future__ import annotations

import pytest

from Space_OdT.settings.language import operator_language


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_locale_it_is_english() -> None:
    assert operator_language() == "en"


def test_the_first_variable_that_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert operator_language() == "es"
    monkeypatch.setenv("LC_ALL", "C")
    assert operator_language() == "en"


def test_the_option_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "es_ES.UTF-8")
    assert operator_language("EN") == "en"
    with pytest.raises(ValueError, match="expected es or en"):
        operator_language("fr")
