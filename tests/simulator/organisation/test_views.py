"""Lists render only what a page asks for."""

from __future__ import annotations

from Space_OdT.simulator.organisation.keys import canonical, uuid_of
from Space_OdT.simulator.organisation.views import LazyList


def test_only_the_page_is_rendered() -> None:
    rendered: list[int] = []

    def render(item: int) -> dict[str, int]:
        rendered.append(item)
        return {"n": item}

    items = LazyList(range(21_000), render)
    assert len(items) == 21_000
    assert items[100:102] == [{"n": 100}, {"n": 101}]
    assert items[5] == {"n": 5}
    assert rendered == [100, 101, 5]


def test_ids_are_compared_without_padding_and_blanks() -> None:
    assert canonical(" Y2lzY28== ") == "Y2lzY28"
    assert canonical(None) == ""
    assert canonical(7) == ""


def test_a_bare_uuid_is_its_own_name() -> None:
    assert uuid_of("00000000-0000-4000-8000-000000000000").startswith("00000000")
