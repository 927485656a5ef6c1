"""What all tests share."""

from __future__ import annotations

import os
import signal
import sys

# A suite that was started in the background inherits an ignored SIGINT and hands it on to the
# commands it starts; their Ctrl-C is tested, so they get the usual one back.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Hundreds of commands are started: each would compile the whole package again, and every worker
# all tests, where the environment forbids to keep the result. It stands in `__pycache__` only.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
