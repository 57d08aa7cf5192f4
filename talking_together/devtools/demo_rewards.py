"""What sponsors give in the demo: set up, published, redeemed, and used at a desk."""

from datetime import timedelta
from functools import cache, partial

from sqlalchemy import select, update

from talking_together.accounts.models import Member
from talking_together.core.images import MadePicture, cover_picture, page_picture
from talking_together.devtools.demo_content.people import PEOPLE
from talking_together.devtools.demo_content.rewards import REWARDS, SPONSORS, Reward, Sponsor, Taken
from talking_together.devtools.demo_joining import note_as_sent
from talking_together.devtools.demo_pictures import logo, reward_picture
from talking_together.devtools.diary import Diary
from talking_together.extensions import db
from talking_together.rewards.catalogue import code_services, services
from talking_together.rewards.catalogue.contents import RewardContent
from talking_together.rewards.desk.emails import PURPOSE as DESK_PURPOSE
from talking_together.rewards.desk.services import add_desk_member
from talking_together.rewards.draws.drawing import make_draw
from talking_together.rewards.draws.services import enter_draw
from talking_together.rewards.models import Voucher
from talking_together.rewards.sponsors.services import SponsorContent, add_sponsor
from talking_together.rewards.team_prizes.services import pledge_points
from talking_together.rewards.vouchers.cancelling import cancel_own_voucher
from talking_together.rewards.vouchers.redeeming import redeem_reward
from talking_together.rewards.vouchers.using import use_voucher

ADMIN = next(person.key for person in PEOPLE if person.email == "admin@demo.example")
BEFORE = timedelta(days=1)
PUBLISHED_AFTER = timedelta(minutes=30)

_SPONSOR_OF = {sponsor.key: sponsor for sponsor in SPONSORS}


def write_rewards(diary: Diary, *, password_hash: str) -> None:
    """Write down who gives what, and who had some of it."""
    first = min(reward.written.seen_from(diary.now) for reward in REWARDS) - BEFORE
    for sponsor in SPONSORS:
        diary.add(first, partial(_add_sponsor, diary, sponsor, password_hash))
    for reward in REWARDS:
        written = reward.written.seen_from(diary.now)
        diary.add(written, partial(_set_up, diary, reward))
        if reward.published:
            diary.add(written + PUBLISHED_AFTER, partial(_publish, diary, reward))
        for taken in reward.taken:
            _write_taken(diary, reward, taken)
        for who, when in reward.entered:
            diary.add(when.seen_from(diary.now), partial(_enter, diary, reward, who))
        if reward.entered and reward.ends and (ends := reward.ends.seen_from(diary.now)) < diary.now:
            diary.add(ends, partial(_draw, diary, reward))
        for who, group, points, when in reward.pledged:
            diary.add(when.seen_from(diary.now), partial(_pledge, diary, reward, who, group, points))


def _write_taken(diary: Diary, reward: Reward, taken: Taken) -> None:
    at = taken.at.seen_from(diary.now)
    name = f"{reward.key} of {taken.member} at {at}"
    diary.add(at, partial(_redeem, diary, reward, taken.member, name))
    if taken.used:
        diary.add(taken.used.seen_from(diary.now), partial(_use, diary, reward.sponsor, name))
    if taken.cancelled:
        diary.add(taken.cancelled.seen_from(diary.now), partial(_cancel, diary, taken.member, name))


def _add_sponsor(diary: Diary, sponsor: Sponsor, password_hash: str) -> None:
    content = SponsorContent(
        name=sponsor.name,
        words=sponsor.words,
        link=sponsor.link,
        logo=page_picture(logo(sponsor.motif, sponsor.colour)),
    )
    sponsor_id = add_sponsor(diary.viewer(ADMIN), content=content)
    diary.keep("sponsor", sponsor.key, sponsor_id)
    name, email = sponsor.desk
    if email:
        member_id = add_desk_member(diary.viewer(ADMIN), sponsor_id=sponsor_id, name=name, email=email)
        # They have chosen the demo's password by the link that they were sent.
        db.session.execute(update(Member).where(Member.id == member_id).values(password_hash=password_hash))
        note_as_sent(DESK_PURPOSE)
        diary.keep("member", f"desk of {sponsor.key}", member_id)


def _set_up(diary: Diary, reward: Reward) -> None:
    admin, colour = diary.viewer(ADMIN), _SPONSOR_OF[reward.sponsor].colour
    content = RewardContent(
        sponsor_id=diary.id_of("sponsor", reward.sponsor),
        kind=reward.kind,
        title=reward.title,
        body=reward.text,
        cost=reward.cost,
        face_value_pence=reward.pence,
        stock_kind="codes" if reward.codes else "number",
        stock=reward.stock,
        per_member=reward.per_member,
        given_for=reward.given_for,
        starts_at=reward.starts.seen_from(diary.now) if reward.starts else None,
        ends_at=reward.ends.seen_from(diary.now) if reward.ends else None,
        group_ids=frozenset(diary.id_of("group", group) for group in reward.groups),
        is_for_everyone=not reward.groups,
    )
    reward_id = services.write_reward(admin, content=content)
    diary.keep("reward", reward.key, reward_id)
    if reward.codes:
        code_services.add_codes(admin, reward_id=reward_id, lines=reward.codes)
    if reward.motif:
        services.set_picture(
            admin,
            reward_id=reward_id,
            picture=_picture(reward.motif, colour),
            alternative_text=reward.shows,
            is_decoration=False,
        )


@cache
def _picture(motif: str, colour: int) -> MadePicture:
    return cover_picture(reward_picture(motif, colour))


def _publish(diary: Diary, reward: Reward) -> None:
    services.publish_reward(diary.viewer(ADMIN), reward_id=diary.id_of("reward", reward.key))


def _redeem(diary: Diary, reward: Reward, who: str, name: str) -> None:
    member, reward_id = diary.viewer(who), diary.id_of("reward", reward.key)
    had = db.session.scalars(
        select(Voucher.number).where(Voucher.reward_id == reward_id, Voucher.member_id == member.id)
    ).all()
    number = max(had, default=0) + 1
    redeemed = redeem_reward(member, reward_id=reward_id, expected_cost=reward.cost, number=number)
    diary.keep("voucher", name, redeemed.voucher_id)


def _use(diary: Diary, sponsor: str, name: str) -> None:
    voucher_id = diary.id_of("voucher", name)
    code = db.session.scalars(select(Voucher.code).where(Voucher.id == voucher_id)).one()
    use_voucher(diary.viewer(f"desk of {sponsor}"), code=code)


def _cancel(diary: Diary, who: str, name: str) -> None:
    cancel_own_voucher(diary.viewer(who), voucher_id=diary.id_of("voucher", name))


def _enter(diary: Diary, reward: Reward, who: str) -> None:
    reward_id = diary.id_of("reward", reward.key)
    enter_draw(diary.viewer(who), reward_id=reward_id, expected_cost=reward.cost, entries_before=0)


def _draw(diary: Diary, reward: Reward) -> None:
    make_draw(diary.id_of("reward", reward.key))


def _pledge(diary: Diary, reward: Reward, who: str, group: str, points: int) -> None:
    pledge_points(
        diary.viewer(who),
        reward_id=diary.id_of("reward", reward.key),
        group_id=diary.id_of("group", group),
        points=points,
        pledged_before=0,
    )
