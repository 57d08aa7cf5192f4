"""The days of participation and how the chart draws them."""

import itertools
from datetime import date, timedelta

from talking_together.insights.chart import LABEL_GAP, chart_of
from talking_together.insights.days import Day, changed, days_of_all, days_of_phase, in_fives
from talking_together.insights.participation import Census
from talking_together.insights.queries import BY_CODE, Cell

FIRST = date(2026, 3, 2)
STEPS = ("delivered", "opened", "joined", "voted", "wrote")


def cell(phase_id: int, people: int, *, again: bool = False, joined: int = 0, voted: int = 0) -> Cell:
    return Cell(phase_id, 1, (), again, people, people, joined, joined, voted, 0)


def test_a_count_in_fives_is_never_one_that_only_everybody_makes() -> None:
    for members, count, least in itertools.product(range(20), repeat=3):
        if count <= members:
            told = in_fives(count, members, least)
            assert told % 5 == 0
            assert told <= count
            assert told == 0 or (told <= members - 2 and told < least)


def test_whether_one_more_person_voted_never_shows_on_a_day() -> None:
    """For every member, having voted and not having voted could both look as it does."""
    for members, least in itertools.product(range(5, 12), range(12)):
        for count in range(members + 1):
            seen = in_fives(count, members, least)
            alike = [other for other in range(members + 1) if in_fives(other, members, least) == seen]
            assert min(alike) < members, "somebody may not have voted"
            assert max(alike) > 0, "somebody may have voted"


def test_days_add_up_and_those_without_news_are_left_out_of_the_table() -> None:
    census = Census([cell(1, 10, joined=6)], [])
    steps = [
        (1, False, "delivered", FIRST, 10),
        (1, False, "joined", FIRST + timedelta(days=3), 6),
        (1, False, "voted", FIRST + timedelta(days=3), 6),
    ]
    days = days_of_all(census, steps)
    assert [day.date.day for day in days] == [2, 3, 4, 5]
    assert days[-1].reached == {"delivered": 10, "opened": 0, "joined": 6, "voted": 0, "wrote": 0}
    assert [day.date.day for day in changed(days)] == [2, 5]
    assert days[0].words == "Monday 2 March 2026"


def test_the_days_end_where_something_last_showed() -> None:
    census = Census([cell(1, 10, joined=6, voted=1)], [])
    steps = [
        (1, False, "joined", FIRST, 6),
        (1, False, "voted", FIRST + timedelta(days=9), 1),
    ]
    assert [day.date for day in days_of_phase(census, steps, 1)] == [FIRST]


def test_who_was_invited_anew_counts_once_in_all_days_and_in_each_phase() -> None:
    census = Census([cell(1, 9, again=True), cell(1, 8), cell(2, 9)], [])
    steps = [
        (1, True, "delivered", FIRST, 9),
        (1, False, "delivered", FIRST, 8),
        (2, False, "delivered", FIRST, 9),
    ]
    assert days_of_all(census, steps)[-1].reached["delivered"] == 17
    assert days_of_phase(census, steps, 1)[-1].reached["delivered"] == 17


def test_a_phase_of_few_members_draws_no_votes_and_adds_none_to_the_rest() -> None:
    census = Census([cell(1, 30, joined=4), cell(2, 60, joined=40, voted=39)], [cell(BY_CODE, 7, joined=7)])
    steps = [
        (phase, False, step, FIRST, count)
        for step in ("joined", "voted")
        for phase, count in ((1, 4), (2, 40 if step == "joined" else 39))
    ]
    assert "voted" not in days_of_phase(census, steps, 1)[-1].reached
    assert days_of_all(census, steps)[-1].reached["voted"] == 35


def test_nothing_makes_no_chart() -> None:
    assert chart_of([], width=358, height=340, dates=2) is None
    assert chart_of([Day(FIRST, dict.fromkeys(STEPS, 0))], width=358, height=340, dates=2) is None


def test_a_chart_of_one_day_and_of_many_stays_within_its_size() -> None:
    for length, most in ((1, 1), (2, 30), (400, 48_000)):
        days = [
            Day(FIRST + timedelta(days=place), dict.fromkeys(STEPS, most * (place + 1) // length))
            for place in range(length)
        ]
        for width in (358, 760):
            chart = chart_of(days, width=width, height=340, dates=5)
            assert chart is not None
            for line in chart.lines:
                points = [tuple(map(float, point.split(","))) for point in line.points.split()]
                assert len(points) <= 100
                assert all(0 <= x <= chart.right and 0 <= y <= chart.bottom for x, y in points)
            heights = sorted(line.label_y for line in chart.lines)
            assert all(below - above >= LABEL_GAP for above, below in itertools.pairwise(heights))
            assert heights[0] > 0
            assert heights[-1] < 340
            assert len({tick.at for tick in chart.dates}) == len(chart.dates)


def test_the_description_says_what_the_lines_show() -> None:
    reached = {"delivered": 1_200, "opened": 700, "joined": 400, "voted": 95, "wrote": 0}
    chart = chart_of([Day(FIRST, reached)], width=760, height=340, dates=5)
    assert chart is not None
    assert chart.description == (
        "From 2 March 2026 to 2 March 2026. By the last day: delivered 1,200; opened 700; joined 400; "
        "first vote 95 or more; first idea 0."
    )
    assert [line.label for line in chart.lines][-2:] == ["First vote 95+", "First idea 0"]
