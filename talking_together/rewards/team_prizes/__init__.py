"""What staff groups pledge their points for together."""
