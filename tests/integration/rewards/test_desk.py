"""A sponsor's desk checks codes, marks vouchers as used once, and keeps its accounts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.core import clock
from talking_together.extensions import db
from talking_together.mail.models import OutboxMessage
from talking_together.rewards.desk import queries
from talking_together.rewards.desk.months import Month
from talking_together.rewards.models import Voucher
from talking_together.rewards.vouchers.codes import shown_code
from tests.factories import make_admin, make_member
from tests.factories.desks import make_desk_member
from tests.factories.members import PASSWORD
from tests.factories.rewards import make_reward, make_sponsor
from tests.factories.vouchers import make_voucher
from tests.support.client import Client
from tests.support.plans import plans_of

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def used_at(voucher: Voucher) -> datetime | None:
    return db.session.scalar(select(Voucher.used_at).where(Voucher.id == voucher.id))


def test_a_code_is_checked_marked_once_and_taken_back(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    sponsor = make_sponsor(name="Harbour Pools")
    owner = make_member(name="Ada Okafor")
    reward = make_reward(sponsor, title="A swim", face_value_pence=550)
    voucher = make_voucher(reward, owner, sponsor_code="POOL-77")
    client.sign_in(make_desk_member(sponsor, name="Dee Marsh"))
    typed = f" {shown_code(voucher.code).lower().replace('0', 'o').replace('1', 'l')} "
    path = client.get("/desk", statements=2).form("/desk").submit(code=typed, status=303).location
    page = client.get(path, statements=3)
    assert "Good until the end of" in page.text
    assert "£5.50" in page.text
    assert "POOL-77" in page.text
    assert "Ada" not in page.html
    assert str(owner.email) not in page.html
    assert used_at(voucher) is None, "looking changes nothing"
    done = page.form(path).submit(status=303, statements=6).follow()
    assert done.heading == "Marked as used"
    again = page.form(path).submit(status=409)
    assert "Do not accept: used already, on Thursday 26 November at midday, marked by Dee Marsh" in again.text
    again.form(f"{path}/take-back").submit(status=303)
    assert used_at(voucher) is None
    client.get(path).form(path).submit(status=303)
    hold_clock(NOON + timedelta(minutes=11))
    assert "Take it back" not in client.get(path).text
    assert client.get(f"{path}/done", status=302).location == path
    late = client.post(f"{path}/take-back", status=409)
    assert late.heading == "A swim"
    assert "marked as used more than ten minutes ago" in late.text
    assert used_at(voucher) == NOON


def test_a_scanned_link_leads_a_desk_back_after_signing_in_and_tells_others_nothing(client: Client) -> None:
    voucher = make_voucher()
    sponsor = db.session.get_one(type(make_sponsor()), voucher.sponsor_id)
    desk = make_desk_member(sponsor)
    path = f"/desk/vouchers/{voucher.code}"
    sign_in = client.get(path, status=302).follow()
    page = sign_in.form("/sign-in").submit(email=desk.email, password=PASSWORD, status=303)
    assert page.location == path
    assert voucher.reward_title in client.get(path).text
    client.sign_in(make_member())
    pages = [client.get(f"/desk/vouchers/{code}") for code in (voucher.code, "7777")]
    assert {page.heading for page in pages} == {"This is for the desk"}
    assert voucher.reward_title not in pages[0].html


def test_what_is_not_to_be_accepted_is_refused_in_words(client: Client) -> None:
    sponsor, now = make_sponsor(), clock.now()
    reward = make_reward(sponsor)
    cases = {
        "already": make_voucher(reward, used_at=now).code,
        "Do not accept: no longer good": make_voucher(reward, expires_at=now - timedelta(days=1)).code,
        "Do not accept: cancelled": make_voucher(reward, cancelled_at=now).code,
    }
    client.sign_in(make_desk_member(sponsor))
    for words, code in cases.items():
        assert words in client.get("/desk").form("/desk").submit(code=code, status=303).follow().text
        client.post(f"/desk/vouchers/{code}", status=409)
    good = make_voucher(reward).code
    slip = good[:5] + ("A" if good[5] != "A" else "B") + good[6:]
    for typed, words in {
        make_voucher().code: "This voucher is not one of yours: another sponsor gives it",
        "0" * 17: "There is no voucher with this code",
        slip: "One letter or number is not right: check the code",
        "POOL-77": "That is not a voucher code",
        "7" * 5000: "must be 300 characters or fewer",
        "": "Enter the code of the voucher",
    }.items():
        page = client.get("/desk").form("/desk").submit(code=typed, status=400)
        assert words in page.query("#code-error")[0].text
        assert page.form("/desk").fields["code"] == typed
    other = client.get(f"/desk/vouchers/{make_voucher().code}", status=404)
    assert "not one of yours" in other.text
    client.post(f"/desk/vouchers/{make_voucher().code}", status=404)


def test_codes_are_not_guessed_at_leisure(client: Client) -> None:
    sponsor = make_sponsor()
    code = make_voucher(make_reward(sponsor)).code
    client.sign_in(make_desk_member(sponsor))
    for attempt in range(10):
        if attempt == 5:
            client.post("/desk", {"code": code}, status=303)
        client.post("/desk", {"code": "0" * 17}, status=400)
    for _ in range(5):
        client.post("/desk", {"code": "0" * 17}, status=400)
    page = client.post("/desk", {"code": code}, status=429)
    assert "Too many wrong codes" in page.text
    client.sign_in(make_desk_member(sponsor))
    client.post("/desk", {"code": code}, status=303)


def test_used_vouchers_add_up_by_month_and_download_harmlessly(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    sponsor = make_sponsor()
    desk = make_desk_member(sponsor, name="Dee Marsh")
    reward = make_reward(sponsor, title="=HYPERLINK(1)", face_value_pence=1250)
    # 00:30 on 1 November in London, and half an hour before October began there.
    used: dict[str, datetime] = {
        "november": datetime(2026, 11, 1, 0, 30, tzinfo=UTC),
        "october": datetime(2026, 10, 31, 23, 59, tzinfo=UTC),
        "september": datetime(2026, 9, 30, 22, 30, tzinfo=UTC),
    }
    for moment in used.values():
        make_voucher(reward, used_at=moment, used_by_id=desk.id)
    for minutes in range(queries.PAGE_SIZE):
        make_voucher(reward, used_at=used["november"] + timedelta(minutes=minutes), used_by_id=desk.id)
    make_voucher(used_at=NOON)
    client.sign_in(desk)
    first = client.get("/desk/used", statements=5)
    assert first.heading == "Used vouchers, November 2026"
    figures = [each.text for each in first.query(".figure dd")]
    assert figures == ["51", "£637.50"]
    second = client.get(first.query("a[rel=next]")[0]["href"])
    assert [len(page.query("tbody tr")) for page in (first, second)] == [50, 1]
    october = client.get("/desk/used?month=2026-10")
    assert len(october.query("tbody tr")) == 1
    assert {link.text for link in october.query(".pager a")} == {"September 2026", "November 2026"}
    form = october.form("/desk/used/export")
    lines = form.submit(status=200).html.removeprefix("\ufeff").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("2026-10-31 23:59,'=HYPERLINK(1),Voucher,12.5,")
    assert "used vouchers exported" in set(db.session.scalars(select(AuditEntry.action)))
    for wrong in ("2026-13", "x" * 5000, "٢٠٢٦-11"):
        client.get("/desk/used", query={"month": wrong}, status=404)


def test_what_was_used_is_found_by_an_index(app: object) -> None:
    month = Month(2026, 11)
    reads = (
        lambda: queries.used_in(1, month, after=None),
        lambda: queries.used_totals(1, month),
        lambda: queries.first_used_at(1),
    )
    for read in reads:
        for plan in plans_of(read, as_if_large=True):
            assert "ix_vouchers_used" in plan


def test_an_admin_adds_who_serves_at_a_desk(client: Client) -> None:
    sponsor = make_sponsor(name="Harbour Pools")
    taken = make_member()
    client.sign_in(make_admin())
    path = f"/admin/sponsors/{sponsor.id}/desk"
    form = client.get(path, statements=4).form(path)
    refused = form.submit(name="Dee Marsh", email=str(taken.email), status=400)
    assert "account at a desk needs one of its own" in refused.text
    page = form.submit(name="Dee Marsh", email="Dee@Pools.example", status=303, statements=10).follow()
    message = db.session.scalars(select(OutboxMessage)).one()
    assert (message.to_address, message.purpose) == ("dee@pools.example", "desk account")
    assert "Harbour Pools" in message.subject
    page.form(f"{path}/{queries.staff_of(sponsor.id)[0].id}/send-link").submit(status=303)
    messages = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    links = [
        line.removeprefix(client.origin)
        for message in messages
        for line in message.body_text.splitlines()
        if "/password-reset/" in line
    ]
    listed = client.get("/admin/members?role=sponsor").text
    assert "Sponsor desk · Harbour Pools" in listed
    member_page = client.get(f"/admin/members/{queries.staff_of(sponsor.id)[0].id}")
    assert not member_page.query("#role-heading")
    client.sign_out()
    client.get(links[0], status=410)
    client.get(links[1]).form(links[1]).submit(password=PASSWORD, status=303)
    done = client.get("/sign-in").form("/sign-in")
    done.submit(email="dee@pools.example", password=PASSWORD, status=303)
    assert client.get("/desk").heading == "Vouchers of Harbour Pools"
    client.sign_in(make_admin())
    member_id = queries.staff_of(sponsor.id)[0].id
    client.post(f"{path}/{member_id}/send-link", status=409)
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert {"desk account made", "desk account written to again"} <= actions


@pytest.mark.parametrize(
    ("month", "before", "after"),
    [(Month(2026, 1), Month(2025, 12), Month(2026, 2)), (Month(2026, 12), Month(2026, 11), Month(2027, 1))],
)
def test_months_follow_each_other(month: Month, before: Month, after: Month) -> None:
    assert (month.previous, month.next) == (before, after)
