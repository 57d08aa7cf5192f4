"""What the facts fill the editor of results with, and what happens to edited words."""

from dataclasses import replace
from datetime import UTC, datetime

from talking_together.accounts.bylines import Byline
from talking_together.results.content import (
    MAX_WORDS,
    Content,
    Facts,
    IdeaFacts,
    filled_again,
    filled_from,
    moved,
    put_back,
)
from talking_together.results.figures import Figures


def an_idea(id: int, status: str = "planned", response: str = "Yes, from May.") -> IdeaFacts:
    """Return an idea with the status and the response."""
    return IdeaFacts(id, f"Idea {id}", status, 9, 1, 3, response, Byline("Ana Example"))


def the_facts(*will_do: IdeaFacts, answered: int = 2) -> Facts:
    """Return the facts of a challenge with those ideas to be done."""
    return Facts(
        title="What would help?",
        summary="Tell us.",
        opens_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        ends_at=datetime(2026, 3, 27, 17, tzinfo=UTC),
        figures=Figures(48, (), 0, 34, 1, 1_024),
        answered=answered,
        themes=(("Transport", 9), ("Medicines", 4)),
        lists={"supported": (an_idea(1),), "will do": will_do, "will not": ()},
    )


def edited(content: Content, section: str, words: str) -> Content:
    """Return the content with other words in a section."""
    changed = replace(content.sections[section], source=words)
    return replace(content, sections={**content.sections, section: changed})


def test_it_opens_filled_in_from_the_facts() -> None:
    content = filled_from(the_facts(an_idea(1), an_idea(2)))
    assert content.sections["asked"].source == (
        "**What would help?**\n\nTell us.\n\nThe challenge was open from 2 March 2026 to 27 March 2026."
    )
    assert content.sections["people"].source == (
        "48 people took part. They shared 34 ideas, wrote 1 comment and cast 1,024 votes."
    )
    assert content.sections["heard"].source == (
        "Most was said about Transport (9 ideas) and Medicines (4 ideas).\n\n"
        "2 of 34 ideas have been answered so far."
    )
    assert [(each.idea_id, each.source) for each in content.lists["will do"]] == [
        (1, "Yes, from May."),
        (2, "Yes, from May."),
    ]
    assert [each.source for each in content.lists["supported"]] == [""]


def test_a_long_response_is_shortened_at_a_word() -> None:
    words = filled_from(the_facts(an_idea(1, response="word " * 900))).lists["will do"][0].source
    assert len(words) <= MAX_WORDS
    assert words.endswith("word…")


def test_filling_in_again_keeps_edited_words_beside_it() -> None:
    stored = filled_from(the_facts())
    content = edited(stored, "heard", "People want buses.")
    again = filled_again(content, "heard", the_facts(answered=9), stored)
    assert again.sections["heard"].source.endswith("9 of 34 ideas have been answered so far.")
    assert again.sections["heard"].replaced == "People want buses."
    back = put_back(again, "heard")
    assert back.sections["heard"].source == "People want buses."
    assert put_back(back, "heard").sections["heard"].source == again.sections["heard"].source


def test_filling_in_again_twice_does_not_lose_the_first_words() -> None:
    stored = filled_from(the_facts())
    once = filled_again(edited(stored, "heard", "My words."), "heard", the_facts(answered=3), stored)
    twice = filled_again(once, "heard", the_facts(answered=3), stored)
    assert twice.sections["heard"].replaced == "My words."


def test_words_that_nobody_edited_are_simply_renewed() -> None:
    stored = filled_from(the_facts(answered=2))
    again = filled_again(stored, "heard", the_facts(answered=9), stored)
    assert again.sections["heard"].replaced == ""
    assert "9 of 34" in again.sections["heard"].source


def test_nothing_to_put_back_changes_nothing() -> None:
    content = filled_from(the_facts())
    assert put_back(content, "asked") == content


def test_looking_for_ideas_again_keeps_what_was_written_beside_them() -> None:
    stored = filled_from(the_facts(an_idea(1), an_idea(2), an_idea(3)))
    one, two, three = stored.lists["will do"]
    mine = (replace(one, source="My own words."), replace(two, by_whom="The hub"), three)
    content = replace(stored, lists={**stored.lists, "will do": mine})
    # The second was answered anew, the third is not to be done any more, the fourth is new.
    facts = the_facts(an_idea(1), an_idea(2, response="In June."), an_idea(4))
    again = filled_again(content, "will do", facts, stored).lists["will do"]
    assert [(each.idea_id, each.source, each.by_whom) for each in again] == [
        (1, "My own words.", ""),
        (2, "In June.", "The hub"),
        (4, "Yes, from May.", ""),
    ]


def test_ideas_move_within_their_list_and_not_out_of_it() -> None:
    content = filled_from(the_facts(an_idea(1), an_idea(2)))

    def order(changed: Content) -> list[int]:
        return [each.idea_id for each in changed.lists["will do"]]

    assert order(moved(content, "will do", 2, -1)) == [2, 1]
    assert order(moved(content, "will do", 1, -1)) == [1, 2]
    assert order(moved(content, "will do", 2, 1)) == [1, 2]
    assert order(moved(content, "will do", 9, 1)) == [1, 2]
