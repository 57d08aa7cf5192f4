"""What a WSGI server loads: `wsgi:app`."""

import os

from config import load_config
from talking_together import create_app
from talking_together.core.memory import give_back_large_blocks

give_back_large_blocks()
app = create_app(load_config(os.environ))
