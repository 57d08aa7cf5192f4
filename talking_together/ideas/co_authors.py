"""Writing an idea together: asking, answering, leaving. What accepting does to votes is theirs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from talking_together.core import clock
from talking_together.core.errors import Conflict, InvalidInput, NotFound
from talking_together.core.patient_details import ensure_without_nhs_number
from talking_together.extensions import db
from talking_together.following.services import follow_idea
from talking_together.ideas import policies
from talking_together.ideas.co_author_queries import own_part
from talking_together.ideas.locks import locked_idea
from talking_together.ideas.models import Idea, IdeaCoAuthor
from talking_together.ideas.people import people_with_ids
from talking_together.ideas.policies import BESIDE
from talking_together.notifications.services import notify, take_back
from talking_together.points.milestone_checks import ask_for_milestones

if TYPE_CHECKING:
    from talking_together.accounts.viewers import Viewer

MOST_CO_AUTHORS = 4
_CAME_BY_MERGE = "Who wrote an idea that was merged into this one stays credited."


def ask_co_author(author: "Viewer", *, idea_id: int, member_id: int) -> str:
    """Ask a colleague to stand beside the author of an idea; return their name."""
    idea = locked_idea(author, idea_id, settled=True)
    policies.ensure_can_ask(author, idea, idea, clock.now())
    name = people_with_ids(idea.challenge_id, {member_id} - {author.id}).get(member_id)
    if name is None:
        raise InvalidInput("Choose a colleague who can see this challenge", field="q")
    states = _states(idea_id)
    if member_id in states:
        raise Conflict(f"{name} was asked already.")
    if _places_taken(states) >= MOST_CO_AUTHORS:
        raise Conflict(f"An idea has at most {MOST_CO_AUTHORS} co-authors. Remove one to ask another.")
    for text in (idea.title, idea.body_source, *(answer["source"] for answer in idea.answers)):
        # From now on somebody else reads the draft.
        ensure_without_nhs_number(text, field="q")
    db.session.execute(
        insert(IdeaCoAuthor).values(
            idea_id=idea_id, member_id=member_id, state="invited", asked_at=clock.now()
        )
    )
    notify(
        member_id,
        "co-author asked",
        fact_key=_asked_key(idea_id, member_id),
        idea_id=idea_id,
        by_id=author.id,
    )
    return name


def accept(member: "Viewer", *, idea_id: int) -> Row[Any]:
    """Let the member stand beside the author who asked; return the idea, locked, as it stood before."""
    idea = locked_idea(member, idea_id, settled=True)
    state = _ensure_asked(member, idea_id)
    policies.ensure_can_join(member, idea, idea, clock.now())
    if state == "declined" and _places_taken(_states(idea_id)) >= MOST_CO_AUTHORS:
        raise Conflict(f"This idea has {MOST_CO_AUTHORS} co-authors by now, which is the most there can be.")
    _settle(member, idea_id, "accepted")
    follow_idea(member.id, idea_id=idea_id)
    _count(idea_id)
    _tell_author(member, idea)
    return idea


def decline(member: "Viewer", *, idea_id: int) -> Row[Any]:
    """Let the member say no to the author who asked; they can still change their mind."""
    idea = locked_idea(member, idea_id, settled=True)
    _ensure_asked(member, idea_id)
    _settle(member, idea_id, "declined")
    _tell_author(member, idea)
    return idea


def leave(member: "Viewer", *, idea_id: int) -> Row[Any]:
    """Let a co-author no longer be one; what they earned stays theirs."""
    idea = locked_idea(member, idea_id, settled=True)
    part = own_part(member, idea_id)
    if part is None or part.state != "accepted":
        raise Conflict("You are no co-author of this idea.")
    _ensure_came_by_no_merge(idea_id, member.id)
    _remove(idea_id, member.id)
    return idea


def remove_co_author(author: "Viewer", *, idea_id: int, member_id: int) -> Row[Any]:
    """Take a co-author, or somebody who was asked, off one's own idea."""
    idea = locked_idea(author, idea_id, settled=True)
    policies.ensure_author(author, idea)
    state = _states(idea_id).get(member_id)
    if state is None:
        raise NotFound()
    if state == "credited":
        raise Conflict(_CAME_BY_MERGE)
    _ensure_came_by_no_merge(idea_id, member_id)
    _remove(idea_id, member_id)
    take_back([_asked_key(idea_id, member_id)])
    return idea


def _states(idea_id: int) -> dict[int, str]:
    rows = db.session.execute(
        select(IdeaCoAuthor.member_id, IdeaCoAuthor.state).where(IdeaCoAuthor.idea_id == idea_id)
    )
    return {row.member_id: row.state for row in rows}


def _places_taken(states: Mapping[int, str]) -> int:
    return sum(state in ("invited", "accepted") for state in states.values())


def _ensure_asked(member: "Viewer", idea_id: int) -> str:
    """Return what the member answered so far, "invited" for nothing yet."""
    part = own_part(member, idea_id)
    if part is None:
        raise NotFound()
    if part.state not in ("invited", "declined"):
        raise Conflict("You are a co-author of this idea already.")
    return str(part.state)


def _ensure_came_by_no_merge(idea_id: int, member_id: int) -> None:
    """Raise Conflict for who would be credited, had they not been a co-author before."""
    beside = IdeaCoAuthor.member_id == member_id, IdeaCoAuthor.state.in_(BESIDE)
    wrote = select(Idea.id).where(
        Idea.merged_into_id == idea_id,
        or_(Idea.author_id == member_id, Idea.id.in_(select(IdeaCoAuthor.idea_id).where(*beside))),
    )
    if db.session.execute(wrote.limit(1)).first():
        raise Conflict(_CAME_BY_MERGE)


def _settle(member: "Viewer", idea_id: int, state: str) -> None:
    db.session.execute(
        update(IdeaCoAuthor)
        .where(IdeaCoAuthor.idea_id == idea_id, IdeaCoAuthor.member_id == member.id)
        .values(state=state, settled_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _remove(idea_id: int, member_id: int) -> None:
    db.session.execute(
        delete(IdeaCoAuthor)
        .where(IdeaCoAuthor.idea_id == idea_id, IdeaCoAuthor.member_id == member_id)
        .execution_options(synchronize_session=False)
    )
    _count(idea_id)
    ask_for_milestones([member_id])


def _count(idea_id: int) -> None:
    counted = select(func.count()).where(IdeaCoAuthor.idea_id == idea_id, IdeaCoAuthor.state.in_(BESIDE))
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea_id)
        .values(co_authors_count=counted.scalar_subquery())
        .execution_options(synchronize_session=False)
    )


def _tell_author(member: "Viewer", idea: Row[Any]) -> None:
    if idea.author_id is not None:
        notify(
            idea.author_id,
            "co-author answered",
            fact_key=f"co-author answered:{idea.id}:{member.id}:{clock.now().isoformat()}",
            idea_id=idea.id,
            by_id=member.id,
        )


def _asked_key(idea_id: int, member_id: int) -> str:
    return f"co-author asked:{idea_id}:{member_id}"
