"""Writing to members what they were told: one email for everything that is due, never twice.

Whoever writes to a member holds their row of `notification_mailings`. The message enters the outbox in
the transaction that marks what it tells as sent, so that a crash leaves both or neither.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import and_, case, exists, func, literal, or_, select, update

from talking_together.accounts.bylines import Author, AuthorOrganisation, byline_columns, shown_name
from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.challenges.queries import visible_to_member
from talking_together.comments.models import Comment
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import insert_into, locked
from talking_together.extensions import db
from talking_together.ideas.models import Idea, IdeaDecision
from talking_together.ideas.queries import seen_by_member
from talking_together.mail.addresses import is_address
from talking_together.mail.outbox import Email, enqueue_many
from talking_together.mail.suppressions import suppressed_among
from talking_together.notifications.models import Notification, NotificationMailing
from talking_together.notifications.queries import answer_column, emails_chosen_by
from talking_together.telling.due import Plan, count_after, plan_of
from talking_together.telling.letters import letter_to

# So few at once that nobody waits long for the rows that are held.
MEMBERS = 20
ROWS = 2_000


class Batch(NamedTuple):
    """What was done for some members: up to which of them, and how many emails were written."""

    last_member_id: int
    written: int


def write_due_emails(*, stop: Callable[[], bool] = lambda: False) -> int:
    """Write the emails of everybody to whom something is due, and return how many."""
    in_transaction(_begin_mailings)
    written, after = 0, 0
    while not stop():
        batch = in_transaction(partial(_write_some, after))
        if batch is None:
            break
        after, written = batch.last_member_id, written + batch.written
    return written


def _is_due(at: datetime) -> Any:
    return and_(Notification.email_state == "due", Notification.email_after <= at)


def _begin_mailings() -> None:
    """Give a row to hold to everybody to whom something is due for the first time."""
    # What is due leads to its members, not every member to what waits for the morning.
    due = (
        select(Member.id, literal(0))
        .where(
            Member.id.in_(select(Notification.member_id).where(_is_due(clock.now()))),
            ~exists().where(NotificationMailing.member_id == Member.id),
        )
        .order_by(Member.id)
    )
    db.session.execute(
        insert_into(NotificationMailing)
        .from_select(["member_id", "count_of_day"], due)
        .on_conflict_do_nothing(index_elements=["member_id"])
    )


def _write_some(after: int) -> Batch | None:
    at = clock.now()
    due = select(Notification.member_id).where(_is_due(at))
    mailings = db.session.execute(
        locked(
            select(NotificationMailing.__table__)
            .where(NotificationMailing.member_id > after, NotificationMailing.member_id.in_(due))
            .order_by(NotificationMailing.member_id)
            .limit(MEMBERS),
            skip=True,
        )
    ).all()
    if not mailings:
        return None
    ids = [mailing.member_id for mailing in mailings]
    # A statement of its own: it sees what another worker wrote before this one held the rows.
    rows = db.session.execute(_due_rows(ids, at)).all()
    chosen = emails_chosen_by(ids)
    suppressed = suppressed_among({row.email for row in rows if row.email})
    by_id = {mailing.member_id: mailing for mailing in mailings}
    emails: list[Email] = []
    plans: list[Plan] = []
    for member_id, grouped in groupby(rows, key=lambda row: row.member_id):
        own = list(grouped)
        plan = _plan(own, chosen.get(member_id, {}), by_id[member_id], suppressed, at)
        plans.append(plan)
        if plan.send:
            emails.append(letter_to(own[0].email, own[0].member_name, member_id, plan.send))
            _note_mailing(by_id[member_id], at)
    _keep(plans, at)
    enqueue_many(emails)
    return Batch(ids[-1], len(emails))


def _plan(
    rows: Sequence[Any], chosen: dict[str, str], mailing: Any, suppressed: set[str], at: datetime
) -> Plan:
    first = rows[0]
    if not first.is_active or not first.email or not is_address(first.email) or first.email in suppressed:
        return Plan(left_out=[row.id for row in rows])
    return plan_of(rows, chosen=chosen, mailing=mailing, at=at)


def _note_mailing(mailing: Any, at: datetime) -> None:
    db.session.execute(
        update(NotificationMailing)
        .where(NotificationMailing.member_id == mailing.member_id)
        .values(last_at=at, count_of_day=count_after(mailing, at))
        .execution_options(synchronize_session=False)
    )


def _keep(plans: Sequence[Plan], at: datetime) -> None:
    """Write down what became of each row."""
    _mark([row.id for plan in plans for row in plan.send], email_state="sent", emailed_at=at)
    _mark([id for plan in plans for id in plan.left_out], email_state="left out")
    later: dict[datetime, list[int]] = {}
    for plan in plans:
        for id, moment in plan.later.items():
            later.setdefault(moment, []).append(id)
    for moment, ids in sorted(later.items()):
        _mark(ids, email_after=moment)


def _mark(ids: Sequence[int], **values: Any) -> None:
    if ids:
        db.session.execute(
            update(Notification)
            .where(Notification.id.in_(ids))
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def _due_rows(member_ids: Sequence[int], at: datetime) -> Any:
    """Select what is due to some members, with all that an email says of it and whether they may see it."""
    # A comment without an author has nobody to name, whoever told of it.
    who_id = case(
        (Notification.comment_id.is_not(None), Comment.author_id),
        (Notification.decision_id.is_not(None), IdeaDecision.decided_by),
        else_=Notification.by_id,
    )
    is_seen = and_(
        Challenge.id.is_not(None),
        or_(Notification.idea_id.is_(None), seen_by_member(at)),
        visible_to_member(at),
        or_(Notification.comment_id.is_(None), Comment.deleted_at.is_(None)),
        or_(Notification.decision_id.is_(None), IdeaDecision.undone_at.is_(None)),
    )
    return (
        select(
            Notification.id,
            Notification.member_id,
            Notification.kind,
            Notification.idea_id,
            Notification.comment_id,
            func.coalesce(Notification.challenge_id, Idea.challenge_id).label("challenge_id"),
            Notification.decision_id,
            Notification.at,
            Notification.read_at,
            Member.email,
            shown_name(Member).label("member_name"),
            Member.is_active,
            Idea.title.label("idea_title"),
            Idea.status.label("idea_status"),
            Challenge.title.label("challenge_title"),
            Challenge.closes_at,
            Challenge.voting_closes_at,
            IdeaDecision.to_status,
            answer_column(),
            IdeaDecision.decided_as,
            IdeaDecision.response_source,
            IdeaDecision.response_html,
            Comment.body_source.label("comment_source"),
            who_id.label("who_id"),
            func.coalesce(is_seen, False).label("is_seen"),
            *byline_columns(),
        )
        .join(Member, Member.id == Notification.member_id)
        .outerjoin(Idea, Idea.id == Notification.idea_id)
        .outerjoin(Challenge, Challenge.id == func.coalesce(Notification.challenge_id, Idea.challenge_id))
        .outerjoin(IdeaDecision, IdeaDecision.id == Notification.decision_id)
        .outerjoin(Comment, Comment.id == Notification.comment_id)
        .outerjoin(Author, Author.id == who_id)
        .outerjoin(AuthorOrganisation, AuthorOrganisation.id == Author.organisation_id)
        .where(Notification.member_id.in_(member_ids), _is_due(at))
        .order_by(Notification.member_id, Notification.id)
        .limit(ROWS)
    )
