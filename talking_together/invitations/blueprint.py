"""The blueprint that all pages of invitations share."""

from flask import Blueprint

blueprint = Blueprint("invitations", __name__)
