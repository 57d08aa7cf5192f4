"""What is given at no cost, for joining or for a milestone."""
