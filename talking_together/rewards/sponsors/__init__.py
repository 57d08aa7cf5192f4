"""Who gives rewards: their names, words, links and logos, kept by admins."""
