"""Location jobs: sites as their rows say, planned first, then applied as a job that can resume."""
