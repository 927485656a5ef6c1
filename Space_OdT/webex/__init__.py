"""The way to Webex: every request of the product goes through here."""
