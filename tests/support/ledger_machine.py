"""People who do anything that moves points, in any order, and what must hold after each step.

A state machine of Hypothesis: it chooses the acts, and cuts a failing run down to the shortest that
fails. The site may refuse an act; what it refuses changes nothing. Afterwards

- every balance is the sum of its entries, and every total that boards read is too,
- every event counts once or not at all, however often what it is about comes and goes,
- nothing counts but what stands: toggling, deleting and posting again, editing, merging earn no more,
- nobody earned more often a day than the cap, and nobody came below zero by spending.

`python -m tests.support.ledger_machine` runs it large on both databases and prints what was done.
"""

# ruff: noqa: T201 - it prints

import contextlib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from talking_together.comments.services import add_comment, delete_comment, restore_comment
from talking_together.comments.thanks import thank
from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.core.database import dialect_name
from talking_together.core.errors import TalkingTogetherError
from talking_together.devtools.verify import differences
from talking_together.extensions import db
from talking_together.ideas.acts import latest_act
from talking_together.ideas.decisions import change_status
from talking_together.ideas.models import Idea
from talking_together.ideas.services import edit_idea, restore_idea, submit_idea, withdraw_idea
from talking_together.ideas.undoing import undo_act
from talking_together.ideas.wording import version_of
from talking_together.merging.services import merge_ideas, undo_merge
from talking_together.points.services import Award, award_many, take_back
from talking_together.points.sweeps import enter_weeks_of_hidden_names
from talking_together.rewards.draw_seeds import publish_seed
from talking_together.rewards.draws.services import enter_draw, withdraw_entry
from talking_together.rewards.models import Pledge
from talking_together.rewards.team_prizes.services import pledge_points, take_back_pledge
from talking_together.rewards.vouchers.cancelling import cancel_own_voucher
from talking_together.rewards.vouchers.redeeming import redeem_reward
from talking_together.votes.models import IdeaVote
from talking_together.votes.services import cast_vote
from talking_together.votes.sweeps import enter_kept_back_points
from talking_together.votes.voiding import NamedVote, return_votes, void_votes
from tests.factories import (
    make_challenge,
    make_group,
    make_member,
    make_moderator,
    make_organisation,
    viewer_of,
)
from tests.factories.points import give_points, set_rule
from tests.factories.rewards import make_reward
from tests.support.databases import postgresql_database, sqlite_database
from tests.support.ledger_facts import above_caps, below_zero, more_than_stands, wrong_balances, wrong_chains
from tests.support.sites import make_site

PEOPLE = 4
COST, PLACE = 20, 5
INDEX = st.integers(0, 1_000)
PERSON = st.integers(0, PEOPLE - 1)
VOTES = st.lists(st.sampled_from((1, -1, 0)), min_size=1, max_size=4)
# Small caps, so that they are met.
CAPS = {"vote cast": 6, "comment published": 3, "idea published": 2, "thumb up on idea": 4}
STATUSES = ("new", "under review", "shortlisted", "done", "not now", "hidden")


class LedgerMachine(RuleBasedStateMachine):
    """Members of one organisation on two challenges, one of which hides its counts for a while."""

    done: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        """Make the people and the places of their own, beside whatever earlier runs left."""
        self.clock = contextlib.ExitStack()
        self.clock.enter_context(clock.held_at(clock.now()))
        organisation = make_organisation()
        group = make_group(organisation)
        self.group_id = group.id
        members = [make_member(organisation, groups=[group]) for _ in range(PEOPLE)]
        self.people = [viewer_of(member) for member in members]
        self.moderator = viewer_of(make_moderator())
        self.challenges = [make_challenge().id, make_challenge(counts_shown="once closed").id]
        for event, cap in CAPS.items():
            set_rule(event, daily_cap=cap)
        self.reward = make_reward(cost=COST, stock=3, per_member=2).id
        self.draw = make_reward(kind="draw", cost=PLACE, stock=1, per_member=3).id
        self.team = make_reward(kind="team", cost=60, stock=1).id
        in_transaction(lambda: publish_seed(self.draw, at=clock.now()))
        # Each with who wrote it; a comment with who wrote its idea, too.
        self.ideas: list[tuple[int, int]] = []
        self.comments: list[tuple[int, int, int]] = []
        self.merges: list[int] = []
        self.vouchers: list[tuple[int, int]] = []
        self.entries: list[tuple[int, int]] = []
        self.pledges: list[tuple[int, int]] = []
        self.signs: list[int] = []
        self.spender: int | None = None
        for who, member in enumerate(self.people):
            give_points(member.id, 40)
            self.share_an_idea(who=who, where=who % 2, copies=1)
            self.comment(which=who - 1, who=who)
        db.session.rollback()

    def teardown(self) -> None:
        """Recount everything once at the end, and let the clock go."""
        if hasattr(self, "clock"):
            found = list(differences())
            self.clock.close()
            db.session.rollback()
            assert not found, found

    def try_to(self, name: str, act: Callable[[], Any]) -> Any:
        """Do something in a transaction of its own; return what came of it, None if it was refused."""
        # A second later than the act before, as people are.
        self._hold(clock.now() + timedelta(seconds=1))
        self.spender = None
        try:
            result = in_transaction(act)
        except TalkingTogetherError:
            self.refused[name] += 1
            return None
        self.done[name] += 1
        return result

    @rule(who=PERSON, where=st.integers(0, 1), copies=st.integers(1, 2))
    def share_an_idea(self, who: int, where: int, copies: int) -> None:
        for _ in range(copies):
            written = self.try_to(
                "idea",
                lambda: submit_idea(
                    self.people[who], challenge_id=self.challenges[where], title="The same idea", body="Again"
                ),
            )
            if written:
                self.ideas.append((written.id, who))

    @rule(which=INDEX, act=st.sampled_from(("withdraw", "restore", "edit")))
    def change_an_idea(self, which: int, act: str) -> None:
        idea_id, who = self.ideas[which % len(self.ideas)]
        member = self.people[who]
        acts: dict[str, Callable[[], Any]] = {
            "withdraw": lambda: withdraw_idea(member, idea_id=idea_id),
            "restore": lambda: restore_idea(member, idea_id=idea_id),
            "edit": lambda: edit_idea(
                member, idea_id=idea_id, title="Edited", body=f"Once more {which}", version=_version(idea_id)
            ),
        }
        self.try_to(act, acts[act])

    @rule(which=INDEX)
    def withdraw_and_share_again(self, which: int) -> None:
        self.change_an_idea(which=which, act="withdraw")
        self.share_an_idea(who=self.ideas[which % len(self.ideas)][1], where=which % 2, copies=1)

    @rule(which=INDEX, who=PERSON)
    def comment(self, which: int, who: int) -> None:
        idea_id, author = self.ideas[which % len(self.ideas)]
        talked = self.try_to(
            "comment", lambda: add_comment(self.people[who], idea_id=idea_id, body="We tried it")
        )
        if talked:
            self.comments.append((talked.id, who, author))

    @rule(which=INDEX, act=st.sampled_from(("delete", "restore comment", "thank", "take thanks back")))
    def change_a_comment(self, which: int, act: str) -> None:
        if not self.comments:
            return
        comment_id, who, author = self.comments[which % len(self.comments)]
        acts: dict[str, Callable[[], Any]] = {
            "delete": lambda: delete_comment(self.people[who], comment_id=comment_id),
            "restore comment": lambda: restore_comment(self.people[who], comment_id=comment_id),
            "thank": lambda: thank(self.people[author], comment_id=comment_id, value=1),
            "take thanks back": lambda: thank(self.people[author], comment_id=comment_id, value=0),
        }
        self.try_to(act, acts[act])

    @rule(which=INDEX, who=PERSON, values=VOTES)
    def toggle_a_vote_on_an_idea(self, which: int, who: int, values: list[int]) -> None:
        self._vote("ideas", self.ideas[which % len(self.ideas)][0], who, values)

    @rule(who=PERSON, value=st.sampled_from((1, -1, 0)))
    def vote_on_every_idea(self, who: int, value: int) -> None:
        for idea_id, author in self.ideas:
            if author != who:
                self._vote("ideas", idea_id, who, [value])

    @rule(which=INDEX, who=PERSON, values=VOTES)
    def toggle_a_vote_on_a_comment(self, which: int, who: int, values: list[int]) -> None:
        if self.comments:
            self._vote("comments", self.comments[which % len(self.comments)][0], who, values)

    def _vote(self, kind: str, id: int, who: int, values: list[int]) -> None:
        for value in values:
            self.try_to(
                "vote", lambda value=value: cast_vote(self.people[who], kind=kind, id=id, value=value)
            )

    @rule(one=INDEX, other=INDEX)
    def merge(self, one: int, other: int) -> None:
        ids = [self.ideas[place % len(self.ideas)][0] for place in (one, other)]
        made = self.try_to(
            "merge",
            lambda: merge_ideas(self.moderator, survivor_id=ids[0], merged_ids=[ids[1]], reason="Alike"),
        )
        self.merges += [merge.id for merge in made or ()]

    @rule(which=INDEX)
    def undo_a_merge(self, which: int) -> None:
        if self.merges:
            id = self.merges[which % len(self.merges)]
            self.try_to("undo merge", lambda: undo_merge(self.moderator, merge_id=id, reason="They differ"))

    @rule(which=INDEX, status=st.sampled_from(STATUSES))
    def decide(self, which: int, status: str) -> None:
        idea_id, _who = self.ideas[which % len(self.ideas)]
        self.try_to(
            "decide",
            lambda: change_status(self.moderator, idea_id=idea_id, status=status, response="So it is"),
        )

    @rule()
    def undo_a_decision(self) -> None:
        act = latest_act(self.moderator)
        db.session.rollback()
        if act:
            self.try_to("undo decision", lambda: undo_act(self.moderator, act_id=act.id))

    @rule(who=PERSON)
    def set_votes_aside(self, who: int) -> None:
        """Set aside all votes of a member on ideas, as a sign would name them."""
        columns = (IdeaVote.idea_id, IdeaVote.member_id, IdeaVote.value, IdeaVote.cast_at)
        rows = db.session.execute(select(*columns).where(IdeaVote.member_id == self.people[who].id))
        named = [NamedVote("ideas", *row) for row in rows]
        db.session.rollback()
        sign_id = self.moderator.id * 1_000 + len(self.signs)
        if named:
            self.try_to("set votes aside", lambda: void_votes(named, sign_id=sign_id, at=clock.now()))
            self.signs.append(sign_id)

    @rule(which=INDEX)
    def bring_votes_back(self, which: int) -> None:
        if self.signs:
            sign_id = self.signs[which % len(self.signs)]
            self.try_to("bring votes back", lambda: return_votes(sign_id=sign_id, at=clock.now()))

    @rule(who=PERSON)
    def redeem(self, who: int) -> None:
        member = self.people[who]
        number = 1 + sum(owner == who for _id, owner in self.vouchers)
        got = self.try_to(
            "redeem", lambda: redeem_reward(member, reward_id=self.reward, expected_cost=COST, number=number)
        )
        if got:
            self.vouchers.append((got.voucher_id, who))
            self.spender = member.id

    @rule(who=PERSON)
    def enter_the_draw(self, who: int) -> None:
        member = self.people[who]
        before = sum(owner == who for _number, owner in self.entries)
        number = self.try_to(
            "enter draw",
            lambda: enter_draw(member, reward_id=self.draw, expected_cost=PLACE, entries_before=before),
        )
        if number:
            self.entries.append((number, who))
            self.spender = member.id

    @rule(who=PERSON, points=st.integers(1, 30))
    def pledge(self, who: int, points: int) -> None:
        member = self.people[who]
        own = (Pledge.reward_id == self.team, Pledge.member_id == member.id)
        standing = select(func.coalesce(func.sum(Pledge.points), 0)).where(*own, Pledge.returned_at.is_(None))
        before = int(db.session.scalar(standing) or 0)
        db.session.rollback()
        pledged = self.try_to(
            "pledge",
            lambda: pledge_points(
                member, reward_id=self.team, group_id=self.group_id, points=points, pledged_before=before
            ),
        )
        if pledged:
            self.pledges.append((db.session.scalars(select(func.max(Pledge.id)).where(*own)).one(), who))
            self.spender = member.id
            db.session.rollback()

    @rule(which=INDEX, what=st.sampled_from(("cancel", "leave draw", "take pledge back")))
    def give_up(self, which: int, what: str) -> None:
        held = {"cancel": self.vouchers, "leave draw": self.entries, "take pledge back": self.pledges}[what]
        if not held:
            return
        id, who = held[which % len(held)]
        member = self.people[who]
        acts: dict[str, Callable[[], Any]] = {
            "cancel": lambda: cancel_own_voucher(member, voucher_id=id),
            "leave draw": lambda: withdraw_entry(member, reward_id=self.draw, number=id),
            "take pledge back": lambda: take_back_pledge(member, reward_id=self.team, pledge_id=id),
        }
        self.try_to(what, acts[what])

    @rule(who=PERSON, which=st.integers(0, 5), back=st.booleans())
    def earn_without_a_name(self, who: int, which: int, back: bool) -> None:
        key = f"idea published:hidden:{self.people[who].id}:{which}"
        if back:
            self.try_to("take back a hidden one", lambda: take_back([key]))
        else:
            award = Award("idea published", self.people[who].id, key, hidden=True)
            self.try_to("earn without a name", lambda: award_many([award]))

    @rule(event=st.sampled_from(sorted(CAPS)), cap=st.sampled_from((2, 4, 6)), points=st.integers(0, 30))
    def change_a_rule(self, event: str, cap: int, points: int) -> None:
        self.try_to("rule", lambda: set_rule(event, points=points, daily_cap=cap))

    @rule(days=st.integers(1, 8))
    def let_days_pass(self, days: int) -> None:
        self._hold(clock.now() + timedelta(days=days))
        self.spender = None

    @rule()
    def let_the_worker_run(self) -> None:
        enter_kept_back_points()
        enter_weeks_of_hidden_names()
        db.session.rollback()
        self.spender = None

    def _hold(self, moment: datetime) -> None:
        self.clock.close()
        self.clock.enter_context(clock.held_at(moment))

    @invariant()
    def the_ledger_adds_up(self) -> None:
        """Compare every balance with its entries, and what counts with what stands."""
        if not hasattr(self, "people"):
            return
        # Those of this run alone: what an earlier one broke would fail every later one as well.
        ids = {member.id for member in self.people}
        wrong = {
            "balances": wrong_balances(ids),
            "events": wrong_chains(ids),
            "caps": above_caps(ids, CAPS, max(CAPS.values())),
            "more than stands": list(more_than_stands(ids)),
            "below zero by spending": below_zero(self.spender) if self.spender else [],
        }
        db.session.rollback()
        assert not any(wrong.values()), wrong


def _version(idea_id: int) -> str:
    return version_of(db.session.execute(select(*Idea.__table__.columns).where(Idea.id == idea_id)).one())


def run(steps: int, runs: int) -> tuple[Counter[str], Counter[str]]:
    """Let the machine do so many steps so many times; return how often each act was done and refused."""
    done, refused = Counter[str](), Counter[str]()
    machine = type("Machine", (LedgerMachine,), {"done": done, "refused": refused})
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
    return done, refused


def _main(steps: int, runs: int) -> None:
    for context in (sqlite_database(), postgresql_database("talking_together_ledger")):
        with context as database, tempfile.TemporaryDirectory() as folder:
            site = make_site(database.url, Path(folder))
            database.prepare(site)
            with site.app_context():
                done, refused = run(steps, runs)
                print(f"{dialect_name()}: {done.total()} acts done, {refused.total()} refused")
                for name in sorted(done | refused):
                    print(f"  {name:24} {done[name]:6} {refused[name]:6}")
                db.session.remove()
                db.engine.dispose()


if __name__ == "__main__":
    _main(*(int(given) for given in sys.argv[1:] or ("500", "20")))
