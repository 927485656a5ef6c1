"""How well the pacer finds a server's limit: over HTTP beside its peers, and in virtual time."""
