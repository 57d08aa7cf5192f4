"""What the organisations' rules on gifts and hospitality allow."""
