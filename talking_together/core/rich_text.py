"""Markdown to safe HTML: rendered once at save, through a strict sanitiser.

A picture is one of ours, `![What it shows](/files/12/0123…#1600x900)`: its address, and how large it
is, so that a page keeps the room for it. What is said in place of it is never left out: a picture
without words shows only where its title says that it is `decoration`.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_SOURCE = 20_000
# Deeper nesting than anyone writes costs the parser time for nothing.
MAX_NESTING = 12
# How many characters of Markdown at most stand for one of an excerpt.
MARKUP_AND_WORDS = 8

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code", "pre", "h3", "h4", "hr"}
SCHEMES = {"http", "https", "mailto"}

# Where a picture that was sent to the site is, as `files.paths` writes it.
PICTURE_ADDRESS = r"/files/(?P<id>[1-9][0-9]{0,18})/(?P<key>[0-9a-f]{32})"
DECORATION = "decoration"
# As wide as a small picture is made; what is wider has one beside it.
SMALL_WIDTH = 640
WITHOUT_WORDS = "Picture without a description"

DEEPEST_HEADING = 6

_heading = re.compile(r"<(/?)h([2-4])>")
_picture = re.compile(PICTURE_ADDRESS + r"(?:#(?P<width>[1-9][0-9]{0,3})x(?P<height>[1-9][0-9]{0,3}))?")
_sizes = "(max-width: 760px) 100vw, 720px"
_widest = re.compile(
    PICTURE_ADDRESS + r"/small [0-9]{1,4}w, " + PICTURE_ADDRESS.replace("?P<", "?P<large_") + r" [0-9]{1,4}w"
)


def _strict() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": MAX_NESTING}).disable(
        ["html_block", "html_inline"]
    )


def _render_picture(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """Return a picture of ours, or a link to anything else, which no page of ours loads."""
    token = tokens[at]
    address = str(token.attrGet("src") or "")
    words = " ".join(renderer.renderInlineAsText(token.children, options, env).split())
    found = _picture.fullmatch(address)
    decorates = not words and token.attrGet("title") == DECORATION
    if found is None or not (words or decorates):
        return f'<a href="{escape(address)}">{escape(words or WITHOUT_WORDS)}</a>'
    path = f"/files/{found['id']}/{found['key']}"
    more = ""
    if found["width"]:
        more = f' width="{found["width"]}" height="{found["height"]}"'
        if int(found["width"]) > SMALL_WIDTH:
            more += f' srcset="{path}/small {SMALL_WIDTH}w, {path} {found["width"]}w" sizes="{_sizes}"'
    return f'<img src="{path}" alt="{escape(words)}" loading="lazy"{more}>'


def _render_words(_renderer: Any, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    """Return nothing for a picture of ours, and the words of a link to anything else."""
    is_ours = _picture.fullmatch(str(tokens[at].attrGet("src") or ""))
    return "" if is_ours else escape(tokens[at].content)


_parser = _strict().disable(["image"])
_parser_with_pictures = _strict()
_parser_with_pictures.add_render_rule("image", _render_picture)
_parser_of_words = _strict()
_parser_of_words.add_render_rule("image", _render_words)
_line_markers = re.compile(r"^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))+", re.MULTILINE)
_marker = re.compile(r">|[-+*]|\d{1,9}[.)]")


def render(source: str, *, pictures: bool = False) -> str:
    """Return the HTML of Markdown text, limited to a few tags and safe links; `pictures` are ours alone."""
    parser = _parser_with_pictures if pictures else _parser
    return _clean(parser.render(_bounded(source)), pictures=pictures)


def outlined(html: str, level: int) -> str:
    """Return HTML of ours with its headings from a level on, each at most one below that before it.

    The same text stands in places of different depth, so it is kept as it was written.
    """
    if "<h" not in html:
        return html
    above: list[int] = []

    def moved(found: re.Match[str]) -> str:
        if not found[1]:
            while above and above[-1] >= int(found[2]):
                above.pop()
            above.append(int(found[2]))
        return f"<{found[1]}h{min(level + max(len(above), 1) - 1, DEEPEST_HEADING)}>"

    return _heading.sub(moved, html)


def excerpt_of(source: str, length: int = 280) -> str:
    """Return the words of Markdown text on one line, cut at a word with an ellipsis."""
    # Rendering all of a long text for its first lines would double what saving it costs.
    html = _clean(_parser_of_words.render(_bounded(source[: length * MARKUP_AND_WORDS])), pictures=False)
    words = nh3.clean(re.sub(r"<(?:/p|/li|br|/h\d|/pre)[^>]*>", " ", html), tags=set())
    text = " ".join(_unescape(words).split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(",.;:") + "…"


def _bounded(source: str) -> str:
    return _without_deep_nesting(source[:MAX_SOURCE])


def _clean(html: str, *, pictures: bool) -> str:
    html = html.replace("<h1>", "<h3>").replace("</h1>", "</h3>")
    html = html.replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    return nh3.clean(
        html,
        tags=TAGS | {"img"} if pictures else TAGS,
        attributes=_WITH_PICTURES if pictures else _ATTRIBUTES,
        attribute_filter=_checked if pictures else None,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_WITH_PICTURES = {**_ATTRIBUTES, "img": {"src", "srcset", "sizes", "alt", "loading", "width", "height"}}


def _checked(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value, None to drop it: whatever wrote a picture, it is one of ours."""
    if tag == "img" and name == "src":
        return value if _picture.fullmatch(value) else None
    if tag == "img" and name == "srcset":
        return value if _widest.fullmatch(value) else None
    return value


def _without_deep_nesting(source: str) -> str:
    """Drop the quote and list markers of a line beyond the deepest nesting we render."""

    def shorten(match: re.Match[str]) -> str:
        markers = match.group()
        found = list(_marker.finditer(markers))
        return markers if len(found) <= MAX_NESTING else markers[: found[MAX_NESTING - 1].end()]

    return _line_markers.sub(shorten, source)


def _unescape(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&nbsp;", " ")):
        text = text.replace(entity, character)
    return text.replace("&amp;", "&")
