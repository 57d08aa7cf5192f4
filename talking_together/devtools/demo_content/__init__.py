"""What the demo says: invented places, people and conversations, as plain data.

Nothing here touches a database or imports the rest of the package.
"""
