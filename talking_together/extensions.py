"""The framework's extensions: instances only, set up by `create_app`."""

from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from talking_together.orm import Base

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True, session_options={"expire_on_commit": False})
login_manager = LoginManager()
mail = Mail()
csrf = CSRFProtect()
compress = Compress()
limiter = Limiter(get_remote_address, in_memory_fallback_enabled=True, headers_enabled=False)
