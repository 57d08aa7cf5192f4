"""Long lists are read by the worker: with progress, with a way to stop, and counting nothing twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from talking_together.core import clock
from talking_together.core.commits import in_transaction
from talking_together.extensions import db
from talking_together.invitations.models import StaffList, StaffListFile, StaffListRow
from talking_together.invitations.recounts import drift
from talking_together.invitations.staff_lists import readings
from talking_together.invitations.staff_lists.sweeps import read_staff_lists
from tests.factories.members import make_admin
from tests.factories.organisations import make_organisation
from tests.support.client import Client, Page
from tests.support.staff_lists import upload

LONG = "Email\n" + "".join(f"p{number}@riverside.example\n" for number in range(5_500))


@pytest.fixture
def reading(client: Client) -> Page:
    """Return the page of a long list that waits for the worker."""
    riverside = make_organisation(name="Riverside", short_name="RV", domains=("riverside.example",))
    client.sign_in(make_admin(riverside))
    page = upload(client, LONG).follow()
    return page.form(f"{page.path}/columns").submit(action="read").follow()


def kept() -> int:
    """Return how many rows are kept."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(StaffListRow)) or 0


def stop_after(chunks: int) -> Callable[[], bool]:
    """Return what says stop once so many chunks have been kept."""
    asked = iter(range(1_000))
    return lambda: next(asked) > chunks


def test_a_long_list_is_left_to_the_worker(reading: Page, client: Client) -> None:
    assert "0 of about 5,500 rows read" in reading.text
    assert reading.query("#progress")[0].get("hx-get") == f"{reading.path}/progress"
    assert kept() == 0
    assert read_staff_lists() == 1
    part = client.get(f"{reading.path}/progress")
    assert "5,500 rows read. See what became of each row" in part.html.replace(
        f'<a href="{reading.path}">', ""
    ).replace("</a>", "")
    assert "hx-get" not in part.html
    assert client.get(reading.path).query(".figure dd")[0].text == "5,500"
    assert list(drift()) == []
    assert db.session.scalar(select(func.count()).select_from(StaffListFile)) == 0


def test_progress_is_true_while_a_list_is_read(reading: Page, client: Client) -> None:
    claim = in_transaction(readings.claim_reading)
    assert claim is not None
    seen = []

    def look() -> bool:
        seen.append((kept(), db.session.scalar(select(StaffList.rows_read)), len(list(drift()))))
        db.session.rollback()
        return False

    readings.read_claimed(claim, stop=look)
    assert seen == [(so_far, so_far, 0) for so_far in (0, 1_000, 2_000, 3_000, 4_000, 5_000)]


def test_stopping_leaves_nothing_kept(reading: Page, client: Client) -> None:
    claim = in_transaction(readings.claim_reading)
    assert claim is not None

    def press_stop() -> bool:
        if kept() == 2_000:
            page = client.get(reading.path)
            assert "2,000 of about 5,500 rows read" in page.text
            page.form(f"{page.path}/stop").submit()
        db.session.rollback()
        return False

    readings.read_claimed(claim, stop=press_stop)
    assert kept() == 0
    page = client.get(reading.path)
    assert "Nothing of the file was kept" in page.text
    client.post(f"{reading.path}/stop", status=409)
    assert read_staff_lists() == 0
    assert list(drift()) == []


def test_a_reader_that_died_is_followed_by_one_that_counts_nothing_twice(reading: Page) -> None:
    with pytest.raises(KeyboardInterrupt):
        _die_after(2)
    assert kept() == 2_000
    # Its lease still runs.
    assert read_staff_lists() == 0
    with clock.held_at(clock.now() + readings.LEASE + timedelta(seconds=1)):
        assert read_staff_lists() == 1
    assert kept() == 5_500
    assert list(drift()) == []


def test_a_worker_that_is_told_to_stop_leaves_the_list_to_the_next(reading: Page) -> None:
    read_staff_lists(stop=stop_after(3))
    assert 0 < kept() < 5_500
    assert read_staff_lists() == 1
    assert kept() == 5_500


def test_a_reader_whose_time_is_over_keeps_nothing_more(reading: Page) -> None:
    claim = in_transaction(readings.claim_reading)
    assert claim is not None

    def lose_it() -> bool:
        if kept() == 1_000:
            in_transaction(lambda: db.session.execute(update(StaffList).values(claimed_by="2:another")))
        return False

    readings.read_claimed(claim, stop=lose_it)
    assert kept() == 1_000


def test_a_file_that_breaks_off_every_reading_is_given_up(reading: Page, client: Client) -> None:
    at = clock.now()
    for _ in range(readings.MOST_ATTEMPTS):
        with clock.held_at(at), pytest.raises(KeyboardInterrupt):
            _die_after(1)
        at += readings.LEASE + timedelta(seconds=1)
    with clock.held_at(at):
        assert read_staff_lists() == 0
    assert "Reading the file broke off several times" in client.get(reading.path).text
    assert kept() == 0


def test_a_list_of_headings_alone_is_not_readable(client: Client) -> None:
    client.sign_in(make_admin())
    page = upload(client, "Email,Name\n").follow()
    page = page.form(f"{page.path}/columns").submit(action="read").follow()
    assert "There are no rows under the headings" in page.text


def _die_after(chunks: int) -> None:
    claim = in_transaction(readings.claim_reading)
    assert claim is not None
    asked = iter(range(100))

    def die() -> bool:
        if next(asked) == chunks:
            raise KeyboardInterrupt
        return False

    readings.read_claimed(claim, stop=die)
