"""Floor 7, reporting: results as pictures and pages."""
