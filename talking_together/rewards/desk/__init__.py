"""The desk of a sponsor's own staff, where vouchers are used."""
