"""Giving vouchers, redeeming points for them, cancelling and using them."""
