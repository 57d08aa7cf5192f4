"""What Markdown becomes, and that nothing in it can act."""

import re
import time

import pytest

from talking_together.core import rich_text

MOST_MS = 200


def test_the_usual_marks_are_rendered() -> None:
    html = rich_text.render("# Why\n\nA **bold** and *soft* word\n\n- one\n- two\n\n1. first\n\n> said")
    for part in (
        "<h3>Why</h3>",
        "<strong>bold</strong>",
        "<em>soft</em>",
        "<li>one</li>",
        "<ol>",
        "<blockquote>",
    ):
        assert part in html


def test_a_link_opens_nothing_that_could_look_back() -> None:
    html = rich_text.render("[the plan](https://example.org/plan)")
    assert 'href="https://example.org/plan"' in html
    assert 'rel="nofollow noopener noreferrer"' in html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;avascript&colon;alert(1))",
        "[x](\x01javascript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<style>body{display:none}</style>",
        "<iframe src=https://evil.example></iframe>",
        "`<script>`",
        "<details open ontoggle=alert(1)>",
        "<math><mtext></mtext><script>alert(1)</script></math>",
    ],
)
def test_nothing_that_acts_survives(source: str) -> None:
    html = rich_text.render(source)
    tags = re.findall(r"<[^>]*>", html)
    assert not [tag for tag in tags if re.search(r"\son\w+\s*=", tag)]
    assert not re.search(r"<(script|img|svg|iframe|style|details|math)", html)
    for href in re.findall(r'<a [^>]*href="([^"]*)"', html):
        assert re.match(r"https?://|mailto:|/", href), href


@pytest.mark.parametrize(
    "source",
    [
        ">" * 100_000,
        "> " * 100_000,
        ("> " * 300 + "\n") * 60,
        "- " * 100_000,
        "\n".join("  " * depth + "- a" for depth in range(140)),
        "[" * 100_000,
        "![](" * 20_000,
        "*a " * 30_000,
        "*_" * 50_000,
        "`" * 100_000,
        "<" * 100_000,
        "&" * 100_000,
        "[a](<" * 20_000,
        "1. " * 40_000,
    ],
    ids=lambda source: repr(source[:6]),
)
def test_hostile_text_takes_no_time(source: str) -> None:
    # The best of three: a busy machine slows any one of them, hostile text slows them all.
    assert min(milliseconds_for(source) for _ in range(3)) < MOST_MS


def milliseconds_for(source: str) -> float:
    began = time.process_time()
    rich_text.render(source)
    return (time.process_time() - began) * 1000


def test_an_excerpt_is_words_on_one_line() -> None:
    source = "**One** list:\n\n- first & second\n- third\n\nAnd [a link](https://example.org)"
    assert rich_text.excerpt_of(source) == "One list: first & second third And a link"


def test_a_long_excerpt_ends_at_a_word() -> None:
    excerpt = rich_text.excerpt_of("seven letters " * 100, 40)
    assert len(excerpt) <= 40
    assert excerpt.endswith(("seven…", "letters…"))


def test_an_excerpt_renders_no_more_than_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[int] = []
    bounded = rich_text._bounded
    monkeypatch.setattr(rich_text, "_bounded", lambda source: rendered.append(len(source)) or bounded(source))

    excerpt = rich_text.excerpt_of("**A list** of what helps. " * 800, 280)

    assert excerpt.startswith("A list of what helps. A list")
    assert len(excerpt) > 270
    assert rendered == [280 * rich_text.MARKUP_AND_WORDS]


def test_markup_shown_as_text_stays_text_in_an_excerpt() -> None:
    assert rich_text.excerpt_of("a < b and <script>x</script>") == "a < b and <script>x</script>"
