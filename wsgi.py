"""What a WSGI server loads: `wsgi:app`."""

import os

from config import load_config
from talking_together import create_app

app = create_app(load_config(os.environ))
