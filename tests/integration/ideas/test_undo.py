"""Undoing what moderators do to ideas: everything comes back, or words say why not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from talking_together.accounts.models import Member
from talking_together.audit.models import AuditEntry
from talking_together.challenges.models import Challenge, ChallengeTheme
from talking_together.core import clock
from talking_together.core.errors import Conflict, NotFound
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.ideas import services
from talking_together.ideas.batches import change_statuses, give_answers, set_theme
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import BoardAct, Idea, IdeaCoAuthor, IdeaDecision
from talking_together.ideas.statuses import CHANGES
from talking_together.ideas.undoing import undo_act
from talking_together.notifications.models import Notification
from talking_together.points.models import PointEntry
from talking_together.points.services import award
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.ideas import make_co_author
from tests.factories.rows import saved
from tests.support.client import Client

BY_MODERATORS = [change for change, who in CHANGES.items() if who == "moderator"]
# What a write moves by itself, whatever is undone.
NOT_COMPARED = {"trending", "activity"}


def everything() -> dict[str, Any]:
    """Return the rows of ideas and challenges, and each member's balance."""
    db.session.commit()
    found: dict[str, Any] = {}
    for model in (Idea, Challenge):
        table = model.__table__
        rows = db.session.execute(select(table).order_by(table.c.id)).mappings()
        found[table.name] = [{k: v for k, v in row.items() if k not in NOT_COMPARED} for row in rows]
    balances = db.session.execute(select(Member.id, Member.points).order_by(Member.id))
    found["points"] = [tuple(row) for row in balances]
    return found


def drift() -> list[str]:
    """Return what `flask verify` would complain of."""
    db.session.commit()
    return list(differences())


def published(**values: Any) -> Idea:
    """Return an idea whose author has its points."""
    idea = make_idea(values.pop("challenge", None) or make_challenge("open"), **values)
    award("idea published", member_id=idea.author_id, key=f"idea published:idea:{idea.id}", idea_id=idea.id)
    if values.get("status") == "shortlisted":
        key = f"idea shortlisted:idea:{idea.id}"
        award("idea shortlisted", member_id=idea.author_id, key=key, idea_id=idea.id)
    db.session.commit()
    return idea


@pytest.mark.parametrize(("start", "to"), BY_MODERATORS)
def test_each_change_of_status_is_undone_to_what_was_before(app: Flask, start: str, to: str) -> None:
    moderator = viewer_of(make_moderator())
    idea = published(status=start)
    before = everything()
    decided = change_status(moderator, idea_id=idea.id, status=to, response="We looked into it.")
    assert drift() == []
    undo_act(moderator, act_id=decided.act_id)
    assert everything() == before
    assert drift() == []
    assert db.session.scalars(select(Notification)).all() == []


def test_what_an_undone_decision_earned_can_be_earned_again(app: Flask) -> None:
    moderator, idea = viewer_of(make_moderator()), published()
    author_id = idea.author_id
    for _ in range(3):
        decided = change_status(moderator, idea_id=idea.id, status="shortlisted")
        assert points_of(author_id) == 70
        undo_act(moderator, act_id=decided.act_id)
        assert points_of(author_id) == 20
    change_status(moderator, idea_id=idea.id, status="shortlisted")
    change_status(moderator, idea_id=idea.id, status="under review")
    again = change_status(moderator, idea_id=idea.id, status="shortlisted")
    assert points_of(author_id) == 70
    undo_act(moderator, act_id=again.act_id)
    assert points_of(author_id) == 70


def test_hiding_takes_back_all_that_an_idea_earned_and_showing_gives_back_just_that(app: Flask) -> None:
    moderator, author, beside = viewer_of(make_moderator()), make_member(), make_member()
    idea = published(author=author)
    make_co_author(idea, beside)
    db.session.commit()

    def decided(status: str) -> tuple[int, int]:
        change_status(moderator, idea_id=idea.id, status=status, response="Because.")
        return points_of(author.id), points_of(beside.id)

    # Of what came after somebody joined, each has half.
    assert [decided(status) for status in ("shortlisted", "done")] == [(45, 25), (95, 75)]
    for _ in range(2):
        assert decided("hidden") == (0, 0)
        assert decided("new") == (95, 75)
    assert [decided(status) for status in ("shortlisted", "done")] == [(95, 75)] * 2, "once for ever"
    decided("hidden")
    shown = change_status(moderator, idea_id=idea.id, status="new", response="Because.")
    undo_act(moderator, act_id=shown.act_id)
    assert (points_of(author.id), points_of(beside.id)) == (0, 0)
    assert decided("new") == (95, 75)
    assert drift() == []


def test_what_an_author_withdrew_is_lost_for_good(app: Flask) -> None:
    moderator, author = viewer_of(make_moderator()), make_member()
    idea = published(author=author)
    for status in ("shortlisted", "done", "under review"):
        change_status(moderator, idea_id=idea.id, status=status, response="Because.")
    services.withdraw_idea(viewer_of(author), idea_id=idea.id)
    assert points_of(author.id) == 0
    services.restore_idea(viewer_of(author), idea_id=idea.id)
    for status in ("hidden", "new", "shortlisted", "done"):
        change_status(moderator, idea_id=idea.id, status=status, response="Because.")
        assert points_of(author.id) == 0
    assert drift() == []


def points_of(member_id: int) -> int:
    """Return a member's balance, which is the sum of their entries."""
    total = select(func.coalesce(func.sum(PointEntry.points), 0)).where(PointEntry.member_id == member_id)
    db.session.commit()
    balance = db.session.scalars(select(Member.points).where(Member.id == member_id)).one()
    assert balance == db.session.execute(total).scalar_one()
    return balance


def test_themes_owners_and_dates_are_undone(app: Flask) -> None:
    challenge = make_challenge("open")
    theme = saved(ChallengeTheme(challenge_id=challenge.id, name="Transport"))
    other = saved(ChallengeTheme(challenge_id=challenge.id, name="Staff"))
    moderator, owner = viewer_of(make_moderator()), make_moderator()
    ideas = [published(challenge=challenge, theme_id=theme.id), published(challenge=challenge)]
    ids = [idea.id for idea in ideas]
    before = everything()
    filed = set_theme(moderator, idea_ids=ids, theme_id=other.id)
    undo_act(moderator, act_id=filed.act_id)
    assert everything() == before
    day = clock.today() + timedelta(days=3)
    given = give_answers(moderator, idea_ids=ids, owner_id=owner.id, due=day)
    assert db.session.scalars(select(Notification.kind)).all() == ["answer owed"] * 2
    undo_act(moderator, act_id=given.act_id)
    assert everything() == before
    assert db.session.scalars(select(Notification)).all() == []


def test_many_at_once_are_undone_but_for_those_that_changed_since(app: Flask) -> None:
    challenge = make_challenge("open")
    moderator, other = viewer_of(make_moderator()), viewer_of(make_moderator())
    ids = [published(challenge=challenge).id for _ in range(4)]
    batch = change_statuses(moderator, idea_ids=ids, status="planned", response="We will do it.")
    change_status(other, idea_id=ids[0], status="done", response="It is done.")
    undone = undo_act(moderator, act_id=batch.act_id)
    assert undone.idea_ids == ids[1:]
    assert [(one.idea, "changed since" in one.why) for one in undone.left] == [(ids[0], True)]
    statuses = dict(db.session.execute(select(Idea.id, Idea.status)).all())
    assert [statuses[id] for id in ids] == ["done", "new", "new", "new"]
    db.session.expire_all()
    assert db.session.get(Challenge, challenge.id).answered_count == 1
    assert drift() == []


def test_what_people_were_told_stays(app: Flask) -> None:
    moderator, idea = viewer_of(make_moderator()), published()
    decided = change_status(moderator, idea_id=idea.id, status="planned", response="We will.")
    db.session.execute(update(IdeaDecision).values(told_at=clock.now()))
    with pytest.raises(Conflict, match="People have been told"):
        undo_act(moderator, act_id=decided.act_id)
    db.session.rollback()


def test_a_withdrawn_idea_stays_withdrawn(app: Flask) -> None:
    moderator, author = viewer_of(make_moderator()), make_member()
    idea = published(author=author)
    decided = change_status(moderator, idea_id=idea.id, status="under review")
    services.withdraw_idea(viewer_of(author), idea_id=idea.id)
    with pytest.raises(Conflict, match="changed since"):
        undo_act(moderator, act_id=decided.act_id)


def test_an_act_is_undone_once_within_ten_minutes_by_who_did_it(
    app: Flask, hold_clock: Callable[[datetime], None]
) -> None:
    now = clock.now()
    hold_clock(now)
    moderator, idea = viewer_of(make_moderator()), published()
    first = change_status(moderator, idea_id=idea.id, status="under review")
    with pytest.raises(NotFound):
        undo_act(viewer_of(make_moderator()), act_id=first.act_id)
    undo_act(moderator, act_id=first.act_id)
    with pytest.raises(Conflict, match="undone already"):
        undo_act(moderator, act_id=first.act_id)
    late = change_status(moderator, idea_id=idea.id, status="under review")
    hold_clock(now + timedelta(minutes=10))
    with pytest.raises(Conflict, match="ten minutes"):
        undo_act(moderator, act_id=late.act_id)


def test_undoing_is_logged(app: Flask) -> None:
    moderator, idea = viewer_of(make_moderator()), published()
    decided = change_status(moderator, idea_id=idea.id, status="under review")
    undo_act(moderator, act_id=decided.act_id)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["idea status changed", "act on ideas undone"]


def test_the_page_offers_to_undo_and_then_shows_nothing_of_it(client: Client) -> None:
    moderator = make_moderator()
    idea = published(title="Bring the list to the pharmacy")
    client.sign_in(moderator)
    page = client.post(f"/ideas/{idea.id}/status", {"status": "planned", "response": "We will."}).follow()
    act_id = db.session.scalars(select(BoardAct.id)).one()
    done = page.form(f"/moderation/acts/{act_id}/undo").submit().follow()
    assert "Undone" in done.text
    assert "We will." not in done.text
    assert done.path == page.path
    # The offer is for who did it alone.
    client.post(f"/ideas/{idea.id}/status", {"status": "under review"})
    other = client.sign_in(make_moderator()).get(page.path)
    assert "You can undo this" not in other.text


def test_who_became_a_co_author_meanwhile_has_no_share_of_what_is_given_back(app: Flask) -> None:
    idea, moderator = published(), viewer_of(make_moderator())
    author_id = idea.author_id
    before = db.session.get_one(Member, author_id).points
    first = change_status(moderator, idea_id=idea.id, status="shortlisted")
    undo_act(moderator, act_id=first.act_id)
    co_author = make_member()
    saved(IdeaCoAuthor(idea_id=idea.id, member_id=co_author.id, state="accepted", asked_at=clock.now()))
    db.session.execute(update(Idea).values(co_authors_count=1))
    change_status(moderator, idea_id=idea.id, status="shortlisted")
    db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(Member, author_id).points == before + 50
    assert db.session.get_one(Member, co_author.id).points == 0
    assert drift() == []
