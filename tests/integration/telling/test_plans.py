"""What runs every few seconds reads what waits, whatever else its tables hold."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from talking_together.ideas.sweeps import give_answers_owed, tell_of_overdue_answers
from talking_together.results.sweeps import announce_results
from talking_together.telling.facts import tell_settled
from talking_together.telling.mailing import write_due_emails
from talking_together.votes.sweeps import enter_kept_back_points
from tests.support.plans import plans_of

# The indexes of what waits, by the sweep that looks for it.
INDEXES: dict[Callable[[], object], list[str]] = {
    tell_settled: ["ix_comments_untold", "ix_idea_decisions_untold", "ix_challenge_news_untold"],
    write_due_emails: ["ix_notifications_email_due"],
    announce_results: ["ix_challenge_results_unannounced"],
    enter_kept_back_points: ["ix_kept_back_thumbs_due_at"],
    give_answers_owed: ["ix_ideas_needs_votes"],
    tell_of_overdue_answers: ["ix_ideas_owed"],
}


_LARGE = "ideas|comments|notifications|members|idea_decisions|kept_back_thumbs"
_SCAN = re.compile(rf"(Seq Scan on|SCAN) ({_LARGE})\b")


@pytest.mark.parametrize("sweep", INDEXES, ids=lambda sweep: sweep.__name__)
def test_a_sweep_finds_what_waits_by_its_index(
    app: Flask, database_kind: str, sweep: Callable[[], object]
) -> None:
    plans = plans_of(sweep, as_if_large=True)
    assert plans
    assert not [plan for plan in plans if _SCAN.search(plan)]
    if database_kind == "sqlite":
        # PostgreSQL chooses among indexes by what the tables hold: nothing, in a test.
        found = [name for plan in plans for name in INDEXES[sweep] if name in plan]
        assert set(found) == set(INDEXES[sweep]), plans
