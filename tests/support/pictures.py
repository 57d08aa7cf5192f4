"""The pictures of the README, taken from a fresh demo, or those of the whole arc.

python -m tests.support.pictures              # into docs/pictures/
python -m tests.support.pictures arc FOLDER   # each page of the arc, on both widths, light and dark
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import func, select

from talking_together.accounts.models import Member
from talking_together.challenges.models import Challenge
from talking_together.core import clock
from talking_together.devtools.loading import load
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.invitations.models import JoinCode, Phase
from talking_together.results.models import ChallengeResults
from talking_together.rewards.models import DeskMember, Voucher
from tests.support.browsing import chromium, new_page, served_site

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
DESKTOP = {"width": 1280, "height": 880}
# A page of paper, with what stands above it on a screen.
SHEET = {"width": 880, "height": 1240}
PHONE = {"width": 390, "height": 800}
# Sharp enough on a page that shows it at half its size.
PHONE_SCALE = 1.5
MOST_BYTES = 180_000


@dataclass(frozen=True)
class Picture:
    """What one file shows: a page as somebody sees it."""

    name: str
    path: str
    role: str = "staff"
    scheme: str = "light"
    on_phone: bool = False
    # What a page says of where it is, when a machine's own address would look odd.
    base_url: str | None = None
    is_sheet: bool = False


def pictures() -> list[Picture]:
    """Return what to take, of what the demo holds."""
    now = clock.now()
    busiest = (
        select(Challenge.id)
        .where(Challenge.is_published, Challenge.audience == "everyone", Challenge.closes_at > now)
        .order_by(Challenge.ideas_count.desc())
    )
    challenge = db.session.scalars(busiest).first()
    answered = select(Idea.id).where(Idea.status == "in progress").order_by(Idea.comments_count.desc())
    idea = db.session.scalars(answered).first()
    reported = db.session.scalar(select(func.max(ChallengeResults.challenge_id)))
    at_desk = db.session.scalars(
        select(Voucher.code)
        .join(DeskMember, DeskMember.sponsor_id == Voucher.sponsor_id)
        .join(Member, Member.id == DeskMember.member_id)
        .where(Member.email == "desk@demo.example", Voucher.used_at.is_(None), Voucher.cancelled_at.is_(None))
        .order_by(Voucher.id)
    ).first()
    phase = db.session.scalar(select(func.max(Phase.id)).where(Phase.state == "sending"))
    staff = select(Member.id).where(Member.email == "staff@demo.example").scalar_subquery()
    voucher = db.session.scalar(
        select(func.max(Voucher.id)).where(
            Voucher.member_id == staff, Voucher.used_at.is_(None), Voucher.cancelled_at.is_(None)
        )
    )
    code = db.session.scalar(select(func.max(JoinCode.id)))
    return [
        Picture("challenge", f"/challenges/{challenge}"),
        Picture("idea", f"/ideas/{idea}"),
        Picture("invitations", f"/admin/invitations/phases/{phase}", role="admin"),
        Picture(
            "poster",
            f"/admin/invitations/codes/{code}/poster",
            role="admin",
            base_url="https://talking-together.example",
            is_sheet=True,
        ),
        Picture("participation", "/admin/participation", role="admin"),
        Picture("point-rules", "/admin/points", role="admin"),
        Picture("register", "/admin/rewards/register", role="admin"),
        Picture("desk-phone", f"/desk/vouchers/{at_desk}", role="desk", on_phone=True),
        Picture("board", "/moderation/board", role="moderator"),
        Picture("results", f"/challenges/{reported}/results"),
        Picture("you-said-we-did", "/you-said-we-did"),
        Picture("rewards", "/rewards"),
        Picture("leaderboard", "/leaderboard?board=all"),
        Picture("voucher-phone", f"/vouchers/{voucher}", on_phone=True),
        Picture("one-minute-phone", f"/challenges/{challenge}/one-minute", on_phone=True),
        Picture("home-phone", "/", on_phone=True),
        Picture("challenge-phone-dark", f"/challenges/{challenge}", scheme="dark", on_phone=True),
    ]


def pictures_of_the_arc() -> Iterator[Picture]:
    """Yield each page from a question to "we did", on both widths, light and dark."""
    now = clock.now()
    live = db.session.scalars(
        select(Challenge.id)
        .where(Challenge.is_published, Challenge.audience == "everyone", Challenge.closes_at > now)
        .order_by(Challenge.ideas_count.desc())
    ).first()
    reported = db.session.scalars(select(ChallengeResults.challenge_id)).first()
    answered = db.session.scalars(
        select(Idea.id).where(Idea.status == "done").order_by(Idea.comments_count.desc())
    ).first()
    places = {
        "home": ("/", "staff"),
        "challenge": (f"/challenges/{live}", "staff"),
        "idea": (f"/ideas/{answered}", "staff"),
        "board": ("/moderation/board", "moderator"),
        "results": (f"/challenges/{reported}/results", "staff"),
        "results-editor": (f"/moderation/challenges/{reported}/results", "moderator"),
        "you-said-we-did": ("/you-said-we-did", "staff"),
        "one-minute": (f"/challenges/{live}/one-minute", "staff"),
    }
    for name, (path, role) in places.items():
        for scheme in ("light", "dark"):
            for on_phone in (False, True):
                width = "phone" if on_phone else "desktop"
                yield Picture(f"{name}-{width}-{scheme}", path, role=role, scheme=scheme, on_phone=on_phone)


def take(browser: Browser, site: Flask, picture: Picture, folder: Path = FOLDER) -> Path:
    """Take a picture and return its file."""
    faults: list[str] = []
    member = db.session.scalars(select(Member).where(Member.email == f"{picture.role}@demo.example")).one()
    page = new_page(
        browser,
        site,
        faults,
        signed_in=member,
        scheme=picture.scheme,
        viewport=PHONE if picture.on_phone else SHEET if picture.is_sheet else DESKTOP,
        device_scale_factor=PHONE_SCALE if picture.on_phone else 1,
    )
    db.session.rollback()
    here = site.config["BASE_URL"]
    site.config["BASE_URL"] = picture.base_url or here
    answer = page.goto(picture.path, wait_until="networkidle")
    site.config["BASE_URL"] = here
    assert answer
    assert answer.ok, f"{picture.path} answered {answer.status}"
    file = folder / f"{picture.name}.png"
    page.screenshot(path=file)
    page.context.close()
    assert not faults, faults
    assert folder != FOLDER or file.stat().st_size <= MOST_BYTES, (
        f"{file.name} is too large: {file.stat().st_size:,} bytes"
    )
    return file


def main(folder: Path = FOLDER, *, of_the_arc: bool = False) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as instance,
        chromium() as browser,
        served_site(Path(instance)) as served,
        served.site.app_context(),
    ):
        list(load("small"))
        for picture in list(pictures_of_the_arc()) if of_the_arc else pictures():
            file = take(browser, served.site, picture, folder)
            print(f"{file.name}: {file.stat().st_size:,} bytes")  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:2] == ["arc"]:
        main(Path(sys.argv[2]), of_the_arc=True)
    else:
        main()
