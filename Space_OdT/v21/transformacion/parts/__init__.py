"""What several actions share: lookups, parameters, steps, and the work they have in common."""
