"""What a page and a write cost, beside what the same machine can do at best: `make bench`."""
