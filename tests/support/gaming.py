"""A site of simulated members, most of them honest, with gaming planted among them.

All is drawn from a seed. The honest ones are as uneven as people are: a few do most,
teams favour colleagues with up to half of their thumbs, a ward that has its ideas together with up to six in
ten, some authors are liked by everybody, some members go through one minute at a vote a second, whole
rooms join at a drop-in session and look at what their host wrote, and some write of the same thing for two
places. One idea in six has a colleague beside its author, and in each ward two write all of theirs
together. There is about one idea to four comments and thirteen votes.

Planted are rings of three to eight who hide among honest thumbs, some of which write all of their ideas
with one another, bursts by a program, accounts for or
against one author, copies of one's own ideas, and accounts made in a burst for one author. What is
planted is as careful as its kind can be, so that some of it is meant to be hard.
"""
# ruff: noqa: S311 - drawn from a seed

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.extensions import db
from tests.factories import make_challenge, make_organisation
from tests.factories.invitations import make_join_code
from tests.support.gaming_rows import Thing, write_down
from tests.support.gaming_words import Writer


@dataclass(frozen=True, slots=True)
class Planted:
    """What was planted: the kind of its sign and whose acts it is made of."""

    kind: str
    members: frozenset[int]


@dataclass(slots=True)
class World:
    """What was drawn, before and after it is written into the database."""

    honest: set[int] = field(default_factory=set)
    planted: list[Planted] = field(default_factory=list)
    ideas: int = 0
    comments: int = 0
    votes: int = 0


class Simulation:
    """Draws one site and writes it down."""

    def __init__(self, seed: int, *, members: int) -> None:
        self.random = random.Random(seed)
        # Of its own, so that who writes with whom leaves all else as it is.
        self.company = random.Random(seed)
        self.writer = Writer(self.random)
        self.now = clock.now()
        self.size = members
        self.world = World()
        self.members: list[dict[str, Any]] = []
        self.ideas: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.uses: list[dict[str, Any]] = []
        self.votes: dict[tuple[Thing, int], tuple[int, datetime]] = {}
        self.author_of: dict[Thing, int] = {}
        self.things_of: dict[int, list[Thing]] = defaultdict(list)
        self.appeal: dict[Thing, float] = {}
        self.team_of: dict[int, list[int]] = {}
        self.beside: dict[int, int] = {}
        self.challenges: list[Challenge] = []
        self.organisation_id = 0

    def run(self) -> World:
        """Draw the site, plant what is planted, and write it into an empty database."""
        self.organisation_id = make_organisation().id
        self.challenges = [make_challenge() for _ in range(max(1, self.size // 150))]
        db.session.commit()
        people = [self._member() for _ in range(self.size)]
        self._form_teams(people)
        self._write(people, self.size * 3 // 4)
        wards = [self._ward() for _ in range(max(1, self.size // 100))]
        guests = [self._drop_in(people) for _ in range(max(1, self.size // 100))]
        self.world.honest = {member["id"] for member in self.members}
        self._plant_authors()
        ordinary = people + [guest for room in guests for guest in room]
        self._vote(people, self.size * 3 // 4 * 13)
        for room in guests:
            self._vote_as_guests(room)
        for ward in wards:
            self._vote_in_ward(ward)
        self._plant(ordinary)
        self._write_together(wards)
        for size in (3, 4):
            self._ring_of_co_authors(size)
        write_down(self)
        return self.world

    # Honest people

    def _member(self, *, at: datetime | None = None, told_by: int | None = None) -> int:
        id = len(self.members) + 1
        self.members.append(
            {
                "id": id,
                "name": f"Robin Ashworth {id}",
                "organisation_id": self.organisation_id,
                "joined_at": at or self.now - timedelta(days=self.random.randint(10, 200)),
                "told_by_id": told_by,
            }
        )
        return id

    def _form_teams(self, people: list[int]) -> None:
        waiting = list(people)
        self.random.shuffle(waiting)
        while waiting:
            team = [waiting.pop() for _ in range(min(len(waiting), self.random.randint(3, 12)))]
            for member in team:
                self.team_of[member] = [other for other in team if other != member]

    def _write(self, people: list[int], ideas: int) -> None:
        activity = [self.random.lognormvariate(0, 1) for _ in people]
        for author in self.random.choices(people, activity, k=ideas):
            self._idea(author)
        for author in self.random.choices(people, activity, k=4 * ideas):
            self._comment(author, self.random.choice(self.ideas)["id"])

    def _idea(
        self, author: int, *, like: dict[str, Any] | None = None, status: str = "new"
    ) -> dict[str, Any]:
        id = len(self.ideas) + 1
        title, text = self.writer.again(like["title"], like["excerpt"]) if like else self.writer.idea(author)
        # Whatever an author writes goes to the challenge that they care about, for the most part.
        place = self.challenges[(author + (self.random.random() < 0.2)) % len(self.challenges)].id
        idea = {
            "id": id,
            "challenge_id": like["challenge_id"] if like else place,
            "author_id": author,
            "title": title,
            "excerpt": text,
            "status": status,
            "co_authors_count": 0,
        }
        self.ideas.append(idea)
        self._thing(("ideas", id), author)
        return idea

    def _comment(self, author: int, idea_id: int) -> None:
        id = len(self.comments) + 1
        self.comments.append({"id": id, "idea_id": idea_id, "author_id": author})
        self._thing(("comments", id), author)

    def _thing(self, thing: Thing, author: int) -> None:
        self.author_of[thing] = author
        self.things_of[author].append(thing)
        self.appeal[thing] = self.random.paretovariate(1.3) * (1 if thing[0] == "ideas" else 0.12)

    def _drop_in(self, people: list[int]) -> list[int]:
        """Let a room join by one code, with what its host wrote before their eyes."""
        code, host = make_join_code(), self.random.choice(people)
        at = self.now - timedelta(hours=self.random.uniform(4, 20))
        room = []
        for _ in range(self.random.randint(8, 30)):
            at += timedelta(seconds=self.random.expovariate(1 / 60) + 15)
            room.append(self._member(at=at))
            self.uses.append({"member_id": room[-1], "join_code_id": code.id, "used_at": at})
        for guest in room:
            self.team_of[guest] = [host, *room]
            if self.random.random() < 0.4:
                self._comment(guest, self.random.choice(self.ideas)["id"])
        return room

    def _ward(self) -> list[int]:
        """Let there be a ward whose people have ideas together and talk about them a lot."""
        ward = [self._member() for _ in range(self.random.randint(3, 7))]
        for member in ward:
            self.team_of[member] = [other for other in ward if other != member]
            own = [self._idea(member) for _ in range(self.random.randint(1, 2))]
            for _ in range(self.random.randint(3, 6)):
                self._comment(self.random.choice(ward), self.random.choice(own)["id"])
        return ward

    def _vote_in_ward(self, ward: list[int]) -> None:
        """Let them like most of what their ward has, and as much again or half as much of others."""
        for member in ward:
            at = self.now - timedelta(hours=self.random.uniform(1, 20))
            things = [thing for other in self.team_of[member] for thing in self.things_of[other]]
            liked = [thing for thing in things if self.random.random() < 0.8]
            for thing in liked:
                at += timedelta(seconds=self.random.uniform(4, 60))
                self.votes[thing, member] = (1, at)
            others = round(len(liked) * self.random.uniform(0.6, 1.5))
            self._session(member, others, favours=0, down=0.05, pace=(5, 60))

    def _vote(self, people: list[int], votes: int) -> None:
        activity = [self.random.lognormvariate(0, 1.1) for _ in people]
        counts = defaultdict[int, int](int)
        for voter in self.random.choices(people, activity, k=votes):
            counts[voter] += 1
        for voter, count in counts.items():
            favours = self.random.choice((0, 0, 0.1, 0.3, 0.5))
            is_grumpy = self.random.random() < 0.05
            quick = self.random.random() < 0.15
            self._session(
                voter,
                count,
                favours=favours,
                down=0.5 if is_grumpy else 0.1,
                pace=(1, 3) if quick else (6, 90),
            )

    def _vote_as_guests(self, room: list[int]) -> None:
        for guest in room:
            if self.random.random() < 0.8:
                self._session(guest, self.random.randint(2, 12), favours=0.25, down=0.1, pace=(3, 30))

    def _session(
        self, voter: int, count: int, *, favours: float, down: float, pace: tuple[float, float]
    ) -> None:
        """Let somebody vote on what they find, on colleagues' things more often than chance has it."""
        joined = self.members[voter - 1]["joined_at"]
        at = max(joined, self.now - timedelta(hours=self.random.uniform(1, 22)))
        colleagues = [thing for other in self.team_of.get(voter, ()) for thing in self.things_of[other]]
        things, weights = list(self.appeal), list(self.appeal.values())
        for thing in self.random.choices(things, weights, k=3 * count):
            if count == 0:
                return
            chosen = (
                self.random.choice(colleagues) if colleagues and self.random.random() < favours else thing
            )
            if self.author_of[chosen] == voter or (chosen, voter) in self.votes:
                continue
            at += timedelta(seconds=self.random.uniform(*pace))
            self.votes[chosen, voter] = (-1 if self.random.random() < down else 1, at)
            count -= 1

    def _write_together(self, wards: list[list[int]]) -> None:
        """Put colleagues beside authors; a vote of theirs on what they wrote is withdrawn."""
        pairs = {
            one: other for first, second, *_ in wards for one, other in ((first, second), (second, first))
        }
        for idea in self.ideas:
            author = idea["author_id"]
            colleagues = self.team_of.get(author)
            if author in pairs:
                self._stand_beside(idea, pairs[author])
            elif author in self.world.honest and colleagues and self.company.random() < 1 / 6:
                self._stand_beside(idea, self.company.choice(colleagues))

    def _stand_beside(self, idea: dict[str, Any], member: int) -> None:
        idea["co_authors_count"] = 1
        self.beside[idea["id"]] = member
        self.votes.pop((("ideas", idea["id"]), member), None)

    # What is planted

    def _plant_authors(self) -> None:
        """Let there be authors with enough to be voted on by accounts of their own."""
        self.liked = []
        for _ in range(self._some(8)):
            author = self._member()
            self.world.honest.add(author)
            for _ in range(self.random.randint(2, 4)):
                self._idea(author)
            for _ in range(self.random.randint(8, 14)):
                self._comment(author, self.random.choice(self.ideas)["id"])
            self.liked.append(author)

    def _some(self, most: int) -> int:
        return max(2, min(most, self.size // 40))

    def _plant(self, ordinary: list[int]) -> None:
        for turn in range(self._some(6)):
            self._ring(3 + turn % 6)
        for _ in range(self._some(5)):
            self._burst(self._member())
        for turn in range(self._some(6)):
            self._target(self.random.choice(self.liked), 1 if turn % 2 == 0 else -1)
        for _ in range(self._some(6)):
            self._copies(self.random.choice(ordinary))
        for turn in range(self._some(4)):
            self._joins(self.random.choice(self.liked), by_word=turn % 2 == 1)

    def _ring(self, size: int) -> None:
        ring = [self._member() for _ in range(size)]
        for member in ring:
            for _ in range(self.random.randint(1, 2)):
                self._idea(member)
            for _ in range(self.random.randint(1, 4)):
                self._comment(member, self.random.choice(self.ideas)["id"])
        for member in ring:
            own = 0
            at = self.now - timedelta(hours=self.random.uniform(1, 20))
            for other in ring:
                for thing in self.things_of[other] if other != member else ():
                    if self.random.random() < 0.9:
                        at += timedelta(seconds=self.random.uniform(4, 40))
                        self.votes[thing, member] = (1, at)
                        own += 1
            hidden = round(own * self.random.uniform(0.1, 0.35))
            self._session(member, hidden, favours=0, down=0.1, pace=(5, 60))
        self._planted("ring", ring)

    def _ring_of_co_authors(self, size: int) -> None:
        """Let each write with the next one, so that hardly two vote for what the other is the author of."""
        ring = [self._member() for _ in range(size)]
        for place, member in enumerate(ring):
            for _ in range(8 // (size - 2)):
                self._stand_beside(self._idea(member), ring[(place + 1) % size])
        for member in ring:
            at = self.now - timedelta(hours=self.random.uniform(1, 20))
            for other in ring:
                for thing in self.things_of[other] if other != member else ():
                    if self.beside[thing[1]] != member:
                        at += timedelta(seconds=self.random.uniform(4, 40))
                        self.votes[thing, member] = (1, at)
        self._planted("ring", ring)

    def _burst(self, member: int) -> None:
        at = self.now - timedelta(hours=self.random.uniform(1, 20))
        things = self.random.sample(list(self.appeal), self.random.randint(15, 40))
        pace = self.random.uniform(0.05, 0.7)
        for thing in things:
            at += timedelta(seconds=self.random.uniform(0.8, 1.2) * pace)
            self.votes[thing, member] = (1 if self.random.random() < 0.8 else -1, at)
        self._planted("burst of votes", [member])

    def _target(self, author: int, value: int) -> None:
        account = self._member()
        at = self.now - timedelta(hours=self.random.uniform(1, 20))
        own = self.things_of[author]
        for thing in self.random.sample(own, min(len(own), self.random.randint(8, 14))):
            at += timedelta(seconds=self.random.uniform(4, 60))
            self.votes[thing, account] = (value, at)
        self._session(account, self.random.randint(0, 1), favours=0, down=0, pace=(5, 60))
        self._planted("one target", [account])

    def _copies(self, author: int) -> None:
        first = self._idea(author)
        for _ in range(self.random.randint(1, 3)):
            first["status"] = self.random.choice(("new", "withdrawn"))
            self._idea(author, like=first)
        self._planted("own duplicates", [author])

    def _joins(self, author: int, *, by_word: bool) -> None:
        at = self.now - timedelta(hours=self.random.uniform(3, 20))
        code = make_join_code()
        accounts = []
        for _ in range(self.random.randint(6, 10)):
            at += timedelta(seconds=self.random.uniform(20, 150))
            account = self._member(at=at, told_by=author if by_word else None)
            if not by_word:
                self.uses.append({"member_id": account, "join_code_id": code.id, "used_at": at})
            accounts.append(account)
        for account in accounts:
            own = self.things_of[author]
            for thing in self.random.sample(own, min(len(own), self.random.randint(3, 7))):
                self.votes[thing, account] = (1, at + timedelta(seconds=self.random.uniform(30, 900)))
            self._session(account, self.random.randint(0, 2), favours=0, down=0, pace=(5, 60))
        self._planted("burst of joins", accounts)

    def _planted(self, kind: str, members: list[int]) -> None:
        self.world.planted.append(Planted(kind, frozenset(members)))
        self.world.honest -= set(members)
