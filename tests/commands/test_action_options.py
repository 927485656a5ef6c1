from __future__ import annotations

from pathlib import Path

import pytest

from Space_OdT.commands.action_options import RunChoices


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (RunChoices(), ""),
        (RunChoices(dry_run=True, auto_confirm=True, max_rate=60, token="secret"), ""),
        (RunChoices(profiles=Path("my profiles.json")), " --profiles 'my profiles.json'"),
        (RunChoices(allow_identity=True, check_routing=True), " --allow-identity --check-routing"),
        (RunChoices(base_url="http://127.0.0.1:1/v1"), " --base-url http://127.0.0.1:1/v1"),
        (RunChoices(simulator=50), " --simulator 50"),
    ],
    ids=lambda value: str(value)[-40:] if isinstance(value, str) else "",
)
def test_pending_rows_are_run_again_with_what_they_need(choices: RunChoices, words: str) -> None:
    assert choices.repeated == words
