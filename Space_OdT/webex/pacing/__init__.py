"""Find the server's limit, and stay just under it."""

from Space_OdT.webex.pacing.pacer import Pacer, Ticket

__all__ = ["Pacer", "Ticket"]
