"""One file per subcommand: the only layer that prints."""

from __future__ import annotations

from Space_OdT.commands.catalog import COMMANDS, Command

__all__ = ["COMMANDS", "Command"]
