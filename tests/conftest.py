"""What all tests share."""

from __future__ import annotations

import signal

# A suite that was started in the background inherits an ignored SIGINT and hands it on to the
# commands it starts; their Ctrl-C is tested, so they get the usual one back.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
