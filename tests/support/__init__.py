"""What tests stand on: databases, a client that checks pages, a network that is shut."""
