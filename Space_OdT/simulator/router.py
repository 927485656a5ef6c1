"""Finds the route of a path: a tree of path segments, fixed names before parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from Space_OdT.simulator import errors
from Space_OdT.simulator.protocol import Route

ROOT_PREFIX = "/identity/"
API_PREFIX = "/v1"


@dataclass(slots=True)
class _Node:
    fixed: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    routes: dict[str, tuple[Route, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Match:
    """A route and the values of its parameters."""

    route: Route
    params: Mapping[str, str]


class Router:
    """All routes of the simulated API.

    Args:
        routes: The table; of two routes for the same method and shape of path the first counts.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self.routes: list[Route] = []
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        names: list[str] = []
        for segment in _segments(route.template):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.fixed.setdefault(segment, _Node())
        if route.method not in node.routes:
            node.routes[route.method] = (route, tuple(names))
            self.routes.append(route)

    def find(self, method: str, path: str) -> Match:
        """Find the route that answers.

        Args:
            method: Upper-case HTTP method.
            path: Decoded path below `/v1`.

        Raises:
            ApiError: 404 for an unknown path, 405 for a known path and another method.
        """
        values: list[str] = []
        node = _descend(self._root, _segments(path), 0, values)
        if node is None:
            raise errors.no_such_path(path)
        found = node.routes.get(method)
        if found is None:
            raise errors.wrong_method(method, sorted(node.routes))
        route, names = found
        return Match(route, dict(zip(names, values, strict=True)))


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").removesuffix("/").split("/")


def _descend(node: _Node, segments: list[str], index: int, values: list[str]) -> _Node | None:
    """Walk down; when a fixed name leads nowhere, the parameter of the same place is tried."""
    if index == len(segments):
        return node if node.routes else None
    segment = segments[index]
    fixed = node.fixed.get(segment)
    if fixed is not None:
        found = _descend(fixed, segments, index + 1, values)
        if found is not None:
            return found
    if node.parameter is None or not segment:
        return None
    values.append(segment)
    found = _descend(node.parameter, segments, index + 1, values)
    if found is None:
        values.pop()
    return found


def below_api(path: str) -> str | None:
    """Take the API prefix from the path of a request.

    Args:
        path: Decoded path as requested.

    Returns:
        The path that routes are written with. SCIM stands at the root of the host only, the
        other identity calls at both places; None for a path outside the API.
    """
    inside = path.removeprefix(API_PREFIX)
    if inside != path and inside.startswith("/"):
        return None if inside.startswith("/identity/scim/") else inside
    return path if path.startswith(ROOT_PREFIX) else None
