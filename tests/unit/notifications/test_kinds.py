"""The table of what a member can be told, and its words."""

import pytest

from talking_together.notifications.groups import AT_ONCE, DAILY, EMAIL_GROUPS, GROUPS, NEVER
from talking_together.notifications.kinds import (
    APART_KINDS,
    EMAIL_KINDS,
    KINDS,
    STATUS_KINDS,
    TABLE,
    email_of,
    group_of,
    kinds_apart,
    label_of,
)

WORDS = {
    "comment on your idea": "Morgan wrote a comment on your idea “A shared list”",
    "reply to your comment": "Morgan wrote a reply to your comment on “A shared list”",
    "status of your idea": "Your idea “A shared list” is now planned",
    "status of an idea you follow": "“A shared list”, which you follow, is now planned",
    "status of an idea you commented on": "“A shared list”, which you commented on, is now planned",
    "status of an idea you voted on": "“A shared list”, which you voted on, is now planned",
    "comment on an idea you follow": "Morgan wrote a comment on “A shared list”, which you follow",
    "mention": "Morgan mentioned you in “A shared list”",
    "co-author asked": "Morgan asks you to be a co-author of “A shared list”",
    "co-author answered": "Morgan agreed to be a co-author of your idea “A shared list”",
    "idea approved": "Your idea “A shared list” was approved, and everyone can see it now",
    "idea sent back": "Your idea “A shared list” was sent back to you, with the reason",
    "answer owed": "An answer is owed to “A shared list”, and you are the one to give it",
    "answer overdue": "The answer to “A shared list” is overdue, and you are the one to give it",
    "idea merged": "Two ideas were put together in “A shared list”, and one of them is yours",
    "merge undone": "“A shared list” stands by itself again: the merge was undone",
    "merge proposal settled": "Your proposal to put ideas together was settled: see “A shared list”",
    "challenge dates changed": "The dates of “Home by lunch” have changed",
    "challenge paused": "“Home by lunch” is paused for now",
    "challenge reopened": "“Home by lunch” is open again",
    "results published": "There are results of “Home by lunch”",
    "comment thanked": "An author thanked you for your comment on “A shared list”",
    "milestone first idea": "You reached a milestone: your first idea",
    "milestone first votes": "You reached a milestone: ten ideas had their first vote from you",
    "milestone comment helped": "You reached a milestone: a comment of yours helped an author",
    "milestone idea done": "You reached a milestone: an idea of yours was done",
    "milestone colleague joined": "You reached a milestone: a colleague joined by your word",
    "voucher cancelled": "Your voucher “A swim” was cancelled: see why",
    "voucher expires soon": "Your voucher “A swim” can be used for a few more days",
    "draw won": "You won in the prize draw: “A swim”",
    "draw not won": "The prize draw “A swim” is over, and your numbers were not among the winners",
    "draw called off": "The prize draw “A swim” was called off, so nobody won",
    "gift given": "A gift for you: “A swim”",
    "team prize won": "Your group pledged enough: “A swim” is yours",
    "points came back": "Your points came back from “A swim”",
    "votes set aside": "A moderator set some of your votes aside: see which and why",
    "thumbs set aside": (
        "A moderator found that some thumbs up for what you wrote were not given fairly, and set them "
        "aside. This says nothing against you. See your points"
    ),
    "votes brought back": (
        "Votes that a moderator had set aside count again, and their points are back: see your points"
    ),
}


def test_each_kind_has_its_words_here() -> None:
    assert set(WORDS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_reads_as_a_sentence(kind: str) -> None:
    said = TABLE[kind].said(
        who="Morgan",
        idea="A shared list",
        challenge="Home by lunch",
        reward="A swim",
        status="planned",
        answer="accepted",
    )
    assert str(said) == WORDS[kind]
    assert said.link, "every sentence has a part that leads somewhere"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("accepted", "Morgan agreed to be a co-author"),
        ("declined", "Morgan chose not to be a co-author"),
        ("", "Morgan answered whether to be a co-author"),
    ],
)
def test_an_author_is_told_what_a_colleague_answered(answer: str, words: str) -> None:
    kind = TABLE["co-author answered"]
    assert str(kind.said(who="Morgan", idea="A list", answer=answer)) == f"{words} of your idea “A list”"
    assert kind.subject_of(who="Morgan", idea="A list", answer=answer) == f"{words}: A list"


def test_who_was_drawn_and_passed_over_is_told_so() -> None:
    said = TABLE["draw not won"].said(reward="A swim", passed_over=True)
    assert str(said) == (
        "The prize draw “A swim” is over, and one of your numbers was drawn and passed over: see why"
    )


def test_a_title_that_looks_like_a_gap_stays_a_title() -> None:
    said = TABLE["comment on your idea"].said(who="{idea}", idea="Use {who} and {status}")
    assert str(said) == "{idea} wrote a comment on your idea “Use {who} and {status}”"


def test_who_is_not_known_is_somebody() -> None:
    assert str(TABLE["mention"].said(idea="A shared list")).startswith("Somebody mentioned you")


def test_each_kind_can_be_switched_in_exactly_one_group_and_no_group_is_empty() -> None:
    assert {group_of(kind).name for kind in KINDS} == set(GROUPS)
    assert set(STATUS_KINDS) <= set(KINDS)


SUBJECTS = {
    "planned": "An idea you follow is planned: A shared list",
    "in progress": "An idea you follow is in progress: A shared list",
    "not now": "An idea you follow will not be done for now: A shared list",
    "hidden": "An idea you follow was hidden: A shared list",
    "new": "An idea you follow is shown again: A shared list",
}


@pytest.mark.parametrize("status", SUBJECTS)
def test_a_subject_says_what_the_idea_became(status: str) -> None:
    kind = TABLE["status of an idea you follow"]
    assert kind.subject_of(idea="A shared list", status=status) == SUBJECTS[status]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_subject_that_names_what_it_is_about(kind: str) -> None:
    subject = TABLE[kind].subject_of(
        who="Morgan", idea="A list", challenge="A list", reward="A list", status="done"
    )
    # Of what is about nothing but the member, it says what happened.
    assert subject.endswith(": A list") or (TABLE[kind].path and ": " in subject)
    assert "{" not in subject


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, AT_ONCE),
        ({"mine": DAILY}, DAILY),
        ({"mine": NEVER}, NEVER),
        ({"comment on your idea": DAILY}, DAILY),
        ({"comment on your idea": AT_ONCE, "mine": NEVER}, AT_ONCE),
        ({"comment on your idea": NEVER, "mine": DAILY}, NEVER),
        ({"status of your idea": NEVER, "mine": DAILY}, DAILY),
        ({"asked": NEVER, "mention": NEVER}, AT_ONCE),
    ],
)
def test_a_kind_comes_as_chosen_for_it_else_for_its_group_else_by_default(
    chosen: dict[str, str], expected: str
) -> None:
    assert email_of("comment on your idea", chosen) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_choice_a_kind_comes_as_its_group_does_by_default(kind: str) -> None:
    assert email_of(kind, {}) == group_of(kind).default


def test_each_choice_has_a_name_and_a_label_of_its_own() -> None:
    names = [*EMAIL_GROUPS, *EMAIL_KINDS]
    assert len(set(names)) == len(names)
    labels = [label_of(name) for name in names if name in EMAIL_GROUPS or name in APART_KINDS]
    assert all(map(label_of, names))
    assert len(set(labels)) == len(labels)


def test_only_what_is_more_than_one_in_its_group_is_chosen_apart_and_nothing_in_site_only() -> None:
    alone = set(EMAIL_KINDS) - set(APART_KINDS)
    assert alone == {"status of an idea you follow", "comment on an idea you follow"}
    assert {kind for group in GROUPS for kind in kinds_apart(group)} == set(APART_KINDS)
