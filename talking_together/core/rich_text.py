"""Markdown to safe HTML: rendered once at save, through a strict sanitiser."""

import re

import nh3
from markdown_it import MarkdownIt

MAX_SOURCE = 20_000
# Deeper nesting than anyone writes costs the parser time for nothing.
MAX_NESTING = 12
# How many characters of Markdown at most stand for one of an excerpt.
MARKUP_AND_WORDS = 8

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code", "pre", "h3", "h4", "hr"}
SCHEMES = {"http", "https", "mailto"}

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": MAX_NESTING}).disable(
    ["image", "html_block", "html_inline"]
)
_line_markers = re.compile(r"^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))+", re.MULTILINE)
_marker = re.compile(r">|[-+*]|\d{1,9}[.)]")


def render(source: str) -> str:
    """Return the HTML of Markdown text, limited to a few tags and safe links."""
    html = _parser.render(_without_deep_nesting(source[:MAX_SOURCE]))
    html = html.replace("<h1>", "<h3>").replace("</h1>", "</h3>")
    html = html.replace("<h2>", "<h3>").replace("</h2>", "</h3>")
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )


def excerpt_of(source: str, length: int = 280) -> str:
    """Return the words of Markdown text on one line, cut at a word with an ellipsis."""
    # Rendering all of a long text for its first lines would double what saving it costs.
    html = render(source[: length * MARKUP_AND_WORDS])
    words = nh3.clean(re.sub(r"<(?:/p|/li|br|/h\d|/pre)[^>]*>", " ", html), tags=set())
    text = " ".join(_unescape(words).split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(",.;:") + "…"


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
