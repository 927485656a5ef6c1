"""What runs share: files and who owns them, intake, journal, resume, plan, breaker, report."""
