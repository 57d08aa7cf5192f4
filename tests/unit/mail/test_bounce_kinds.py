"""What a refusal means for an address: a table, after RFC 3463 and IANA's registry of its codes."""

import pytest

from talking_together.mail.bounce_kinds import kind_of, sharpest_status, status_in

# action, status, words, kind; the sections are those of RFC 3463 unless another source is named.
KINDS = [
    ("failed", "5.1.1", "", "hard"),  # 3.2: the mailbox does not exist
    ("failed", "5.1.2", "", "hard"),  # 3.2: the domain does not exist or takes no mail
    ("failed", "5.1.3", "", "hard"),  # 3.2: no such syntax
    ("failed", "5.1.4", "", "soft"),  # 3.2: ambiguous, which their directory can mend
    ("failed", "5.1.6", "", "hard"),  # 3.2: moved, and nobody knows where to
    ("failed", "5.1.7", "", "soft"),  # 3.2: our own address was refused
    ("failed", "5.1.8", "553 5.1.8 Domain of sender address does not exist", "soft"),
    ("failed", "5.1.10", "", "hard"),  # RFC 7505: the domain takes no mail at all
    ("failed", "5.2.1", "", "hard"),  # 3.3: disabled
    ("failed", "5.2.2", "", "soft"),  # 3.3: full
    ("failed", "5.2.3", "", "soft"),  # 3.3: our message is too long
    ("failed", "5.3.4", "", "soft"),  # 3.4: our message is too big
    ("failed", "5.4.4", "", "hard"),  # 3.5: the host is not known
    ("failed", "5.4.6", "", "soft"),  # 3.5: a loop
    ("failed", "5.4.7", "", "soft"),  # 3.5: given up after days
    ("failed", "4.4.7", "", "soft"),  # the same as Exchange words it
    ("failed", "5.6.1", "", "soft"),  # 3.7: about our message
    ("failed", "5.7.1", "550 5.7.1 Message rejected as spam", "soft"),  # 3.8: policy
    ("failed", "5.7.1", "550 5.7.1 Unknown user", "hard"),
    ("failed", "5.7.26", "", "soft"),  # RFC 7372: our authentication
    ("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied", "hard"),  # Exchange Online
    ("failed", "5.4.1", "No answer from host", "soft"),  # 3.5
    ("failed", "5.4.310", "", "hard"),  # Exchange Online
    ("failed", "5.0.0", "550 5.1.1 unknown", "hard"),  # the code in the words is more telling
    ("failed", "5.0.0", "550 5.2.2 mailbox full, user unknown to have space", "soft"),
    ("failed", "5.0.0", "550 No such user", "hard"),
    ("failed", "5.0.0", "550 relay not permitted for unknown user", "soft"),
    ("failed", "5.0.0", "550 said no", "soft"),
    ("failed", "", "mailbox unavailable", "hard"),
    ("failed", "", "", "soft"),
    ("delayed", "4.2.2", "", "delayed"),
    ("delayed", "5.1.1", "550 5.1.1 no such user", "delayed"),  # the action is the last word
    ("delivered", "2.1.5", "", ""),
    ("relayed", "2.1.5", "", ""),
    ("expanded", "2.0.0", "", ""),
    ("whatever", "5.1.1", "", ""),
    ("", "5.1.1", "", "hard"),
    ("", "4.4.1", "", "delayed"),
    ("", "2.1.5", "", ""),
    ("", "", "550 no such user", "hard"),
    ("", "", "", ""),
]


@pytest.mark.parametrize(("action", "status", "words", "kind"), KINDS)
def test_a_refusal_means(action: str, status: str, words: str, kind: str) -> None:
    assert kind_of(action, status, words) == kind


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 No", "5.1.1"),
        ("550-5.7.26 No", "5.7.26"),
        ("#5.2.2", "5.2.2"),
        ("(#5.1.2)", "5.1.2"),
        ("smtp;550 5.1.10 RESOLVER", "5.1.10"),
        ("host 5.61.2.9 said no", ""),
        ("192.0.2.5", ""),
        ("version 15.1.2", ""),
        ("5.1.1.1", ""),
        ("3.1.1", ""),
    ],
)
def test_a_code_is_no_network_address(text: str, status: str) -> None:
    assert status_in(text) == status


def test_a_telling_status_stands_against_the_words() -> None:
    assert sharpest_status("5.2.2", "550 5.1.1 no such user") == "5.2.2"
    assert sharpest_status("5.0.0", "said no") == "5.0.0"
    assert sharpest_status("5.3.0", "550 5.1.1 no such user") == "5.1.1"
