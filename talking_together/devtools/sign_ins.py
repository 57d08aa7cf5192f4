"""How to sign in to the demo."""

SIGN_INS = ("admin@demo.example", "moderator@demo.example", "staff@demo.example", "desk@demo.example")
PASSWORD = "talking-together"  # noqa: S105 (known to everybody, and only in the demo)
