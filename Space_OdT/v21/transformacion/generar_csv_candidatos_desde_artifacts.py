"""The generator: master files, or the documented CSV of one row, from an inventory."""

from __future__ import annotations

from Space_OdT.v21.transformacion.candidates.single import SCRIPT_DEPENDENCIES

__all__ = ["SCRIPT_DEPENDENCIES"]

if __name__ == "__main__":
    from Space_OdT.commands.candidates import main

    main()
