"""Rewards as admins set them up and members see them, with the codes that sponsors gave."""
