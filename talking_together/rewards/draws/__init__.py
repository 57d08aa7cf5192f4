"""Prize draws: entering, and drawing so that anybody can repeat it."""
