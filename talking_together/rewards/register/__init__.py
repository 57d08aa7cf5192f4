"""The register of gifts and hospitality: who was given what by whom."""
