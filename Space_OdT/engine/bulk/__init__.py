"""The bulk bot's own knowledge: what its three phases do, and how a whole run goes."""
