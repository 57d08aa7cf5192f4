"""What a file belongs to: claimed by a text, copied with a challenge, cleared with nothing to hold it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from talking_together.core import clock
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.drafts.models import KeptDraft
from talking_together.extensions import db
from talking_together.files import services
from talking_together.files.models import File
from talking_together.files.queries import attachments_of, own_attachments
from talking_together.files.sweeps import clear_files
from talking_together.ideas.models import Idea
from tests.factories import make_challenge, make_idea, make_member, make_moderator, viewer_of
from tests.factories.files import make_attachment, make_picture
from tests.factories.rows import saved
from tests.support.client import Client


def line(file: File) -> str:
    return f"![A board](/files/{file.id}/{file.key}#800x600)"


def owner_of(file: File) -> tuple[int | None, int | None]:
    db.session.expire_all()
    row = db.session.execute(select(File.challenge_id, File.idea_id).where(File.id == file.id)).one()
    return row.challenge_id, row.idea_id


def test_a_text_claims_what_its_author_sent(app: object) -> None:
    member, idea = make_member(), make_idea()
    mentioned, other = make_picture(member), make_picture(member)
    text = f"Look:\n\n{line(mentioned)}\n\nand /files/99999999999999999999/{'0' * 32}"
    services.claim_files(viewer_of(member), idea_id=idea.id, sources=[text])
    assert owner_of(mentioned) == (None, idea.id)
    assert owner_of(other) == (None, None)


def test_nobody_claims_what_another_sent_or_what_belongs_to_another_thing(app: object) -> None:
    member, idea, challenge = make_member(), make_idea(), make_challenge()
    anothers = make_picture()
    elsewhere = make_picture(member, idea_id=make_idea().id)
    before = owner_of(elsewhere)
    wrong = f"![x](/files/{make_picture(member).id}/{'0' * 32})"
    for owner in ({"idea_id": idea.id}, {"challenge_id": challenge.id}):
        services.claim_files(
            viewer_of(member),
            sources=[line(anothers), line(elsewhere), wrong],
            ids=[anothers.id, elsewhere.id],
            **owner,
        )
    assert owner_of(anothers) == (None, None)
    assert owner_of(elsewhere) == before
    assert not db.session.scalars(select(File.id).where(File.challenge_id == challenge.id)).all()


def test_a_form_claims_what_it_chose(app: object) -> None:
    moderator, challenge = make_moderator(), make_challenge("draft")
    cover, brief = make_picture(moderator), make_attachment(moderator)
    assert [each.id for each in own_attachments(viewer_of(moderator), [cover.id, brief.id])] == [brief.id]
    services.claim_files(viewer_of(moderator), challenge_id=challenge.id, ids=[cover.id, brief.id])
    assert owner_of(cover) == owner_of(brief) == (challenge.id, None)
    assert own_attachments(viewer_of(moderator), [brief.id]) == []
    shown = attachments_of(challenge.id)
    assert [(each.name, each.kind, each.size) for each in shown] == [
        ("Beds in winter.pdf", "PDF", brief.size)
    ]
    services.discard_file(viewer_of(moderator), file_id=brief.id, challenge_id=challenge.id)
    assert attachments_of(challenge.id) == []
    with pytest.raises(NotFound):
        services.discard_file(viewer_of(moderator), file_id=cover.id, challenge_id=make_challenge().id)


def test_a_challenge_has_only_so_many_attachments(app: object) -> None:
    moderator, challenge = make_moderator(), make_challenge("draft")
    ids = [make_attachment(moderator).id for _ in range(services.MOST_ATTACHMENTS + 1)]
    services.claim_files(viewer_of(moderator), challenge_id=challenge.id, ids=ids[:-1])
    with pytest.raises(InvalidInput, match="at most 10 attachments"):
        services.claim_files(viewer_of(moderator), challenge_id=challenge.id, ids=ids[-1:])


def test_a_clone_has_files_of_its_own(app: object) -> None:
    moderator, first, second = make_moderator(), make_challenge(), make_challenge("draft")
    picture = make_picture(challenge_id=first.id)
    attachment = make_attachment(challenge_id=first.id)
    make_picture(challenge_id=make_challenge().id)
    copies = services.copy_files(viewer_of(moderator), from_challenge_id=first.id, to_challenge_id=second.id)
    assert set(copies.ids) == {picture.id, attachment.id}
    copied = db.session.get_one(File, copies.ids[picture.id])
    assert copied.key != picture.key
    assert copies.in_text(f"See {line(picture)}.") == f"See {line(copied)}."
    for name in ("kind", "media_type", "alternative_text", "width", "height", "size", "content", "small"):
        assert getattr(copied, name) == getattr(picture, name)
    assert (copied.challenge_id, copied.sent_by) == (second.id, moderator.id)
    assert owner_of(picture) == (first.id, None)
    assert [each.name for each in attachments_of(second.id)] == [attachment.name]


def test_what_belongs_to_nothing_for_a_week_is_cleared(app: object) -> None:
    member, old = make_member(), clock.now() - timedelta(days=8)
    gone = [make_picture(member, sent_at=old), make_attachment(member, sent_at=old)]
    kept = [
        make_picture(member, sent_at=clock.now() - timedelta(days=6)),
        make_picture(member, sent_at=old, idea_id=make_idea().id),
        make_picture(member, sent_at=old, challenge_id=make_challenge().id),
        in_a_draft := make_picture(member, sent_at=old),
    ]
    saved(
        KeptDraft(
            member_id=member.id,
            key="idea:12",
            fields={"body": f"“Here”: {line(in_a_draft)}"},
            saved_at=clock.now(),
        )
    )
    # Another member's draft keeps nothing of this one's.
    saved(
        KeptDraft(
            member_id=make_member().id, key="idea:12", fields={"body": line(gone[0])}, saved_at=clock.now()
        )
    )
    expected = {file.id for file in kept}
    assert clear_files() == 2
    assert set(db.session.scalars(select(File.id))) == expected
    assert clear_files() == 0


def test_files_go_with_what_they_belong_to(app: object) -> None:
    idea = make_idea()
    make_picture(idea_id=idea.id)
    db.session.delete(idea)
    db.session.commit()
    assert db.session.scalars(select(File.id)).all() == []


def test_what_is_written_and_saved_takes_its_pictures_along(client: Client) -> None:
    author, moderator, challenge = make_member(), make_moderator(), make_challenge()
    in_idea, added, in_answer, in_brief = (
        make_picture(author),
        make_picture(author),
        make_picture(moderator),
        make_picture(moderator),
    )
    client.sign_in(author)
    path = f"/challenges/{challenge.id}/ideas/new"
    client.get(path).form().submit(title="A board", body=f"Here: {line(in_idea)}", action="draft")
    idea = db.session.scalars(select(Idea)).one()
    assert owner_of(in_idea) == (None, idea.id)
    edit = f"/ideas/{idea.id}/edit"
    client.get(edit).form(edit).submit(body=f"{line(in_idea)} {line(added)}", action="publish")
    assert owner_of(added) == (None, idea.id)
    client.sign_in(moderator)
    client.post(f"/ideas/{idea.id}/status", {"status": "planned", "response": f"From May. {line(in_answer)}"})
    assert owner_of(in_answer) == (None, idea.id)
    manage = f"/moderation/challenges/{challenge.id}"
    client.get(manage).form(manage).submit(brief=f"Look. {line(in_brief)}")
    assert owner_of(in_brief) == (challenge.id, None)
    client.sign_in(make_member())
    shown = client.get(f"/ideas/{idea.id}", status=301).follow()
    alts = [each["src"] for each in shown.query(".prose img")]
    assert set(alts) == {f"/files/{file.id}/{file.key}" for file in (in_idea, added, in_answer)}
    for path in alts:
        client.get(path)
