"""The join code of a team without mailboxes, as the demo has it."""

from datetime import timedelta
from functools import partial

from talking_together.core import clock
from talking_together.devtools.demo_content.people import PEOPLE
from talking_together.devtools.demo_content.shapes import at
from talking_together.devtools.diary import Diary
from talking_together.invitations.team_codes.services import create_code

ADMIN = next(person.key for person in PEOPLE if person.role == "admin")
MADE = at(-2, 11, 40)
GOOD_FOR = timedelta(days=60)


def write_team_codes(diary: Diary) -> None:
    """Write down that an admin made a code for the night porters."""
    diary.add(MADE.seen_from(diary.now), partial(_make_code, diary))


def _make_code(diary: Diary) -> None:
    create_code(
        diary.viewer(ADMIN),
        label="Night porters",
        organisation_id=diary.id_of("organisation", "hospital"),
        group_id=None,
        challenge_id=diary.id_of("challenge", "home-by-lunch"),
        max_uses=40,
        last_day=clock.today() + GOOD_FOR,
        needs_approval=True,
    )
