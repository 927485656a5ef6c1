"""Fixtures of the simulated organisation."""

from __future__ import annotations

import pytest

from tests.simulator.organisation.scene import Scene, new_scene


@pytest.fixture
def scene() -> Scene:
    return new_scene()
