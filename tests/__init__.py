"""What the site must do, as tests: run them all with make test, or some with pytest -k or -m."""
