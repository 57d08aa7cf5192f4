"""Earlier consultations come in whole, once, with every row accounted for."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from talking_together.challenges.models import Challenge
from talking_together.extensions import db
from talking_together.ideas.models import Idea
from talking_together.votes.models import IdeaVote

EXPORTS = Path(__file__).parents[2] / "data" / "polis"
HEADINGS = "timestamp,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
VOTE_HEADINGS = "timestamp,comment-id,voter-id,vote\n"


def run(app: Flask, folder: Path, title: str = "What should we protect?") -> str:
    result = app.test_cli_runner().invoke(args=["consultations", "import", str(folder), "--challenge", title])
    assert result.exit_code == 0, result.output
    return result.output


def counts(output: str, file: str) -> dict[str, int]:
    found: dict[str, int] = {}
    lines = iter(output.splitlines())
    for line in lines:
        if line.startswith(f"{file}:"):
            found["rows"] = int(line.split()[1].replace(",", ""))
            break
    for line in lines:
        if not line.startswith("  "):
            break
        number, words = line.split(maxsplit=1)
        found[words] = int(number.replace(",", ""))
    return found


@pytest.mark.parametrize("name", ["scoop-hivemind.biodiversity", "london.youth.policing"])
def test_every_row_of_both_files_is_accounted_for(app: Flask, name: str) -> None:
    output = run(app, EXPORTS / name)
    with (EXPORTS / name / "comments.csv").open(encoding="utf-8") as file:
        statements = list(csv.DictReader(file))
    with (EXPORTS / name / "votes.csv").open(encoding="utf-8") as file:
        votes = list(csv.DictReader(file))
    found = counts(output, "comments.csv")
    assert found.pop("rows") == len(statements) == sum(found.values())
    moderated = Counter(row["moderated"] for row in statements)
    assert found["published"] == moderated["1"]
    assert found["hidden"] == moderated["-1"]

    last: dict[tuple[str, str], tuple[int, str]] = {}
    for row in votes:
        key = (row["comment-id"], row["voter-id"])
        if key not in last or int(row["timestamp"]) >= last[key][0]:
            last[key] = (int(row["timestamp"]), row["vote"])
    author = {row["comment-id"]: row["author-id"] for row in statements}
    standing = {key: value for key, (_, value) in last.items() if value != "0" and author[key[0]] != key[1]}
    found = counts(output, "votes.csv")
    assert found.pop("rows") == len(votes) == sum(found.values())
    assert found["kept"] == len(standing) == db.session.scalar(select(func.count()).select_from(IdeaVote))
    assert found["replaced by a later vote"] == len(votes) - len(last)

    totals = db.session.execute(select(func.sum(Idea.up_count), func.sum(Idea.down_count))).one()
    assert tuple(totals) == (
        sum(value == "1" for value in standing.values()),
        sum(value == "-1" for value in standing.values()),
    )
    assert db.session.scalar(select(Challenge.ideas_count)) == moderated["1"]


def test_a_second_run_changes_nothing_and_verify_is_clean(app: Flask) -> None:
    folder = EXPORTS / "london.youth.policing"
    run(app, folder)
    before = db.session.execute(select(Idea.id, Idea.trending, Idea.votes_count)).all()
    output = run(app, folder)
    assert "Nothing to change" in output
    assert counts(output, "comments.csv")["here already"] == 39
    assert db.session.execute(select(Idea.id, Idea.trending, Idea.votes_count)).all() == before
    result = app.test_cli_runner().invoke(args=["verify"])
    assert result.exit_code == 0, result.output


def export(folder: Path, comments: str, votes: str) -> Path:
    folder.joinpath("comments.csv").write_bytes(comments.encode("utf-8", "surrogateescape"))
    folder.joinpath("votes.csv").write_bytes(votes.encode("utf-8", "surrogateescape"))
    return folder


def test_an_unreadable_row_is_named_and_the_rest_goes_in(app: Flask, tmp_path: Path) -> None:
    folder = export(
        tmp_path,
        "\ufeff" + HEADINGS + "1600000000000,1,a,0,0,1,Good\n"
        "soon,2,a,0,0,1,No time\n"
        "1600000000000,1,b,0,0,1,Again\n"
        '1600000000000,3,b,0,0,0,"Two\nlines"\n'
        "1600000000000,4,b,0,0,7,Odd\n"
        "1600000000000,5,b,0,0,1,   \n"
        "1600000000000,6,b\n"
        "1600000000000,7,b,0,0,1,caf\udce9\n",
        VOTE_HEADINGS + "1600000001000,1,b,1\n1600000002000,1,b,-1\n1600000001000,1,a,1\n"
        "1600000001000,9,b,1\n1600000001000,3,a,2\n1600000001000,3,c,0\n",
    )
    output = run(app, folder, "Odd rows?")
    for line in (
        "comments.csv, line 3: the timestamp is not",
        "comments.csv, line 4: statement 1 stands on line 2 already",
        "comments.csv, line 7: moderated is not",
        "comments.csv, line 8: the statement is empty",
        "comments.csv, line 9: 3 cells where the headings name 7",
        "comments.csv, line 10: not UTF-8",
        "votes.csv, line 6: vote is not",
    ):
        assert line in output
    assert counts(output, "comments.csv")["waiting for approval"] == 1
    votes = counts(output, "votes.csv")
    assert votes == {
        "rows": 6,
        "kept": 1,
        "brought up to date": 0,
        "here already": 0,
        "replaced by a later vote": 1,
        "passed": 1,
        "on one’s own statement": 1,
        "on a statement that did not come in": 1,
        "unreadable": 1,
    }
    assert db.session.scalars(select(IdeaVote.value)).all() == [-1]


def test_a_fuller_export_adds_what_is_new(app: Flask, tmp_path: Path) -> None:
    first = "1600000000000,1,a,0,0,1,Plant more\n"
    run(app, export(tmp_path, HEADINGS + first, VOTE_HEADINGS + "1600000001000,1,b,1\n"), "More?")
    more = HEADINGS + first + "1600000003000,2,b,0,0,1,Water less\n"
    votes = "1600000001000,1,b,1\n1600000009000,1,b,-1\n1600000009000,2,a,1\n"
    output = run(app, export(tmp_path, more, VOTE_HEADINGS + votes), "More?")
    assert counts(output, "comments.csv")["published"] == 1
    assert counts(output, "votes.csv")["brought up to date"] == 1
    ideas = db.session.execute(select(Idea.up_count, Idea.down_count).order_by(Idea.id)).all()
    assert [tuple(idea) for idea in ideas] == [(0, 1), (1, 0)]


def test_statements_show_as_they_were_written(app: Flask, tmp_path: Path) -> None:
    long = "We need <b>more</b> *trees* and [links](https://x.example) " * 4
    export(tmp_path, HEADINGS + f"1600000000000,1,a,0,0,1,{long}\n", VOTE_HEADINGS)
    run(app, tmp_path, "As written?")
    idea = db.session.execute(select(Idea.title, Idea.body_html, Idea.excerpt)).one()
    assert idea.title.endswith("…")
    assert len(idea.title) <= 150
    assert "&lt;b&gt;more" in idea.body_html
    assert "*trees*" in idea.body_html
    assert "<a" not in idea.body_html


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "There is no comments.csv"),
        ({"comments.csv": "a,b\n"}, "lacks the column"),
        ({"comments.csv": ""}, "lacks the column"),
        ({"comments.csv": HEADINGS}, "There is no votes.csv"),
        ({"comments.csv": HEADINGS, "votes.csv": VOTE_HEADINGS}, "no readable row"),
    ],
)
def test_a_folder_that_is_no_export_is_refused_in_words(
    app: Flask, tmp_path: Path, files: dict[str, str], words: str
) -> None:
    for name, content in files.items():
        tmp_path.joinpath(name).write_text(content)
    result = app.test_cli_runner().invoke(
        args=["consultations", "import", str(tmp_path), "--challenge", "None?"]
    )
    assert result.exit_code == 1
    assert words in result.output
    assert db.session.scalar(select(func.count()).select_from(Challenge)) == 0


def test_a_statement_of_any_length_costs_its_row_and_nothing_else(app: Flask, tmp_path: Path) -> None:
    huge = "x" * 2_000_000
    statements = f"1600000000000,1,a,0,0,1,{huge}\n1600000000000,2,a,0,0,1,Plant more\n"
    output = run(app, export(tmp_path, HEADINGS + statements, VOTE_HEADINGS), "Huge?")
    assert "comments.csv, line 2: the statement is longer than 5,000 characters" in output
    assert counts(output, "comments.csv")["published"] == 1
