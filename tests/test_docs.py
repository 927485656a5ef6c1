"""What the docs promise is what the code has, and nothing is left undocumented."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from Space_OdT.commands import COMMANDS
from Space_OdT.inventory.manifest import MANIFEST
from Space_OdT.settings.config import SETTINGS_TABLE
from Space_OdT.webex.error_handling import ReasonCode

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.es.md")
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_reference_is_current() -> None:
    for name, render in generator().PAGES.items():
        assert text(f"docs/reference/{name}") == render(), f"{name} is stale: run `make docs`"


@pytest.mark.parametrize("readme", READMES)
def test_both_readmes_show_every_command(readme: str) -> None:
    for command in COMMANDS:
        assert f"space-odt {command.name}" in text(readme), command.name


@pytest.mark.parametrize("readme", READMES)
def test_both_readmes_name_the_two_commands_of_a_fresh_clone(readme: str) -> None:
    assert "make demo" in text(readme)
    assert "make test" in text(readme)


def test_the_two_readmes_have_the_same_sections() -> None:
    english, spanish = (re.findall(r"^#+ ", text(name), re.MULTILINE) for name in READMES)
    assert english == spanish


def test_every_setting_artifact_and_reason_code_is_documented() -> None:
    settings = text("docs/reference/settings.md")
    assert not [entry.variable for entry in SETTINGS_TABLE if f"`{entry.variable}`" not in settings]
    artifacts = text("docs/reference/artifacts.md")
    assert not [entry.artifact for entry in MANIFEST if f"`{entry.artifact}`" not in artifacts]
    codes = text("docs/reference/reason_codes.md")
    assert not [code.value for code in ReasonCode if f"`{code.value}`" not in codes]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_every_decision_is_listed() -> None:
    index = text("docs/decisions/README.md")
    for record in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        assert record.name in index
