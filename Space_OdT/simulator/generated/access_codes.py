"""Access codes of locations, people, workspaces and virtual lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from Space_OdT.simulator import errors
from Space_OdT.simulator.bodies import body_object, check_body
from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Scopes
from Space_OdT.simulator.generated.documents import path_of
from Space_OdT.simulator.generated.guards import Guard, guards_of
from Space_OdT.simulator.protocol import JsonObject, Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World

CODE_RULE = {"code!": str, "description!": str}


class AccessCodes:
    """The codes at one path.

    Args:
        template: Path of the codes.
        many: A POST brings a list of codes (locations) and not one.
    """

    def __init__(self, template: str, *, many: bool) -> None:
        self.template = template
        self.many = many
        self._guards: tuple[Guard, ...] = guards_of(template, {})

    def routes(self, scopes: Scopes) -> tuple[Route, ...]:
        """Reading, adding, changing and removing."""
        return (
            Route("GET", self.template, self.read, scopes.read),
            Route("POST", self.template, self.add, scopes.write),
            Route("PUT", self.template, self.change, scopes.write),
            Route("DELETE", self.template, self.clear, scopes.write),
        )

    def _path(self, world: World, request: Request) -> str:
        for guard in self._guards:
            guard(world, request)
        return path_of(self.template, request.params)

    def read(self, world: World, request: Request) -> JsonObject:
        """Answer a GET."""
        return self._current(world, self._path(world, request), request.params)

    def _current(self, world: World, path: str, params: Mapping[str, str]) -> JsonObject:
        stored = world.documents.get(path)
        if stored is not None:
            return stored
        subject = Subject(world, path, params)
        count = 0 if subject.is_new else subject.draw("count", 3)
        codes = [self._code(subject, index) for index in range(count)]
        found: JsonObject = {"accessCodes": codes}
        return found if self.many else {"useCustomAccessCodes": bool(codes), **found}

    def _code(self, subject: Subject, index: int) -> JsonObject:
        code = f"{1000 + subject.draw(f'code{index}', 9000)}"
        found = {"code": code, "description": f"Access code {index + 1}"}
        return found if self.many else {**found, "level": "CUSTOM"}

    def add(self, world: World, request: Request) -> Reply:
        """Answer a POST."""
        path = self._path(world, request)
        body = body_object(request)
        check_body(body, {"accessCodes!": [CODE_RULE]} if self.many else CODE_RULE)
        given: list[dict[str, Any]] = body["accessCodes"] if self.many else [body]
        before = self._current(world, path, request.params)
        taken = {entry["code"] for entry in before["accessCodes"]}
        for entry in given:
            if entry["code"] in taken:
                raise errors.name_taken(entry["code"])
        added = [{"code": entry["code"], "description": entry["description"]} for entry in given]
        self._store(world, path, before, [*before["accessCodes"], *added])
        return Reply(201)

    def change(self, world: World, request: Request) -> None:
        """Answer a PUT: remove codes, and say whether own codes are used."""
        path = self._path(world, request)
        body = body_object(request)
        check_body(
            body,
            {"deleteCodes!" if self.many else "deleteCodes": [str], "useCustomAccessCodes": bool},
        )
        before = dict(self._current(world, path, request.params))
        if "useCustomAccessCodes" in body:
            before["useCustomAccessCodes"] = body["useCustomAccessCodes"]
        gone = set(body.get("deleteCodes") or ())
        kept = [entry for entry in before["accessCodes"] if entry["code"] not in gone]
        self._store(world, path, before, kept)

    def clear(self, world: World, request: Request) -> None:
        """Answer a DELETE."""
        path = self._path(world, request)
        self._store(world, path, self._current(world, path, request.params), [])

    def _store(self, world: World, path: str, before: JsonObject, codes: list[JsonObject]) -> None:
        world.documents[path] = {**before, "accessCodes": codes}
