"""The register of gifts: what it shows, what it comes to, who is near a ceiling, and its files."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.audit.services import record
from talking_together.core.formatting import reward_path
from talking_together.extensions import db
from talking_together.rewards.register import queries
from talking_together.rewards.register.queries import Filter, Totals
from tests.factories import make_admin, make_group, make_member, make_organisation
from tests.factories.points import give_points
from tests.factories.rewards import make_gift_policy, make_reward, make_sponsor
from tests.factories.vouchers import make_voucher
from tests.support.client import Client, Page
from tests.support.plans import plans_of

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
PATH = "/admin/rewards/register"


def rewards_in(page: Page) -> list[str]:
    return [cell.text for cell in page.query("tbody [data-label=Reward]")]


def test_the_register_shows_gifts_as_they_were_and_adds_them_up(
    client: Client, hold_clock: Callable[[datetime], None]
) -> None:
    hold_clock(NOON)
    organisation, other = make_organisation(name="Riverside Trust"), make_organisation()
    sponsor, cafe = make_sponsor(name="Harbour Pools"), make_sponsor()
    ada = make_member(organisation, name="Ada Okafor")
    swim = make_reward(sponsor, title="A swim", face_value_pence=550)
    spa = make_reward(sponsor, title="A day at the spa", face_value_pence=2501)
    tea = make_reward(cafe, title="Tea", kind="team", face_value_pence=2500)
    make_voucher(swim, ada, at=NOON - timedelta(days=1), used_at=NOON)
    make_voucher(spa, ada, at=NOON - timedelta(days=2), cancelled_at=NOON)
    make_voucher(spa, ada, at=NOON - timedelta(days=3), expires_at=NOON)
    make_voucher(tea, make_member(other), at=NOON - timedelta(days=4), group_id=make_group(name="Ward 7").id)
    # The last half hour of the tax year before, and the first moment of this one, in London.
    make_voucher(swim, ada, at=datetime(2026, 4, 5, 22, 30, tzinfo=UTC))
    make_voucher(swim, ada, at=datetime(2026, 4, 5, 23, tzinfo=UTC))
    organisation.name, sponsor.name, swim.title = "New Trust", "New Pools", "New swim"
    swim.face_value_pence = 9900
    db.session.commit()
    client.sign_in(make_admin())
    page = client.get(PATH, statements=6)
    assert rewards_in(page) == [
        "A swim",
        "A day at the spa",
        "A day at the spa",
        "Tea (team prize)",
        "A swim",
    ]
    first = page.query("tbody tr")[0].text
    for words in ("Harbour Pools", "£5.50", "Ada Okafor", "Riverside Trust", "Used Thursday 26 November"):
        assert words in first
    assert "for Ward 7" in page.query("tbody tr")[3].text
    assert [figure.text for figure in page.query(".figure dd")] == ["4", "£61.01", "1", "1"]
    assert [link.text for link in page.query("a[href='#hmrc']")] == ["above £25", "above £25"]
    narrowed = {
        "tax-year=2025": ["A swim"],
        "tax-year=2026&state=cancelled": ["A day at the spa"],
        "tax-year=2026&state=expired": ["A day at the spa", "A swim"],
        "state=good": ["Tea (team prize)"],
        f"organisation={other.id}": ["Tea (team prize)"],
        f"donor={cafe.id}": ["Tea (team prize)"],
        "donor=99999999999&organisation=x&state=lost&tax-year=9999": rewards_in(page),
    }
    assert {query: rewards_in(client.get(f"{PATH}?{query}")) for query in narrowed} == narrowed
    assert len(rewards_in(client.get(f"{PATH}?tax-year=all"))) == 6


def test_a_former_colleague_is_not_named_in_the_register(client: Client) -> None:
    member = make_member(name="Ada Okafor", is_active=False, shown_as_former=True)
    make_voucher(make_reward(), member)
    client.sign_in(make_admin())
    page = client.get(PATH)
    assert "Ada Okafor" not in page.html
    assert page.query(f"a[href='/admin/members/{member.id}']")


def test_what_goes_to_whoever_set_it_up_says_so_in_the_register_and_in_the_log(client: Client) -> None:
    own, others, colleague = make_reward(title="A swim"), make_reward(title="Tea"), make_member()
    admin, other = make_admin(), make_admin()
    for actor, reward in ((admin, own), (other, others)):
        record(actor, "reward changed", subject_type="reward", subject_id=reward.id, subject_label="It")
    for member in (admin, colleague):
        give_points(member.id, 200)
        client.sign_in(member)
        for reward in (own, others):
            client.get(reward_path(reward)).form(f"/rewards/{reward.id}/redeem").submit(status=303)
    # What somebody changes after they had it says nothing.
    record(admin, "reward changed", subject_type="reward", subject_id=others.id, subject_label="It")
    db.session.commit()
    page = client.sign_in(other).get(PATH, statements=6)
    marked = [row for row in page.query("tbody tr") if "Set up by the same person" in row.text]
    assert [row.query("[data-label=Reward]")[0].text for row in marked] == ["A swim"]
    lines = page.form(f"{PATH}/export").submit(format="csv", status=200).html.splitlines()
    assert [line.split(",")[13] for line in lines[1:]].count("yes") == 1
    noted = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "voucher given to who set it up")
    ).one()
    assert (noted.actor_id, noted.subject_label) == (admin.id, "A swim")


def test_who_is_near_a_ceiling_is_told_with_the_share(client: Client) -> None:
    organisation, free = make_organisation(name="Riverside Trust"), make_organisation()
    make_gift_policy(organisation, opted_out=False, ceiling_pence=5000)
    reward = make_reward(face_value_pence=1000)
    near, full, over, far = (
        make_member(organisation, name=f"{name} Okafor") for name in ["Near", "Full", "Over", "Far"]
    )
    for member, count in ((near, 4), (full, 5), (over, 6), (far, 3), (make_member(free), 9)):
        for _ in range(count):
            make_voucher(reward, member)
    make_voucher(reward, far, cancelled_at=NOON)
    make_voucher(make_reward(kind="team", face_value_pence=1000), far, group_id=make_group().id)
    make_voucher(reward, far, at=NOON - timedelta(days=400))
    client.sign_in(make_admin())
    page = client.get(f"{PATH}/people", statements=3)
    shown = [[cell.text for cell in row.query("th, td")] for row in page.query("tbody tr")]
    assert shown == [
        ["Over Okafor", "Riverside Trust", "£60", "£50", "120%"],
        ["Full Okafor", "Riverside Trust", "£50", "£50", "100%"],
        ["Near Okafor", "Riverside Trust", "£40", "£50", "80%"],
    ]
    assert "Nobody is near a ceiling" in client.get(f"{PATH}/people?tax-year=2024").text


def test_the_register_downloads_harmlessly_and_it_is_noted(client: Client) -> None:
    sponsor = make_sponsor(name="=Pools")
    make_voucher(make_reward(sponsor, title="@swim", face_value_pence=2550), make_member(name="+Ada"))
    make_voucher(make_reward(title="Tea"))
    client.sign_in(make_admin())
    page = client.get(f"{PATH}?donor={sponsor.id}")
    form = page.form(f"{PATH}/export")
    csv = form.submit(format="csv", status=200).html
    assert len(csv.splitlines()) == 2
    for cell in (",'=Pools,", ",'@swim,", ",'+Ada,", ",25.5,yes,"):
        assert cell in csv
    book = openpyxl.load_workbook(io.BytesIO(form.submit(format="xlsx", status=200).response.data))
    row = [cell.value for cell in book.active[2]]
    assert row[3:7] == ["=Pools", "@swim", "Voucher", 25.5]
    client.post(f"{PATH}/export", {"format": "pdf"}, status=400)
    noted = db.session.scalars(
        select(AuditEntry.details).where(AuditEntry.action == "register of gifts exported")
    ).all()
    assert [entry["gifts"] for entry in noted] == [1, 1]


@pytest.mark.usefixtures("app")
def test_pages_of_the_register_follow_by_an_index() -> None:
    reward, member = make_reward(face_value_pence=100), make_member()
    made = [make_voucher(reward, member, at=NOON) for _ in range(5)]
    wanted = Filter(tax_year=2026)
    first = queries.gifts_found(wanted, after=None, size=3)
    second = queries.gifts_found(wanted, after=first.next_cursor, size=3)
    assert [row.id for row in (*first.rows, *second.rows)] == [each.id for each in reversed(made)]
    assert queries.totals_of(wanted) == Totals(5, 5, 500, 0, 0)
    for asked, index in (
        (wanted, "ix_vouchers_given"),
        (Filter(tax_year=2026, organisation_id=member.organisation_id), "ix_vouchers_organisation"),
    ):
        plans = plans_of(
            lambda asked=asked: queries.gifts_found(asked, after=first.next_cursor), as_if_large=True
        )
        assert index in plans[0]
