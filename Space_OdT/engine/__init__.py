"""What every run shares: where its files lie, who owns its folder, what an exit code means."""
