"""One file per subcommand: the only layer that prints."""
