"""Calls that change nothing a read would show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from Space_OdT.simulator.bodies import body_object, check_body
from Space_OdT.simulator.filling import Subject
from Space_OdT.simulator.generated.declarations import Action, Scopes, value_of
from Space_OdT.simulator.generated.guards import Guard
from Space_OdT.simulator.protocol import Reply, Request, Route

if TYPE_CHECKING:
    from Space_OdT.simulator.world import World


def action_route(action: Action, scopes: Scopes, guards: tuple[Guard, ...]) -> Route:
    """Make the route of an action: checks, then the declared answer."""

    def handle(world: World, request: Request) -> Reply:
        for guard in guards:
            guard(world, request)
        if action.body is not None:
            check_body(body_object(request), action.body)
        subject = Subject(world, request.path, request.params)
        fields = {name: value_of(value, subject) for name, value in action.reply.items()}
        return Reply(action.status, fields or None)

    return Route(action.method, action.template, handle, scopes.write)
