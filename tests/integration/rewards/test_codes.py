"""The codes that a sponsor gave, as admins add and remove them."""

import io

from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.rewards.models import DrawEntry, Reward, RewardCode
from tests.factories import make_admin, make_member
from tests.factories.rewards import make_reward, make_sponsor, make_voucher
from tests.factories.rows import saved
from tests.support.client import Client


def codes_of(reward: Reward) -> list[str]:
    db.session.expire_all()
    return list(
        db.session.scalars(
            select(RewardCode.code).where(RewardCode.reward_id == reward.id).order_by(RewardCode.id)
        )
    )


def test_codes_are_pasted_or_sent_and_never_shown_whole_again(client: Client) -> None:
    reward = make_reward(stage="draft", stock_kind="codes", stock=0)
    client.sign_in(make_admin())
    path = f"/admin/rewards/{reward.id}/codes"
    client.get(path).form(path).submit(codes="POOL-1111\r\n POOL-2222 \r\n")
    file = (io.BytesIO(b"Code\nPOOL-3333\n"), "codes.csv")
    page = client.get(path).form(path).submit(file=file, statements=12).follow(statements=5)
    assert codes_of(reward) == ["POOL-1111", "POOL-2222", "POOL-3333"]
    assert reward.stock == 3
    assert [item.text for item in page.query(".codes li")] == [
        "…1111, unused",
        "…2222, unused",
        "…3333, unused",
    ]
    assert "POOL-" not in page.html
    log = db.session.execute(select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.id)).all()
    assert [tuple(entry) for entry in log] == [
        ("codes added", {"added": 2, "lines left out": 0}),
        ("codes added", {"added": 1, "lines left out": 0}),
    ]


def test_no_code_is_taken_from_a_list_with_faults_unless_an_admin_says_so(client: Client) -> None:
    sponsor = make_sponsor()
    reward = make_reward(sponsor, codes=["POOL-1111"])
    make_reward(sponsor, codes=["POOL-4444"])
    make_reward(codes=["POOL-2222"])
    client.sign_in(make_admin())
    path = f"/admin/rewards/{reward.id}/codes"
    file = (io.BytesIO(b"POOL-2222\nPOOL-2222\n\nPOOL-1111\nPOOL-3333\nPOOL-4444"), "codes.txt")
    page = client.get(path).form(path).submit(file=file, status=400)
    assert [row.text for row in page.query("tbody tr")] == [
        "2It is the same as line 1",
        "3It is empty",
        "4It is among the codes that this reward has already",
        "6It is among the codes of another reward of this sponsor",
    ]
    assert "no code was taken" in page.query("#codes-error")[0].text
    assert codes_of(reward) == ["POOL-1111"]
    # What the file held is in the box, to be put right there.
    page.form(path).submit(without_faulty="y")
    assert codes_of(reward) == ["POOL-1111", "POOL-2222", "POOL-3333"]
    assert reward.stock == 3
    assert "choose a file" in client.get(path).form(path).submit(status=400).query("#file-error")[0].text
    only = client.get(path).form(path).submit(codes="POOL-1111", without_faulty="y", status=400)
    assert "1 line has something wrong" in only.query("#codes-error")[0].text


def test_a_file_of_up_to_two_megabytes_is_read(client: Client) -> None:
    reward = make_reward(stage="draft", stock_kind="codes", stock=0)
    path = f"/admin/rewards/{reward.id}/codes"
    form = client.sign_in(make_admin()).get(path).form(path)
    for size, words in ((2 * 1024 * 1024, "longer than 80 characters"), (2_500_000, "smaller than 2 MB")):
        page = form.submit(file=(io.BytesIO(b"7" * size), "codes.txt"), status=400)
        assert words in page.text


def test_only_unused_codes_can_be_removed(client: Client) -> None:
    reward = make_reward(codes=["POOL-1111", "POOL-2222", "POOL-3333", "POOL-4444"], given=1)
    first, second, *_ = db.session.scalars(select(RewardCode).order_by(RewardCode.id))
    first.voucher_id = make_voucher(reward, make_member(), sponsor_code=first.code).id
    db.session.commit()
    client.sign_in(make_admin())
    path = f"/admin/rewards/{reward.id}/codes"
    client.post(f"{path}/remove", {"code": [str(first.id), str(second.id)]})
    assert codes_of(reward) == ["POOL-1111", "POOL-3333", "POOL-4444"]
    assert reward.stock == 3
    client.get(path).form(f"{path}/remove").submit(all="1")
    assert codes_of(reward) == ["POOL-1111"]
    assert (reward.stock, reward.given) == (1, 1)
    client.post(f"{path}/remove", {})
    removed = db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "codes removed")).all()
    assert removed == [{"removed": 1}, {"removed": 2}]


def test_codes_of_a_draw_that_people_entered_stay(client: Client) -> None:
    reward = make_reward(kind="draw", codes=["POOL-1111", "POOL-2222"])
    saved(DrawEntry(reward_id=reward.id, number=1, member_id=make_member().id, entered_at=clock.now()))
    client.sign_in(make_admin()).post(f"/admin/rewards/{reward.id}/codes/remove", {"all": "1"}, status=409)
    assert len(codes_of(reward)) == 2
