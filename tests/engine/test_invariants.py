"""Guarantees of the program are checked in production."""

from __future__ import annotations

import subprocess
import sys

import pytest

from Space_OdT.engine.invariants import InvariantViolation, invariant


def test_a_guarantee_that_holds_says_nothing():
    invariant(condition=True, message="all is well", row=1)


def test_a_broken_guarantee_says_what_was_seen():
    with pytest.raises(InvariantViolation, match=r"a row has one outcome \(row=7\)") as caught:
        invariant(False, "a row has one outcome", row=7)
    assert caught.value.facts == {"row": 7}


def test_guarantees_are_checked_without_assertions_too():
    code = "from Space_OdT.engine.invariants import invariant; invariant(False, 'x')"
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, check=False)
    assert b"InvariantViolation: x" in done.stderr
