"""`python -m Space_OdT` is the same door as `python -m Space_OdT.cli`."""

from __future__ import annotations

from Space_OdT.cli import main

if __name__ == "__main__":
    main()
