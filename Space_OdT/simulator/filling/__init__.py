"""Fills shapes with plausible values that depend only on the seed and the place."""

from __future__ import annotations

from Space_OdT.simulator.filling.filler import fill, project
from Space_OdT.simulator.filling.subject import Subject

__all__ = ["Subject", "fill", "project"]
