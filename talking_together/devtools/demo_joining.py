"""The partners of the demo, their staff, and how they were invited and joined."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update

from talking_together.accounts.services import change_role, create_member, deactivate_member
from talking_together.core.clock import now as moment
from talking_together.core.driver import DriverConnection
from talking_together.devtools.demo_content.invitations import PHASES
from talking_together.devtools.demo_content.organisations import GROUPS, ORGANISATIONS
from talking_together.devtools.demo_content.people import PEOPLE
from talking_together.devtools.demo_content.shapes import Invitation as WrittenInvitation
from talking_together.devtools.demo_content.shapes import Person
from talking_together.devtools.demo_content.shapes import Phase as WrittenPhase
from talking_together.devtools.diary import Diary
from talking_together.extensions import db
from talking_together.invitations.joining.services import accept_invitation, note_opened
from talking_together.invitations.links import token_of
from talking_together.invitations.models import Invitation, Phase
from talking_together.invitations.people.services import revoke_invitation
from talking_together.invitations.phases.delivery import count_deliveries_of, record_deliveries
from talking_together.invitations.phases.emails import PURPOSE, REMINDER_PURPOSE, letter_of
from talking_together.invitations.phases.moving import schedule_phase, start_phase
from talking_together.invitations.phases.plan import Plan
from talking_together.invitations.phases.queries import get_phase
from talking_together.invitations.phases.services import create_phase
from talking_together.invitations.staff_lists.services import check_staff_list, keep_staff_list
from talking_together.invitations.states import lock_invitation, move_invitation
from talking_together.mail.models import OutboxMessage
from talking_together.mail.outbox import enqueue_many
from talking_together.mail.recording import Outcome
from talking_together.organisations.models import Organisation
from talking_together.organisations.services import add_organisation, add_staff_group
from talking_together.points.services import award

ACCEPTED = "250 2.0.0 Ok: queued"
# The phase that is under way goes on slowly, so that it can be watched.
FIRST_WAITS = timedelta(minutes=2)
THEN_EVERY = timedelta(minutes=25)
# Some look at their invitation and leave it at that.
READ_AFTER = timedelta(hours=7)

_BY_KEY = {person.key: person for person in PEOPLE}
_INVITED = {invitation.member for phase in PHASES for invitation in phase.invitations if invitation.member}


def write_joining(diary: Diary, *, password_hash: str) -> None:
    """Write down the partners, the phases, who joined by them, and who has left since."""
    began = min(person.joined.seen_from(diary.now) for person in PEOPLE) - timedelta(days=1)
    diary.add(began, partial(_add_partners, diary))
    for person in PEOPLE:
        if person.key not in _INVITED:
            joined = person.joined.seen_from(diary.now)
            diary.add(joined, partial(_join_uninvited, diary, person, password_hash))
        if person.left:
            diary.add(person.left.seen_from(diary.now), partial(_leave, diary, person))
    for phase in PHASES:
        _write_phase(diary, phase, password_hash)


def _add_partners(diary: Diary) -> None:
    for partner in ORGANISATIONS:
        organisation = add_organisation(
            None,
            name=partner.name,
            short_name=partner.short_name,
            colour=partner.colour,
            headcount=partner.headcount,
            domains=partner.email_domains,
        )
        diary.keep("organisation", partner.key, organisation.id)
    for group in GROUPS:
        organisation_id = diary.id_of("organisation", group.organisation) if group.organisation else None
        added = add_staff_group(None, name=group.name, organisation_id=organisation_id)
        diary.keep("group", group.key, added.id)


def _join_uninvited(diary: Diary, person: Person, password_hash: str) -> None:
    member_id = create_member(
        name=person.name,
        email=person.email,
        password_hash=password_hash,
        organisation_id=diary.id_of("organisation", person.organisation),
        job_title=person.job_title,
        role=person.role,
        on_leaderboard=person.on_leaderboard,
        group_ids=[diary.id_of("group", group) for group in person.groups],
    )
    award("joined", member_id=member_id, key=f"joined:member:{member_id}")
    diary.keep("member", person.key, member_id)


def _leave(diary: Diary, person: Person) -> None:
    deactivate_member(
        _an_admin(diary), member_id=diary.id_of("member", person.key), reason="Has left for another job"
    )
    diary.forget_viewer(person.key)


def _an_admin(diary: Diary) -> Any:
    return diary.viewer(next(person.key for person in PEOPLE if person.role == "admin"))


def _write_phase(diary: Diary, phase: WrittenPhase, password_hash: str) -> None:
    created = phase.created.seen_from(diary.now)
    diary.add(created, partial(_create_phase, diary, phase))
    if phase.starts:
        diary.add(created + timedelta(minutes=20), partial(_schedule_phase, diary, phase))
    if phase.started:
        _write_delivery(diary, phase, password_hash)


def _write_delivery(diary: Diary, phase: WrittenPhase, password_hash: str) -> None:
    started = phase.started.seen_from(diary.now) if phase.started else diary.now
    finished = phase.finished.seen_from(diary.now) if phase.finished else diary.now
    leaving = [invitation for invitation in phase.invitations if invitation.state != "queued"]
    diary.add(started, partial(_start_phase, diary, phase))
    for place, invitation in enumerate(leaving):
        at = started + (finished - started) * place / len(leaving)
        diary.add(at, partial(_deliver, diary, phase, invitation))
        if invitation.state == "revoked":
            diary.add(at + timedelta(days=2, hours=3), partial(_revoke, diary, phase, invitation))
        if invitation.member:
            person = _BY_KEY[invitation.member]
            joined = person.joined.seen_from(diary.now)
            diary.add(joined, partial(_join, diary, phase, invitation, person, password_hash))
            if place % 3:
                diary.add(at + (joined - at) * 0.4, partial(_open, diary, phase, invitation))
        elif invitation.state == "sent" and place % 3 == 0 and at + READ_AFTER < diary.now:
            diary.add(at + READ_AFTER, partial(_open, diary, phase, invitation))
    waiting = [invitation for invitation in phase.invitations if invitation.state == "queued"]
    if waiting:
        diary.add(diary.now, partial(_let_wait, diary, phase, waiting))
        return
    diary.add(finished, partial(_finish_phase, diary, phase))
    for number in range(1, len(phase.reminders) + 1):
        reminded = finished + timedelta(days=sum(phase.reminders[:number]))
        diary.add(reminded, partial(_remind, diary, phase, number))


def _create_phase(diary: Diary, phase: WrittenPhase) -> None:
    admin = diary.viewer(phase.author)
    list_id = None
    if phase.invitations:
        checked = check_staff_list(io.BytesIO(_as_csv(phase).encode()))
        list_id = keep_staff_list(admin, name=phase.list_name, filename=phase.filename, checked=checked)
    first, second = (*phase.reminders, None, None)[:2]
    plan = Plan(
        name=phase.name,
        subject=phase.subject,
        message=phase.message,
        source="list" if list_id else "choice",
        list_id=list_id,
        not_joined_from=diary.id_of("phase", phase.not_joined_from) if phase.not_joined_from else None,
        challenge_id=diary.id_of("challenge", phase.challenge) if phase.challenge else None,
        from_name=phase.from_name,
        reply_to=phase.reply_to,
        starts_at=phase.starts.seen_from(diary.now) if phase.starts else None,
        hourly_rate=phase.hourly_rate,
        expires_days=phase.expires_days,
        first_reminder_days=first,
        second_reminder_days=second,
    )
    if phase.all_hours:
        plan = replace(plan, sending_days="every day", sending_from=0, sending_until=24)
    diary.keep("phase", phase.key, create_phase(admin, plan=plan))


def _schedule_phase(diary: Diary, phase: WrittenPhase) -> None:
    people = len(phase.invitations)
    schedule_phase(diary.viewer(phase.author), phase_id=diary.id_of("phase", phase.key), people=people)


def _as_csv(phase: WrittenPhase) -> str:
    organisations = {partner.key: partner.name for partner in ORGANISATIONS}
    groups = {group.key: group.name for group in GROUPS}
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(("Name", "Email", "Organisation", "Groups", "Job title"))
    for row in (invitation.row for invitation in phase.invitations):
        named = "; ".join(groups[key] for key in row.groups)
        lines.writerow((row.name, row.email, organisations[row.organisation], named, row.job_title))
    return written.getvalue()


def _start_phase(diary: Diary, phase: WrittenPhase) -> None:
    phase_id = diary.id_of("phase", phase.key)
    start_phase(diary.viewer(phase.author), phase_id=phase_id, people=len(phase.invitations))
    invited = select(Invitation.email, Invitation.id).where(Invitation.phase_id == phase_id)
    for email, invitation_id in db.session.execute(invited):
        diary.keep("invitation", _place_of(phase, email), invitation_id)


def _place_of(phase: WrittenPhase, email: str) -> str:
    return f"{phase.key} to {email}"


def _invitation_id(diary: Diary, phase: WrittenPhase, invitation: WrittenInvitation) -> int:
    return diary.id_of("invitation", _place_of(phase, invitation.row.email))


def _deliver(diary: Diary, phase: WrittenPhase, invitation: WrittenInvitation) -> None:
    invitation_id = _invitation_id(diary, phase, invitation)
    expires_at = moment() + timedelta(days=phase.expires_days)
    move_invitation(lock_invitation(invitation_id), "sending", expires_at=expires_at)
    outcome = invitation.state if invitation.state in ("failed", "outcome unknown") else "sent"
    answer = invitation.answer or ACCEPTED
    record_deliveries(DriverConnection(db.session.connection()), [Outcome(invitation_id, outcome, answer)])
    count_deliveries_of(diary.id_of("phase", phase.key))


def _open(diary: Diary, phase: WrittenPhase, invitation: WrittenInvitation) -> None:
    row = lock_invitation(_invitation_id(diary, phase, invitation))
    note_opened(token_of(row.id, row.nonce))


def _revoke(diary: Diary, phase: WrittenPhase, invitation: WrittenInvitation) -> None:
    revoke_invitation(diary.viewer(phase.author), invitation_id=_invitation_id(diary, phase, invitation))


def _join(
    diary: Diary, phase: WrittenPhase, invitation: WrittenInvitation, person: Person, password_hash: str
) -> None:
    invited = lock_invitation(_invitation_id(diary, phase, invitation))
    member_id, _ = accept_invitation(
        token=token_of(invited.id, invited.nonce),
        name=person.name,
        password_hash=password_hash,
        job_title=person.job_title,
        on_leaderboard=person.on_leaderboard,
    )
    diary.keep("member", person.key, member_id)
    if person.role != "staff":
        change_role(
            _an_admin(diary), member_id=member_id, role=person.role, reason="Will read and answer ideas"
        )


def _let_wait(diary: Diary, phase: WrittenPhase, waiting: list[WrittenInvitation]) -> None:
    """Put the rest of a phase into the outbox, to leave one by one over the hours to come."""
    at = moment()
    expires_at = at + timedelta(days=phase.expires_days)
    letter = letter_of(get_phase(diary.id_of("phase", phase.key)))
    for place, invitation in enumerate(waiting):
        row = db.session.execute(
            select(
                *Invitation.__table__.c,
                Organisation.name.label("organisation_name"),
            )
            .join(Organisation, Organisation.id == Invitation.organisation_id)
            .where(Invitation.id == _invitation_id(diary, phase, invitation))
        ).one()
        enqueue_many([letter.to(row, expires_at=expires_at)])
        move_invitation(row, "sending", expires_at=expires_at)
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.purpose == PURPOSE, OutboxMessage.ref_id == row.id)
            .values(due_at=at + FIRST_WAITS + THEN_EVERY * place)
        )


def _remind(diary: Diary, phase: WrittenPhase, number: int) -> None:
    """Write down the reminders that those had who had not joined by then."""
    found = get_phase(diary.id_of("phase", phase.key))
    letter = letter_of(found, purpose=REMINDER_PURPOSE)
    invited = (Invitation.phase_id == found.id, Invitation.state == "sent")
    rows = db.session.execute(
        select(*Invitation.__table__.c, Organisation.name.label("organisation_name"))
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(*invited)
        .order_by(Invitation.id)
    ).all()
    enqueue_many([letter.to(row, expires_at=row.expires_at) for row in rows])
    db.session.execute(update(Invitation).where(*invited).values(reminders=number))
    note_as_sent(REMINDER_PURPOSE)


def note_as_sent(purpose: str) -> None:
    """Let the letters of a purpose that wait have been sent at this moment, as most of the demo's were."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.purpose == purpose, OutboxMessage.state == "queued")
        .values(
            state="sent",
            attempts=1,
            first_tried_at=moment(),
            finished_at=moment(),
            last_answer=ACCEPTED,
            body_text="",
            body_html="",
        )
    )


def _finish_phase(diary: Diary, phase: WrittenPhase) -> None:
    db.session.execute(
        update(Phase)
        .where(Phase.id == diary.id_of("phase", phase.key))
        .values(state="sent", finished_at=moment())
    )
