"""Settings and collections whose first content follows from the seed and which remember writes."""

from __future__ import annotations
