"""The places in a message, and the first names that fill one of them."""

import pytest

from talking_together.core.errors import InvalidInput
from talking_together.invitations.phases.messages import (
    DEFAULT_MESSAGE,
    DEFAULT_SUBJECT,
    check_placeholders,
    fill,
    first_name_of,
    name_as_said,
    one_line,
    paragraphs_of,
)

VALUES = {"first_name": "Zoë", "organisation": "Riverside Trust", "site_name": "Talking Together"}


@pytest.mark.parametrize(
    "text", [DEFAULT_SUBJECT, DEFAULT_MESSAGE, "No place at all", "{first_name}{first_name}"]
)
def test_known_places_are_accepted(text: str) -> None:
    check_placeholders(text, field="message", has_challenge=False)


@pytest.mark.parametrize(
    "text", ["{link}", "{First_name}", "{ first_name }", "{}", "{first_name", "first_name}", "{{first_name}}"]
)
def test_a_place_that_cannot_be_filled_is_an_error_of_the_field(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_placeholders(text, field="message", has_challenge=False)
    assert error.value.field == "message"


def test_a_challenge_is_a_place_only_where_one_is_chosen() -> None:
    check_placeholders("About {challenge}", field="message", has_challenge=True)
    with pytest.raises(InvalidInput, match="Choose the challenge"):
        check_placeholders("About {challenge}", field="message", has_challenge=False)


def test_what_fills_a_place_is_not_read_again() -> None:
    assert fill("{first_name}", {**VALUES, "first_name": "{organisation}"}) == "{organisation}"


def test_a_subject_stays_one_short_line() -> None:
    values = {**VALUES, "organisation": "x" * 300}
    assert one_line(fill("{first_name}\n joins", VALUES)) == "Zoë joins"
    assert len(one_line(fill("{organisation}", values))) == 200


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Zoë Ågren", "Zoë"),
        ("Dr Zoë Ågren", "Zoë"),
        ("Mrs. Zoë Ågren", "Zoë"),
        ("Ågren, Zoë", "Zoë"),
        ("Ågren,", "Ågren"),
        ("Alison Threlkeld, RGN", "Alison"),
        ("Ahmed Khan, MSc", "Ahmed"),
        ("Dr", "Dr"),
        ("Zoë", "Zoë"),
        ("", "colleague"),
        ("  ", "colleague"),
    ],
)
def test_people_are_called_by_their_first_name(name: str, first: str) -> None:
    assert first_name_of(name) == first


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Threlkeld, Alison", "Alison Threlkeld"),
        ("van der Berg, Anna Maria", "Anna Maria van der Berg"),
        ("OKORO, EKE", "EKE OKORO"),
        ("Alison Threlkeld, RGN", "Alison Threlkeld, RGN"),
        ("Ahmed Khan, MSc, RN", "Ahmed Khan, MSc, RN"),
        ("Alison Threlkeld", "Alison Threlkeld"),
        ("Ågren,", "Ågren,"),
        ("", ""),
    ],
)
def test_names_are_put_in_the_order_in_which_they_are_said(written: str, said: str) -> None:
    assert name_as_said(written) == said


def test_paragraphs_stand_between_empty_lines() -> None:
    assert paragraphs_of("One\nstill one\n\n \nTwo\n") == [["One", "still one"], ["Two"]]
