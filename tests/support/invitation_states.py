"""Every state that lists, phases, invitations and join codes can be in, to be looked at."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from talking_together.accounts.viewers import Viewer
from talking_together.core import clock
from talking_together.invitations.links import token_of
from talking_together.invitations.models import JOINING, LEAVING, JoinCodeUse, Phase
from talking_together.invitations.staff_lists.uploads import examine, keep_upload
from talking_together.invitations.team_codes.codes import shown_code
from talking_together.mail.models import DeliveryAttempt, MailServerState, SuppressedAddress
from tests.factories import make_challenge, make_group, make_member, make_organisation, viewer_of
from tests.factories.invitations import (
    make_email,
    make_invitation,
    make_join_code,
    make_phase,
    make_staff_list,
)
from tests.factories.rows import saved
from tests.support.staff_lists import as_xlsx

SHEETS = {
    "Ward staff": [
        ["Full name", "E-mail address", "Employer", "Team", "Position"],
        ["Amina Yusuf", "amina.yusuf@riverside.example", "Riverside", "Night owls", "Porter"],
        ["Ben Oakley-Featherstonehaugh", "ben@riverisde.example", "Riverside", "", "Charge nurse"],
        ["Cat Ash", "cat@home.example", "Riverside NHS Trst", "Porters", ""],
        ["Dan Elm", "dan at home", "Nowhere", "", "Clerk"],
        ["", "", "", "", ""],
    ],
    "Notes": [["Nothing here"]],
}
SLOW = "451 4.7.1 Greylisting in action, please come back in five minutes"
GONE = "550 5.1.1 <somebody@riverside.example>: Recipient address rejected: User unknown in relay table"


PARTS = ("nothing", "phases", "lists", "links", "people", "codes", "members_and_addresses")


class State(NamedTuple):
    """Where a state is seen, by whom, and with which answer."""

    name: str
    path: str
    role: str | None = "admin"
    status: int = 200


class States:
    """Makes every state in an empty database; `members` holds who looks at them."""

    def __init__(self) -> None:
        self.riverside = make_organisation(
            name="Riverside Community NHS Trust", short_name="Riverside", domains=("riverside.example",)
        )
        self.members = {
            role: make_member(self.riverside, role=role, email=f"{role}@riverside.example")
            for role in ("staff", "moderator", "admin")
        }
        self.members["porter"] = make_member(self.riverside, sign_in_name="rb-20331", email=None)
        self.challenge = make_challenge(title="How do we get people home by lunchtime?")

    def nothing(self) -> Iterator[State]:
        """Yield the pages before anybody was invited."""
        yield State("nobody invited", "/admin/invitations/people")
        yield State("no codes", "/admin/invitations/codes")
        yield State("no participation", "/admin/participation")
        yield State("no join requests", "/moderation/join-requests", "moderator")

    def phases(self) -> Iterator[State]:
        """Yield phases in each state, with their steps."""
        now = clock.now()
        two = make_staff_list(
            "ada@riverside.example", "member@riverside.example", organisation=self.riverside
        )
        draft = make_phase(
            two, hourly_rate=600, starts_at=now + timedelta(days=3), first_reminder_days=7,
            second_reminder_days=7, challenge_id=self.challenge.id, from_name="Mei-Ling Cheung",
        )  # fmt: skip
        empty = make_phase(make_staff_list("staff@riverside.example", organisation=self.riverside))
        base = "/admin/invitations/phases"
        for name, phase in (("draft", draft), ("draft for nobody", empty)):
            yield State(f"phase {name}", f"{base}/{phase.id}")
        yield State("phase edit", f"{base}/{draft.id}/edit")
        yield State("phase preview", f"{base}/{draft.id}/preview")
        started = {"started_at": now - timedelta(minutes=30), "people_count": 40, "sent_count": 12}
        made = {
            "scheduled": {"starts_at": now + timedelta(days=2)},
            "sending": {**started, "joined_count": 3, "failed_count": 2, "unknown_count": 1},
            "sending out of hours": {**started, "sending_from": (clock.to_london(now).hour + 2) % 23},
            "paused": {**started, "state": "paused", "pause_cause": "admin"},
            "waiting for the mail server": {**started, "state": "paused", "pause_cause": "mail server"},
            "sent": {**started, "state": "sent", "finished_at": now, "first_reminder_days": 7},
            "sent to nobody": {"state": "sent", "started_at": now, "finished_at": now},
            "stopped": {**started, "state": "stopped", "finished_at": now},
        }
        for name, values in made.items():
            values.setdefault("state", name.split()[0])
            if "sending_from" in values:
                values["sending_until"] = values["sending_from"] + 1
            phase = make_phase(two, name=f"Wards, {name}", **values)
            if name != "sent to nobody":
                self._people_of(phase, name)
            yield State(f"phase {name}", f"{base}/{phase.id}")
            if name == "sending":
                yield State("phase stop", f"{base}/{phase.id}/stop")
                yield State("phase people", f"{base}/{phase.id}/people")
                yield State("phase people found none", f"{base}/{phase.id}/people?q=nobody")
                yield State("participation of few", f"/admin/participation/phases/{phase.id}")
        saved(
            MailServerState(
                id=1, failing_since=now - timedelta(minutes=4), next_try_at=now, tries=5,
                last_answer="421 4.3.2 mail.riverside.example: too many connections, try again later",
            )
        )  # fmt: skip
        yield State("overview", "/admin/invitations")
        yield State("participation", "/admin/participation")

    def _people_of(self, phase: Phase, name: str) -> None:
        if name == "scheduled":
            for _ in range(3):
                make_invitation(phase, state="draft", sent_at=None, organisation_id=self.riverside.id)
            return
        for state, answer in (
            ("sent", "250 2.0.0 OK"), ("joined", "250 2.0.0 OK"), ("failed", GONE), ("failed", GONE),
            ("outcome unknown", "The connection was lost after the message had been handed over"),
            ("declined", ""), ("bounced", GONE),
        ):  # fmt: skip
            invitation = make_invitation(
                phase, state=state, last_answer=answer, organisation_id=self.riverside.id
            )
            make_email(
                invitation, "sent" if state in ("joined", "declined", "bounced") else state,
                stream=f"phase:{phase.id}", finished_at=clock.now(), attempts=1,
            )  # fmt: skip
        waiting = make_invitation(phase, state="queued", sent_at=None, organisation_id=self.riverside.id)
        make_email(waiting, stream=f"phase:{phase.id}", last_answer=SLOW, attempts=2)

    def lists(self) -> Iterator[State]:
        """Yield staff lists in each state, of people to invite and of leavers."""
        base = "/admin/invitations/lists"
        for kind in (JOINING, LEAVING):
            content = as_xlsx(SHEETS)
            uploaded = keep_upload(
                self._admin(), name=f"Upload ({kind})", kind=kind, filename="ward staff.xlsx",
                content=content, examined=examine(content, kind=kind),
            )  # fmt: skip
            yield State(f"list uploaded {kind}", f"{base}/{uploaded}")
        for state, values in {
            "reading": {"rows_read": 4_000, "rows_expected": 20_000},
            "stopped": {"rows_read": 4_000},
            "failed": {"problem": "The workbook is damaged: its sheet ends in the middle of a row"},
        }.items():
            made = make_staff_list(state=state, name=f"List {state}", file_format="CSV file, UTF-8", **values)
            yield State(f"list {state}", f"{base}/{made.id}")
        yield State("list read", f"{base}/{make_staff_list('new@riverside.example').id}")
        yield State("list new", f"{base}/new")
        yield State("list new leavers", f"{base}/new?kind=leaving")

    def links(self) -> Iterator[State]:
        """Yield what the link of an invitation leads to."""
        over = clock.now() - timedelta(days=1)
        phase = make_phase(make_staff_list(), state="sent", started_at=over, challenge_id=self.challenge.id)
        stopped = make_phase(make_staff_list(), state="stopped", started_at=over, finished_at=over)
        saved(
            SuppressedAddress(
                address="declined@riverside.example", because="declined", suppressed_at=clock.now()
            )
        )
        for name, values in {
            "form": {},
            "declined": {"state": "declined", "email": "declined@riverside.example"},
            "used": {"state": "joined"},
            "expired": {"state": "expired", "expires_at": over},
            "expired for good": {"state": "expired", "expires_at": over, "phase": stopped},
            "revoked": {"state": "revoked"},
            "closed": {"state": "suppressed"},
        }.items():
            invitation = make_invitation(
                **{"phase": phase, "organisation_id": self.riverside.id,
                   "expires_at": clock.now() + timedelta(days=20), **values}
            )  # fmt: skip
            path = f"/invitations/{token_of(invitation.id, invitation.nonce)}"
            yield State(f"link {name}", path, None)
            if name in ("form", "declined", "used"):
                yield State(f"decline {name}", f"{path}/decline", None)
            if name == "form":
                yield State("link of somebody else", path, "staff")
        yield State("link unknown", "/invitations/nonsense", None, 404)
        yield State("link of a test", "/invitations/sample", None)
        yield State("join", "/join", None)

    def people(self) -> Iterator[State]:
        """Yield one person's invitation, with little and with much behind it."""
        phase = make_phase(make_staff_list(), state="sent", started_at=clock.now())
        for state in ("bounced", "outcome unknown", "joined", "expired"):
            ends = clock.now() + timedelta(days=-1 if state == "expired" else 9)
            invitation = make_invitation(
                phase, state=state, last_answer=GONE, organisation_id=self.riverside.id,
                opened_at=clock.now(), expires_at=ends,
            )  # fmt: skip
            email = make_email(invitation, "sent", finished_at=clock.now(), attempts=3, last_answer="250 OK")
            for minutes in (30, 10):
                saved(
                    DeliveryAttempt(
                        outbox_id=email.id, at=clock.now() - timedelta(minutes=minutes), answer=SLOW
                    )
                )
            yield State(f"invitation {state}", f"/admin/invitations/{invitation.id}")
        yield State("everybody invited", "/admin/invitations/people")

    def codes(self) -> Iterator[State]:
        """Yield the codes of teams as admins and as members of the teams see them."""
        group = make_group(name="Porters")
        for name, values in {
            "open": {"challenge_id": self.challenge.id, "group_id": group.id},
            "approved": {"needs_approval": True},
            "full": {"max_uses": 1, "uses_count": 1},
            "expired": {"expires_at": clock.now() - timedelta(days=1)},
            "closed": {"closed_at": clock.now()},
        }.items():
            code = make_join_code(organisation_id=self.riverside.id, label=f"Night porters, {name}", **values)
            public = f"/join/{shown_code(code.code)}"
            yield State(f"code {name}", f"/admin/invitations/codes/{code.id}")
            yield State(f"team {name}", public, None, 200 if name in ("open", "approved") else 410)
            if name == "open":
                yield State("poster", f"/admin/invitations/codes/{code.id}/poster")
                yield State("team of somebody signed in", public, "staff")
            if name == "approved":
                yield State("team waiting", f"{public}/waiting", None)
                self._let_wait(code.id)
        yield State("codes", "/admin/invitations/codes")
        yield State("code new", "/admin/invitations/codes/new")
        yield State("team code asked", "/join/team", None)
        yield State("team code unknown", "/join/AAAAA-AAAAA", None, 404)
        yield State("join requests", "/moderation/join-requests", "moderator")

    def _let_wait(self, code_id: int) -> None:
        for name in ("Amina Yusuf", "Bartholomew Featherstonehaugh-Cholmondeley"):
            waiting = make_member(
                self.riverside, name=name, is_active=False, awaiting_approval=True, email=None,
                sign_in_name=f"rb-{len(name)}", job_title="Porter",
            )  # fmt: skip
            saved(JoinCodeUse(member_id=waiting.id, join_code_id=code_id, used_at=clock.now()))

    def members_and_addresses(self) -> Iterator[State]:
        """Yield suppressed addresses, and what new members and those without an address see."""
        address = saved(
            SuppressedAddress(
                address="gone@riverside.example", because="bounced", detail=GONE, suppressed_at=clock.now()
            )
        )
        yield State("suppressed", "/admin/invitations/suppressed")
        yield State("suppressed one", f"/admin/invitations/suppressed/{address.id}")
        yield State("suppress", "/admin/invitations/suppressed/new")
        former = make_member(self.riverside, is_active=False, shown_as_former=True)
        yield State("former colleague", f"/admin/members/{former.id}")
        yield State("welcome", f"/welcome?challenge={self.challenge.id}", "staff")
        yield State("photo", "/me/photo", "staff")
        yield State("address", "/me/email", "porter")
        yield State("me without an address", "/me", "porter")
        yield State("address over", "/me/email/nonsense", "staff", 410)
        yield State("house rules", "/house-rules", None)
        yield State("sign in", "/sign-in", None)

    def _admin(self) -> Viewer:
        return viewer_of(self.members["admin"])
