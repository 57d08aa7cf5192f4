"""Where the signs of gaming are looked for, a module for each kind."""
