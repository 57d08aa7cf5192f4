"""What Markdown becomes, and that nothing in it can act."""

import re
import time

import pytest
from lxml.html import fromstring

from talking_together.core import rich_text
from talking_together.files.paths import files_in, picture_markdown

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


@pytest.mark.parametrize(
    ("level", "written", "shown"),
    [
        (2, "h3 h3", "h2 h2"),
        (2, "h3 h4 h3", "h2 h3 h2"),
        # Whoever begins low does not leave a step out.
        (2, "h4 h3 h4", "h2 h2 h3"),
        # An idea with the answers to its challenge's questions.
        (2, "h3 h4 h2 h3 h4 h2", "h2 h3 h2 h3 h4 h2"),
        (3, "h3 h4", "h3 h4"),
        (6, "h2 h3", "h6 h6"),
    ],
)
def test_headings_follow_the_outline_of_the_page(level: int, written: str, shown: str) -> None:
    html, wanted = (
        "".join(f"<{tag}>A</{tag}><p>h3 &lt;h3&gt;</p><hr>" for tag in tags.split())
        for tags in (written, shown)
    )
    assert rich_text.outlined(html, level) == wanted


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
    # Until one is quick enough: a busy machine slows many of them, hostile text slows them all.
    assert any(milliseconds_for(source) < MOST_MS for _ in range(12))


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


KEY = "0123456789abcdef" * 2
OURS = f"/files/12/{KEY}"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (
            f"![The board]({OURS}#600x400)",
            f'<p><img src="{OURS}" alt="The board" loading="lazy" width="600" height="400"></p>\n',
        ),
        (
            f"![The board]({OURS}#1600x900)",
            (
                f'<p><img src="{OURS}" alt="The board" loading="lazy" width="1600" height="900" '
                f'srcset="{OURS}/small 640w, {OURS} 1600w" sizes="(max-width: 760px) 100vw, 720px"></p>\n'
            ),
        ),
        (f"![The board]({OURS})", f'<p><img src="{OURS}" alt="The board" loading="lazy"></p>\n'),
        (
            f'![A *"board"* <b>]({OURS} "decoration")',
            f'<p><img src="{OURS}" alt="A &quot;board&quot; &lt;b&gt;" loading="lazy"></p>\n',
        ),
        (f'![]({OURS} "decoration")', f'<p><img src="{OURS}" alt="" loading="lazy"></p>\n'),
    ],
)
def test_a_picture_of_ours_is_shown_where_pictures_may_be(source: str, html: str) -> None:
    assert rich_text.render(source, pictures=True) == html
    assert "<img" not in rich_text.render(source)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x.png",
        "//evil.example/x.png",
        "/\\evil.example/x.png",
        "x.png",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        f"https://evil.example{OURS}",
        f"{OURS}/../../me/photo",
        f"{OURS}?x=1",
        f"{OURS}/small",
        f"{OURS}#1x1 onerror=alert(1)",
        f"{OURS}#99999x1",
        f"/files/0/{KEY}",
        f"/files/١٢/{KEY}",
        f"/files/12/{KEY.upper()}",
        f"/files/12/{KEY}0",
        "/sign-out",
        "",
    ],
)
def test_a_picture_from_anywhere_else_is_never_loaded(address: str) -> None:
    for source in (f"![words]({address})", f"![words](<{address}>)", f"![words][1]\n\n[1]: {address}"):
        html = rich_text.render(source, pictures=True)
        assert "<img" not in html
        assert "words" in html


def test_a_picture_without_words_is_not_shown() -> None:
    for source in (f"![]({OURS})", f"![ ]({OURS})", f"![**]({OURS})", f'![]({OURS} "Board")'):
        html = rich_text.render(source, pictures=True)
        assert ("<img" not in html) or 'alt="**"' in html
    assert rich_text.WITHOUT_WORDS in rich_text.render(f"![]({OURS})", pictures=True)


def test_html_of_a_picture_stays_text() -> None:
    for source in (f'<img src="{OURS}" alt="x">', f"<img src={OURS} onerror=alert(1)>"):
        assert "<img" not in rich_text.render(source, pictures=True)


def test_an_excerpt_leaves_pictures_out() -> None:
    assert rich_text.excerpt_of(f"First ![The board]({OURS}#600x400) and then") == "First and then"
    assert rich_text.excerpt_of("See ![the board](https://evil.example/x.png)") == "See the board"


@pytest.mark.parametrize("words", ["A board", "A [board] (new)", "5 * 3 _is_ `15`", "<b> & \\", "![x](y)"])
def test_what_was_said_of_a_picture_comes_back_as_it_was(words: str) -> None:
    line = picture_markdown(12, KEY, words=words, width=600, height=400)
    [image] = fromstring(rich_text.render(line, pictures=True)).iter("img")
    assert image.get("alt") == words
    assert files_in(["nothing", f"before {line} after {line}"]) == {(12, KEY)}
