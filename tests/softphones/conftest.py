from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from Space_OdT.softphones.intake import SoftphoneIntake, SoftphoneRow, read_input
from Space_OdT.softphones.policy import Policy

BASE = {
    "user_email": "ana.lopez@example.com",
    "calling_license_id": "LICENCE",
    "location_name": "Madrid",
    "extension": "8001",
}


def row(number: int = 1, **cells: str) -> SoftphoneRow:
    """A good row; person n has the address `person<n>@example.com`."""
    email = cells.pop("user_email", f"person{number}@example.com")
    filled = {**BASE, "user_email": email, **cells}
    return SoftphoneRow(number, number + 1, email, {k: v for k, v in filled.items() if v})


@pytest.fixture(name="read")
def a_reader(tmp_path: Path) -> Callable[..., SoftphoneIntake]:
    def read(text: str, policy: Policy | None = None, *, max_rows: int = 100) -> SoftphoneIntake:
        path = tmp_path / "input_softphones.csv"
        path.write_text(text, encoding="utf-8")
        return read_input(path, policy or Policy(), max_rows=max_rows)

    return read
