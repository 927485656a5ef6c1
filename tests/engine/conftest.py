"""What all tests of the engine share."""

from __future__ import annotations

from hypothesis import settings

# Machines are shared and slow at times; how long one example takes says nothing about the code.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
