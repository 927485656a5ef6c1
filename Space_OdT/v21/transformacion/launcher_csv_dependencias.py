"""The launcher: actions in their order of dependency over masters or CSV files of parameters."""

from __future__ import annotations

from Space_OdT.v21.transformacion.launcher_choice import HANDLERS

__all__ = ["HANDLERS"]

if __name__ == "__main__":
    from Space_OdT.commands.launcher import main

    main()
