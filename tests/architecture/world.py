"""A row for every variable of an address, made when it is asked for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from werkzeug.routing import Rule

from talking_together.accounts.models import Member, MemberSession
from talking_together.core import clock
from talking_together.core.addresses import slug_path
from talking_together.invitations.models import Invitation, Phase, StaffList
from talking_together.mail.models import SuppressedAddress
from tests.factories import (
    make_challenge,
    make_comment,
    make_group,
    make_idea,
    make_member,
    make_organisation,
)
from tests.factories.draws import make_draw
from tests.factories.fairness import make_sign
from tests.factories.invitations import make_join_code
from tests.factories.merging import make_merge, make_proposal
from tests.factories.results import make_results
from tests.factories.rewards import make_reward, make_sponsor
from tests.factories.rows import next_number, saved


def address_of(rule: Rule, author: Member | None = None, **chosen: Any) -> str:
    """Return an address that a rule matches, of rows that exist; `chosen` gives some variables.

    Ideas and comments are the author's, or a stranger's.
    """
    address = rule.rule
    for part in address.split("/"):
        if part.startswith("<"):
            name = part.strip("<>").rpartition(":")[2]
            address = address.replace(part, str(chosen.get(name) or _value_of(rule.rule, name, author)))
    return address


def _value_of(rule: str, name: str, author: Member | None) -> Any:
    if name == "idea_id":
        return make_idea(author=author).id
    if name == "comment_id":
        return make_comment(author=author).id
    if name == "ref":
        kind = rule.split("/")[1]
        if kind == "rewards":
            reward = make_draw() if rule.endswith("/draw") else make_reward()
            return slug_path(kind, reward.id, reward.title).rpartition("/")[2]
        thing = make_challenge() if kind == "challenges" else make_idea(author=author)
        if rule.endswith("/results"):
            make_results(thing)
        return slug_path(kind, thing.id, thing.title).rpartition("/")[2]
    return MAKERS[name]()


def _invitation() -> Invitation:
    now = clock.now()
    phase = saved(
        Phase(name=f"Wave {next_number()}", subject="Come in", message="Have a look", created_at=now)
    )
    return saved(
        Invitation(
            phase_id=phase.id,
            email=f"invited{next_number()}@riverside.example",
            organisation_id=make_organisation().id,
            nonce="0" * 32,
            created_at=now,
        )
    )


def _staff_list() -> StaffList:
    return saved(StaffList(name="Everyone", filename="everyone.csv", uploaded_at=clock.now()))


def _session() -> MemberSession:
    now = clock.now()
    return saved(
        MemberSession(
            token_hash=f"{next_number():064d}",
            member_id=make_member().id,
            device="Firefox on Windows",
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=1),
        )
    )


MAKERS: dict[str, Callable[[], Any]] = {
    "merge_id": make_merge,
    "proposal_id": make_proposal,
    "sign_id": make_sign,
    "challenge_id": lambda: make_challenge().id,
    "member_id": lambda: make_member().id,
    "organisation_id": lambda: make_organisation().id,
    "group_id": lambda: make_group().id,
    "session_id": lambda: _session().id,
    "list_id": lambda: _staff_list().id,
    "phase_id": lambda: _invitation().phase_id,
    "invitation_id": lambda: _invitation().id,
    "suppressed_id": lambda: (
        saved(
            SuppressedAddress(
                address=f"no{next_number()}@riverside.example", because="asked", suppressed_at=clock.now()
            )
        ).id
    ),
    "code_id": lambda: make_join_code().id,
    "code": lambda: "no-such-code",
    "token": lambda: "no-such-token",
    "act": lambda: "close",
    "timing": lambda: "extend",
    # What is somebody else's, or not there.
    "act_id": lambda: 999_999,
    "note_id": lambda: 999_999,
    "which": lambda: "cover",
    "key": lambda: "challenge:new",
    "file_id": next_number,
    "picture_id": next_number,
    "voucher_id": lambda: 999_999,
    "number": next_number,
    "pledge_id": next_number,
    "event_name": lambda: "idea-published",
    "version": lambda: 1,
    "reward_id": lambda: make_reward().id,
    "sponsor_id": lambda: make_sponsor().id,
    "file_key": lambda: "no-such-file",
    "file": lambda: "no-such-photo.webp",
}
