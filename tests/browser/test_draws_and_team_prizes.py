"""Entering a prize draw and pledging for a team prize, as members do it."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from talking_together.core import clock
from talking_together.extensions import db
from talking_together.rewards.draws.sweeps import make_due_draws
from talking_together.rewards.models import DrawEntry, Reward
from tests.factories import make_admin, make_group, make_member, make_organisation
from tests.factories.draws import make_draw, make_member_with_points, make_team_prize
from tests.factories.rows import saved
from tests.support.accessibility import check_everywhere


def test_a_member_enters_a_draw_withdraws_enters_again_and_wins(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    draw, member = make_draw(title="A weekend away"), make_member_with_points(60)
    page = open_page(f"/rewards/{draw.id}", signed_in=member, width=390, javascript=False)
    page.get_by_role("button", name="Enter for 50 points").click()
    expect(page.get_by_text("Your number is 1.")).to_be_visible()
    page.get_by_role("button", name="Withdraw number 1").click()
    page.get_by_role("button", name="Enter for 50 points").click()
    expect(page.get_by_text("Your number is 2.")).to_be_visible()

    page = open_page(f"/rewards/{draw.id}", signed_in=member)
    check_everywhere(page)
    page.get_by_role("link", name="How it is drawn, and its numbers").click()
    expect(page.get_by_text("1–2, without 1")).to_be_visible()
    db.session.execute(update(Reward).values(ends_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    make_due_draws()
    page.reload()
    expect(page.get_by_role("heading", name="The winning numbers, in their order")).to_be_visible()
    check_everywhere(page)
    page.get_by_role("link", name="A weekend away").first.click()
    expect(page.get_by_role("link", name="You won with number 2")).to_be_visible()


def test_an_admin_outside_a_draw_looks_at_it_and_reads_what_is_fixed_next_to_its_field(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    audience = make_organisation()
    draw, admin = make_draw(title="A weekend away", organisations=[audience], cost=0), make_admin()
    number = DrawEntry(
        reward_id=draw.id, number=1, member_id=make_member(audience).id, entered_at=clock.now()
    )
    saved(number)
    page = open_page(f"/admin/rewards/{draw.id}", signed_in=admin, width=390)
    page.get_by_role("link", name="The draw and its numbers").click()
    expect(page.get_by_text("you cannot enter it")).to_be_visible()
    check_everywhere(page)
    page.get_by_role("link", name="A weekend away").click()
    page.get_by_label("Title").fill("A day away")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#title-error")).to_contain_text("so it stays as it was shown to them")
    expect(page.get_by_label("Title")).to_have_value("A day away")
    check_everywhere(page)


def test_a_member_pledges_for_their_group_and_takes_it_back(
    server: Flask, open_page: Callable[..., Page]
) -> None:
    nurses, porters = make_group(name="Community nurses"), make_group(name="Porters")
    prize = make_team_prize(title="A cake for all")
    member = make_member_with_points(60, groups=[nurses, porters])
    page = open_page(f"/rewards/{prize.id}", signed_in=member, width=390)
    page.get_by_label("Community nurses").check()
    page.get_by_label("Points to pledge").fill("0")
    page.get_by_role("button", name="Pledge").click()
    expect(page.get_by_text("Enter a whole number from 1 to 100,000").first).to_be_visible()
    expect(page.get_by_label("Community nurses")).to_be_checked()
    check_everywhere(page)
    page.get_by_label("Points to pledge").fill("40")
    page.get_by_role("button", name="Pledge").click()
    expect(page.get_by_text("40 of 100 points, 40 of them yours")).to_be_visible()
    check_everywhere(page)
    page.get_by_role("button", name="Take back 40 points").click()
    expect(page.get_by_text("0 of 100 points").first).to_be_visible()
