"""What was meant by a name or a domain that is not quite right."""

import pytest

from talking_together.invitations.staff_lists.assessing import named
from talking_together.invitations.staff_lists.files.headings import columns_named_in, field_of
from talking_together.invitations.staff_lists.near_misses import domain_meant, organisation_meant

ORGANISATIONS = named(
    [
        ("Riverside", 1),
        ("RV", 1),
        ("Weir Borough Council", 2),
        ("Weir Valley Hospice", 3),
        ("Tame GP Federation", 4),
    ]
)
DOMAINS = ("nhs.net", "riverside.example", "weir.gov.example")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("riverside nhs trst", "riverside"),
        ("riverside nhs foundation trust", "riverside"),
        ("riversde", "riverside"),
        ("weir council", "weir borough council"),
        ("wier borough council", "weir borough council"),
        ("weir valley hospise", "weir valley hospice"),
        ("tame federation of gps", "tame gp federation"),
        ("weir", "weir borough council"),
        ("hillside", None),
        ("rx", None),
        ("", None),
        ("x" * 5_000, None),
    ],
)
def test_an_organisation_is_offered_when_only_one_was_meant(name: str, meant: str | None) -> None:
    assert organisation_meant(name, ORGANISATIONS) == meant


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("nhs.nte", "nhs.net"),
        ("nsh.net", "nhs.net"),
        ("nhs.ne", "nhs.net"),
        ("mail.nhs.nte", "mail.nhs.net"),
        ("evilnhs.net", None),
        ("nhs.net.evil.example", None),
        ("nhs.uk", None),
        ("riversied.exampel", "riverside.example"),
        ("weirgov.example", "weir.gov.example"),
        ("gmail.com", None),
        ("", None),
        ("x" * 300, None),
    ],
)
def test_a_domain_is_offered_when_it_is_a_slip_away(domain: str, meant: str | None) -> None:
    assert domain_meant(domain, DOMAINS) == meant


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("E-Mail", "email"),
        ("EmailAddress", "email"),
        ("Employee's NHS email address", "email"),
        ("email_address", "email"),
        ("Emial adress", "email"),
        ("FORENAME(S)", "first_name"),
        ("Known as", "first_name"),
        ("Employing organisation", "organisation"),
        ("Organistion", "organisation"),
        ("Current team", "groups"),
        ("Job role", "job_title"),
        ("Assignment number", "staff_number"),
        ("E-bost", "email"),
        ("Line manager’s email", None),
        ("Emergency contact email", None),
        ("Reason", None),
        ("Department code", None),
        ("Phone", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_a_heading_is_understood_whatever_its_wording(heading: str, field: str | None) -> None:
    found = field_of(heading)
    assert (found[0] if found else None) == field


def test_of_two_columns_for_a_field_the_surer_wording_counts() -> None:
    assert columns_named_in(["Home email", "Work email", "Name", "Name"]) == {"email": 1, "name": 2}
