"""Reads of a reward's codes: never a whole code, only its end."""

from dataclasses import dataclass

from sqlalchemy import select

from talking_together.core.pagination import Page, decode_cursor, encode_cursor, page_of
from talking_together.extensions import db
from talking_together.rewards.catalogue.codes import ending_of
from talking_together.rewards.models import RewardCode

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class ListedCode:
    """A code as admins see it: its end, and whether somebody has it."""

    id: int
    ending: str
    is_given: bool


def codes_of(reward_id: int, *, after: str | None = None) -> Page:
    """Return a page of the codes of a reward, in the order in which they are given."""
    statement = select(RewardCode.id, RewardCode.code, RewardCode.voucher_id).where(
        RewardCode.reward_id == reward_id
    )
    if start := decode_cursor(after, (int,)):
        statement = statement.where(RewardCode.id > start[0])
    rows = db.session.execute(statement.order_by(RewardCode.id).limit(PAGE_SIZE + 1)).all()
    page = page_of(rows, PAGE_SIZE, lambda row: encode_cursor(row.id))
    shown = [ListedCode(row.id, ending_of(row.code), row.voucher_id is not None) for row in page.rows]
    return Page(shown, page.next_cursor)
