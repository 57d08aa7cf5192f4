"""Words in addresses, and where a person may be sent next."""

import pytest

from talking_together.core.addresses import safe_next, slug_of, slug_path


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("How can we get people home sooner?", "how-can-we-get-people-home-sooner"),
        ("Café – a “quiet” room", "cafe-a-quiet-room"),
        ("The ward’s own list", "the-wards-own-list"),
        ("日本語", ""),
        ("a" * 100, "a" * 60),
    ],
)
def test_a_slug_is_the_words_of_a_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_path_without_words_is_its_number() -> None:
    assert slug_path("ideas", 3, "日本語") == "/ideas/3"
    assert slug_path("ideas", 3, "A list") == "/ideas/3-a-list"


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "ideas/1",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\x00",
        "/" + "a" * 3000,
    ],
)
def test_nobody_is_sent_out_of_the_site(target: str | None) -> None:
    assert safe_next(target, "/challenges") == "/challenges"


@pytest.mark.parametrize("target", ["/", "/ideas/1-a?after=x#comment-2", "/%2F%2Fevil.example"])
def test_a_path_of_the_site_is_followed(target: str) -> None:
    assert safe_next(target) == target
