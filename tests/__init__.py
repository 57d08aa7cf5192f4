"""What the site must do, as tests; see docs/testing.md for how they are run."""
