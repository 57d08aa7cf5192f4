"""The blueprint that all pages of rewards share."""

from flask import Blueprint

blueprint = Blueprint("rewards", __name__)
