"""V2.1: changes by action and by location job, each with a plan."""
