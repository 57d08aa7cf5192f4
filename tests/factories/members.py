"""Members of every role, who all sign in with the same password."""

from collections.abc import Iterable
from typing import Any

from talking_together.accounts.models import Member, MemberGroup
from talking_together.accounts.passwords import hash_password
from talking_together.accounts.viewers import Viewer, find_viewer
from talking_together.core import clock
from talking_together.organisations.models import Organisation, StaffGroup
from tests.factories.organisations import make_organisation
from tests.factories.rows import next_number, saved

PASSWORD = "marble kettle under seven lamps"

_hash_of_password: list[str] = []


def make_member(
    organisation: Organisation | None = None, *, groups: Iterable[StaffGroup] = (), **values: Any
) -> Member:
    """Return a member of staff, of a new organisation unless one is given, who can sign in."""
    number = next_number()
    if "organisation_id" not in values:
        values["organisation_id"] = (organisation or make_organisation()).id
    email = values.pop("email", f"member{number}@riverside.example")
    member = saved(
        Member(
            **{
                "sign_in_name": email,
                "email": email,
                "password_hash": _password_hash(),
                "name": f"Robin Ashworth {_in_letters(number)}",
                "joined_at": clock.now(),
                **values,
            }
        )
    )
    for group in groups:
        saved(MemberGroup(member_id=member.id, group_id=group.id))
    return member


def make_moderator(organisation: Organisation | None = None, **values: Any) -> Member:
    """Return a moderator."""
    return make_member(organisation, **{"role": "moderator", **values})


def make_admin(organisation: Organisation | None = None, **values: Any) -> Member:
    """Return an admin."""
    return make_member(organisation, **{"role": "admin", **values})


def viewer_of(member: Member) -> Viewer:
    """Return the member as policies, queries and services take the one who acts."""
    viewer = find_viewer(member.id)
    assert viewer is not None, "A deactivated member acts nowhere"
    return viewer


def _password_hash() -> str:
    # Hashing is slow on purpose; one hash serves every member of the run.
    if not _hash_of_password:
        _hash_of_password.append(hash_password(PASSWORD))
    return _hash_of_password[0]


def _in_letters(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters = chr(ord("a") + digit) + letters
    return letters.capitalize()
