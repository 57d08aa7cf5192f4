"""The pages on which ideas are proposed for a merge, compared, merged and parted."""

import pytest
from flask import Flask
from sqlalchemy import select

from talking_together.accounts.models import Member
from talking_together.core.commits import in_transaction
from talking_together.core.errors import Conflict, NotAllowed
from talking_together.extensions import db
from talking_together.merging import proposals
from talking_together.merging.models import MergeProposal
from talking_together.merging.proposals import dismiss_proposal, propose_merge
from talking_together.notifications.models import Notification
from tests.factories import (
    make_challenge,
    make_comment,
    make_idea,
    make_member,
    make_moderator,
    make_organisation,
    make_vote,
    viewer_of,
)
from tests.factories.decisions import make_decision
from tests.factories.merging import make_merge, make_pair, make_proposal
from tests.support.client import Client


def address_of(*ideas: object) -> str:
    return "/moderation/merges/new?" + "&".join(f"ideas={idea.id}" for idea in ideas)  # type: ignore[attr-defined]


def test_a_moderator_merges_and_undoes(client: Client) -> None:
    one, other = make_pair()
    make_vote(other)
    make_comment(one)
    client.sign_in(make_moderator())
    page = client.get(address_of(one, other), statements=8)
    # The one with more votes is kept, unless the moderator says otherwise.
    assert page.query(".card--accent h2")[0].text == other.title
    page = client.get(f"{address_of(one, other)}&keep={one.id}")
    assert page.query(".card--accent h2")[0].text == one.title
    assert "A few votes move to the kept idea." in page.text
    again = page.form("/moderation/merges/new").submit(status=400)
    assert "Give the reason" in again.text
    merged = again.form("/moderation/merges/new").submit(reason="They say the same").follow(statements=5)
    assert merged.heading == "Two ideas merged"
    assert "A few votes moved to the kept idea." in merged.text
    assert "Nobody had voted on both." in merged.text
    db.session.expire_all()
    assert (one.up_count, other.status) == (1, "merged")
    assert "Undone" not in client.get("/moderation/merges?show=done", statements=4).text
    undo_path = merged.form().action
    assert "Give the reason" in client.post(undo_path, {"reason": " "}, status=400).text
    undone = merged.form().submit(reason="They differ").follow()
    assert undone.heading == "A merge that was undone"
    assert "They differ" in undone.text
    assert "Undone" in client.get("/moderation/merges?show=done").text
    again = client.post(undo_path, {"reason": "Once more"}, status=409)
    assert "undone already" in again.text
    db.session.expire_all()
    assert (other.up_count, other.status) == (1, "new")


def test_old_links_lead_to_the_kept_idea_which_says_what_it_includes(client: Client) -> None:
    kept, gone = make_pair()
    comment = make_comment(gone)
    make_merge((kept, gone))
    client.sign_in(make_member())
    page = client.get(f"/ideas/{gone.id}", status=302).follow(statements=5)
    assert page.heading == kept.title
    assert "The idea whose link you followed, by" in page.query("#included")[0].text
    assert page.query(f"#comment-{comment.id}")
    assert client.get(f"/comments/{comment.id}", status=302).location.endswith(f"#comment-{comment.id}")
    original = client.get(f"/ideas/{gone.id}/original", statements=6)
    assert original.heading == gone.title
    assert "They say the same" in original.text
    assert [link.text for link in original.query(".notice a")] == [f"“{kept.title}”"]
    assert not original.query("form.vote")
    assert not original.query("a[href^='/moderation/merges/']")
    assert gone.title not in client.get(f"/challenges/{kept.challenge_id}", status=301).follow().text


def test_what_others_wrote_is_not_withdrawn_with_the_idea_it_was_merged_into(client: Client) -> None:
    challenge, author = make_challenge(), make_member()
    kept, twice, alone, other = (make_idea(challenge, author) for _ in range(4))
    gone = make_idea(challenge)
    # By way of an idea that the author wrote too.
    make_merge((twice, gone))
    make_merge((kept, twice))
    make_merge((alone, other))
    client.sign_in(author)
    page = client.get(f"/ideas/{kept.id}", status=301).follow(statements=5)
    assert "somebody else wrote was merged into this one" in page.text
    assert f"/ideas/{kept.id}/withdraw" not in page.html
    assert "take the two apart first" in client.post(f"/ideas/{kept.id}/withdraw", status=409).text
    # What somebody wrote twice is theirs to withdraw.
    page = client.get(f"/ideas/{alone.id}", status=301).follow()
    page.form(f"/ideas/{alone.id}/withdraw").submit()
    db.session.expire_all()
    assert (kept.listed, alone.status) == (True, "withdrawn")


def test_links_lead_along_a_chain(client: Client) -> None:
    challenge = make_challenge()
    first, second, third = (make_idea(challenge) for _ in range(3))
    make_merge((second, first))
    make_merge((third, second))
    client.sign_in(make_member())
    page = client.get(f"/ideas/{first.id}", status=302).follow(status=302).follow()
    assert page.heading == third.title
    included = page.query("#included")[0].text
    assert "Includes 2 other ideas" in included
    assert first.title in included
    assert second.title in included


def test_what_was_merged_stays_readable_when_the_kept_idea_goes(client: Client) -> None:
    kept, gone = make_pair()
    make_merge((kept, gone))
    kept.status, kept.listed = "hidden", False
    db.session.commit()
    client.sign_in(make_member())
    page = client.get(f"/ideas/{gone.id}", status=302).follow()
    assert page.heading == gone.title
    assert kept.title not in page.text


def test_outside_the_audience_there_is_nothing_to_merge_or_read(client: Client) -> None:
    challenge = make_challenge(organisations=[make_organisation()])
    kept, gone = make_idea(challenge), make_idea(challenge)
    make_merge((kept, gone))
    client.sign_in(make_member())
    for path in (f"/ideas/{gone.id}", f"/ideas/{gone.id}/original", f"/ideas/{kept.id}/looks-like"):
        client.get(path, status=404)


def test_a_comment_sent_to_an_idea_that_was_merged_meanwhile_can_be_sent_on(client: Client) -> None:
    kept, gone = make_pair()
    page = client.sign_in(make_member()).get(f"/ideas/{gone.id}", status=301).follow()
    make_merge((kept, gone))
    refused = page.form(f"/ideas/{gone.id}/comments").submit(body="I can help", status=409)
    assert "merged into another" in refused.text
    form = refused.form(f"/ideas/{kept.id}/comments")
    assert form.fields["body"].strip() == "I can help"
    form.submit()
    db.session.expire_all()
    assert kept.comments_count == 1


def test_a_vote_on_an_idea_that_was_merged_meanwhile_is_refused_in_words(client: Client) -> None:
    kept, gone = make_pair()
    page = client.sign_in(make_member()).get(f"/ideas/{gone.id}", status=301).follow()
    make_merge((kept, gone))
    refused = page.form(f"/ideas/{gone.id}/vote").submit(value="1", status=409)
    assert "merged into another" in refused.text


@pytest.mark.parametrize("query", ["", "?ideas=1", "?ideas=x&ideas=1", "?ideas=99999999999999999999&ideas=2"])
def test_fewer_than_two_ideas_are_nothing_to_compare(client: Client, query: str) -> None:
    client.sign_in(make_moderator()).get(f"/moderation/merges/new{query}", status=404)


def test_what_cannot_be_merged_is_said_before_anybody_presses(client: Client) -> None:
    page = client.sign_in(make_moderator()).get(address_of(make_idea(), make_idea()))
    assert "different challenges" in page.text
    assert "Why these belong together" not in page.text


def test_a_member_proposes_and_is_told_what_became_of_it(client: Client) -> None:
    challenge = make_challenge()
    one = make_idea(challenge, title="A shared discharge checklist")
    other = make_idea(challenge, title="One checklist for every discharge")
    make_idea(challenge, title="Free parking at night", body_source="Nurses pay twelve pounds a shift")
    member = make_member(name="Morgan Oakfield")
    client.sign_in(member)
    page = client.get(f"/ideas/{one.id}/looks-like", statements=8)
    assert [choice["value"] for choice in page.query("input[name=other]")] == [str(other.id)]
    form = page.form(f"/ideas/{one.id}/looks-like") if len(page.query("main form")) == 1 else None
    assert form is None
    client.post(f"/ideas/{one.id}/looks-like", {"why": "Both"}, status=400)
    client.post(f"/ideas/{one.id}/looks-like", {"other": other.id, "why": "Both are lists"})
    again = client.post(f"/ideas/{other.id}/looks-like", {"other": one.id}, status=409)
    assert "already" in again.text

    client.sign_in(make_moderator())
    listed = client.get("/moderation/merges", statements=4)
    assert "Morgan Oakfield" in listed.text
    assert "Both are lists" in listed.text
    page = client.get(address_of(one, other))
    assert "checklist" in page.text
    proposal_id = db.session.scalar(select(MergeProposal.id))
    path = f"/moderation/merges/proposals/{proposal_id}/dismiss"
    assert "Give the reason" in client.post(path, {"answer": ""}, status=400).text
    page.form(path).submit(answer="One is for wards, one for theatres")
    assert "Nothing to look at" in client.get("/moderation/merges").text
    client.post(path, {"answer": "Again"}, status=409)

    told = db.session.execute(select(Notification.member_id, Notification.kind)).all()
    assert told == [(member.id, "merge proposal settled")]
    client.sign_in(member)
    assert "One is for wards" in client.get(f"/ideas/{one.id}/looks-like").text


def test_the_other_idea_is_found_by_a_word_without_javascript(client: Client) -> None:
    challenge = make_challenge()
    one = make_idea(challenge, title="A shared discharge checklist")
    other = make_idea(challenge, title="Free parking at night")
    client.sign_in(make_member())
    page = client.get(f"/ideas/{one.id}/looks-like", query={"q": "parking"})
    assert [choice["value"] for choice in page.query("input[name=other]")] == [str(other.id)]
    page = client.get(f"/ideas/{one.id}/looks-like", query={"q": "zebra"})
    assert "No other idea of this challenge has these words" in page.text


def test_merging_settles_the_proposals_for_the_ideas(app: Flask) -> None:
    pair, member = make_pair(), make_member()
    make_proposal(pair, member)
    make_merge(pair)
    assert db.session.execute(select(MergeProposal.state)).scalars().all() == ["merged"]
    kinds = db.session.execute(select(Notification.kind).where(Notification.member_id == member.id)).scalars()
    assert list(kinds) == ["merge proposal settled"]


def test_an_idea_that_left_the_lists_takes_its_proposals_along(client: Client) -> None:
    one, other = make_pair()
    make_proposal((one, other))
    other.status, other.listed = "withdrawn", False
    db.session.commit()
    assert "Nothing to look at" in client.sign_in(make_moderator()).get("/moderation/merges").text
    client.sign_in(make_member()).get(f"/ideas/{other.id}/looks-like", status=404)


def test_one_member_has_so_many_proposals_waiting_and_no_more(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "MOST_OPEN", 2)
    member = make_member()
    for _ in range(2):
        make_proposal(member=member)
    with pytest.raises(NotAllowed, match="wait for a moderator"):
        make_proposal(member=member)


def test_a_proposal_needs_two_ideas_of_one_challenge_in_its_lists(app: Flask) -> None:
    one, viewer = make_idea(), viewer_of(make_member())
    for other in (one, make_idea()):
        with pytest.raises(Conflict):
            in_transaction(lambda other=other: propose_merge(viewer, idea_id=one.id, other_id=other.id))
    with pytest.raises(NotAllowed):
        dismiss_proposal(viewer, proposal_id=make_proposal(), answer="No")


def test_the_original_says_nothing_that_was_between_its_author_and_moderators(client: Client) -> None:
    kept, gone = make_pair()
    make_decision(gone, "draft", from_status="waiting for approval", response="It named a patient")
    make_decision(gone, "new", from_status="waiting for approval")
    make_decision(gone, "hidden", response="It was aimed at one person")
    make_decision(gone, "new", from_status="hidden")
    make_decision(gone, "under review", response="We asked the pharmacy")
    make_merge((kept, gone))
    author = db.session.get_one(Member, gone.author_id)
    for reader, sees_why in ((make_member(), False), (author, True), (make_moderator(), True)):
        page = client.sign_in(reader).get(f"/ideas/{gone.id}/original")
        assert "We asked the pharmacy" in page.text
        assert ("It was aimed at one person" in page.text) == sees_why
        assert "It named a patient" not in page.text


def test_the_title_of_an_idea_that_was_hidden_since_is_not_told_beside_a_proposal(client: Client) -> None:
    kept, other = make_pair()
    member = make_member()
    make_proposal((kept, other), member)
    client.sign_in(member)
    assert other.title in client.get(f"/ideas/{kept.id}/looks-like").text
    make_decision(other, "hidden", response="It names somebody")
    assert other.title not in client.get(f"/ideas/{kept.id}/looks-like").text


def test_the_original_says_so_where_the_kept_idea_is_not_shown_any_more(client: Client) -> None:
    kept, gone = make_pair()
    make_merge((kept, gone))
    make_decision(kept, "hidden", response="It names somebody")
    page = client.sign_in(make_member()).get(f"/ideas/{gone.id}/original")
    assert "another idea, which is not shown any more" in page.text
    assert kept.title not in page.text
