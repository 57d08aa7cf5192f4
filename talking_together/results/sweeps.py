"""What happens to results by the clock."""

from sqlalchemy import insert, select, update

from talking_together.challenges.models import ChallengeNews
from talking_together.core import clock
from talking_together.core.commits import commits_alone
from talking_together.core.database import locked
from talking_together.extensions import db
from talking_together.results.models import ChallengeResults

AT_ONCE = 50


@commits_alone
def announce_results() -> int:
    """Write one piece of news for each challenge whose results have come out; return how many."""
    return announce_due()


def announce_due() -> int:
    """Write the news of results that are due, in the transaction of whoever asks."""
    now = clock.now()
    due = db.session.execute(
        locked(
            select(ChallengeResults.challenge_id, ChallengeResults.published_at, ChallengeResults.author_id)
            .where(ChallengeResults.published_at <= now, ChallengeResults.announced_at.is_(None))
            .order_by(ChallengeResults.published_at)
            .limit(AT_ONCE),
            skip=True,
        )
    ).all()
    for row in due:
        db.session.execute(
            insert(ChallengeNews).values(
                challenge_id=row.challenge_id,
                kind="results published",
                # Who published them, or corrected them since, need not be told.
                details={"by": row.author_id},
                at=row.published_at,
            )
        )
        db.session.execute(
            update(ChallengeResults)
            .where(ChallengeResults.challenge_id == row.challenge_id)
            .values(announced_at=now)
            .execution_options(synchronize_session=False)
        )
    return len(due)
