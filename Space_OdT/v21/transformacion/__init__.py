"""The transformation actions: what brings a site live, one action a file."""
