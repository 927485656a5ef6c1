from __future__ import annotations

import os
from pathlib import Path

import pytest

from Space_OdT.settings import env
from Space_OdT.settings.config import SETTINGS_TABLE


@pytest.fixture(autouse=True)
def clean_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A process whose environment has none of our variables, in an empty folder tree."""
    kept = dict(os.environ)
    for entry in SETTINGS_TABLE:
        for variable in entry.variable.split(" or "):
            kept.pop(variable, None)
    for name in list(kept):
        if name.lower().endswith("_proxy"):
            del kept[name]
    monkeypatch.setattr(os, "environ", kept)
    monkeypatch.setattr(env, "PROJECT_ROOT", tmp_path / "project")
    work = tmp_path / "project" / "work" / "here"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    return work
