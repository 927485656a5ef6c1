"""Provision 21,000 rows beside a script on wxc_sdk: wall time, calls, refusals, memory."""
