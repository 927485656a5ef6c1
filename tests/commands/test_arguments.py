from __future__ import annotations

import pytest

from Space_OdT.commands.arguments import fill_optional_values


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        (["--simulator"], ["--simulator", "50"]),
        (["--simulator", "60", "file"], ["--simulator", "60", "file"]),
        (["--simulator", "--dry-run"], ["--simulator", "50", "--dry-run"]),
        (["--inactive"], ["--inactive", "true"]),
        (["--inactive", "--dry-run"], ["--inactive", "true", "--dry-run"]),
        (["--inactive", "false"], ["--inactive", "false"]),
    ],
    ids=str,
)
def test_values_that_may_be_left_out_are_filled(given: list[str], filled: list[str]) -> None:
    assert fill_optional_values(given) == filled
