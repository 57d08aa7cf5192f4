"""Reports of what came back, read as mail systems write them; the corpus is written by hand."""

import time
from pathlib import Path

import pytest

from talking_together.mail.bounce_reports import MAX_BYTES, Unreadable, read_report

CORPUS = Path(__file__).resolve().parents[2] / "data" / "bounces"
MESSAGE_ID = "<7f0e2d3c-5b1a-4c7d-9e8f-1a2b3c4d5e6f@ideas.example.org>"
ADDRESS = "sam.okafor@riverside.example"

# Each bounce of our message: its kind, the most telling status, and something the words say.
BOUNCES = {
    "action-missing": ("hard", "5.1.1", "5.1.1"),
    "amazon-ses": ("hard", "5.1.1", "user unknown"),
    "base64-parts": ("hard", "5.1.1", "User unknown"),
    "exchange-not-found": ("hard", "5.1.1", "RecipNotFound"),
    "exim-report": ("hard", "5.0.0", "No such user"),
    "exim-text": ("hard", "5.1.1", "unknown recipient"),
    "exim-text-delayed": ("delayed", "", "SMTP timeout"),
    "exim-text-quota": ("soft", "", "mailbox is full"),
    "exim-text-unrouteable": ("hard", "", "Unrouteable address"),
    "forwarded-as-attachment": ("hard", "5.1.1", "User unknown"),
    "forwarded-elsewhere": ("hard", "5.1.1", "User unknown"),
    "forwarded-without-original": ("soft", "5.2.2", "over quota"),
    "gmail-delayed": ("delayed", "4.4.1", "did not accept"),
    "gmail-disabled": ("hard", "5.2.1", "disabled"),
    "gmail-not-found": ("hard", "5.1.1", "does not exist"),
    "groupwise-spam": ("soft", "5.0.0", "refused as spam"),
    "hotmail-mailbox-unavailable": ("hard", "5.5.0", "mailbox unavailable"),
    "international-report": ("hard", "5.1.1", "Empfänger unbekannt"),
    "ironport-unknown-address": ("hard", "5.1.0", "5.1.1 Recipient rejected"),
    "lotus-domino": ("hard", "5.0.0", "not listed in Domino Directory"),
    "office365-domain-missing": ("hard", "5.4.310", "does not exist"),
    "office365-no-returned-headers": ("hard", "5.4.1", "Access denied"),
    "office365-not-found": ("hard", "5.1.10", "RecipientNotFound"),
    "office365-sender-not-allowed": ("soft", "5.7.133", "authentication required"),
    "office365-words-alone": ("hard", "5.1.10", "RecipientNotFound"),
    "postfix-delayed": ("delayed", "4.4.1", "Connection timed out"),
    "postfix-dmarc-policy": ("soft", "5.7.26", "DMARC policy"),
    "postfix-eight-bit-french": ("hard", "5.1.1", "aux lettres inconnue"),
    "postfix-given-up": ("soft", "4.4.1", "Connection timed out"),
    "postfix-greylisted": ("delayed", "4.7.1", "Greylisted"),
    "postfix-host-not-found": ("hard", "5.4.4", "Host not found"),
    "postfix-mailbox-full": ("soft", "5.2.2", "Mailbox full"),
    "postfix-sender-domain": ("soft", "5.1.8", "sender address"),
    "postfix-user-unknown": ("hard", "5.1.1", "User unknown in relay recipient table"),
    "qmail-no-such-user": ("hard", "5.1.1", "no mailbox here"),
    "qmail-too-long-in-queue": ("soft", "4.4.1", "establish an SMTP connection"),
    "qmail-unknown-host": ("hard", "5.1.2", "any host named riverside.example"),
    "quoted-printable-parts": ("hard", "5.1.1", "User unknown"),
    "rfc2231-parameters": ("hard", "5.1.1", "User unknown"),
    "sendmail-old-transcript": ("hard", "", "User unknown"),
    "sendmail-user-unknown": ("hard", "5.1.1", "User unknown"),
    "sendmail-warning": ("delayed", "4.2.0", "4.2.0"),
    "several-recipients-ours-delayed": ("delayed", "4.4.1", "try later"),
    "several-recipients-ours-failed": ("hard", "5.1.1", "User unknown"),
    "status-missing": ("hard", "5.1.1", "unknown user"),
    "unknown-charset": ("hard", "5.1.1", "User unknown"),
}
# Reports of our message that say that it arrived, at least in part.
ARRIVED = {"list-expanded", "one-member-of-a-list", "postfix-relayed"}
# Of our message, but of another copy of it.
NOT_OURS = {"for-somebody-else"}
# What people and others send.
NO_REPORTS = {"newsletter", "out-of-office", "parcel-spam", "read-receipt", "vacation-from-postmaster"}


def content_of(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def test_every_file_of_the_corpus_is_in_a_table() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == {*BOUNCES, *ARRIVED, *NOT_OURS, *NO_REPORTS}


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", sorted(BOUNCES))
def test_a_bounce_of_ours_is_matched_and_understood(name: str, line_end: bytes) -> None:
    kind, status, words = BOUNCES[name]
    report = read_report(content_of(name).replace(b"\n", line_end))
    assert report is not None
    assert MESSAGE_ID in report.message_ids
    said = report.about(ADDRESS)
    assert said is not None
    assert (said.kind, said.status) == (kind, status)
    assert words in said.words
    assert said.words.isprintable()


@pytest.mark.parametrize("name", sorted(ARRIVED))
def test_what_arrived_is_no_bounce(name: str) -> None:
    report = read_report(content_of(name))
    assert report is not None
    said = report.about(ADDRESS)
    assert said is not None
    assert said.kind == ""


@pytest.mark.parametrize("name", sorted(NOT_OURS))
def test_an_original_recipient_who_is_somebody_else_contradicts(name: str) -> None:
    report = read_report(content_of(name))
    assert report is not None
    assert MESSAGE_ID in report.message_ids
    assert report.about(ADDRESS) is None


@pytest.mark.parametrize("name", sorted(NO_REPORTS))
def test_what_is_no_report_is_left_alone(name: str) -> None:
    assert read_report(content_of(name)) is None


def test_an_encoded_original_recipient_is_ours() -> None:
    encoded = content_of("forwarded-elsewhere").replace(b"sam.okafor@", b"sam+2Bokafor@")
    report = read_report(encoded)
    assert report is not None
    assert report.about("sam+okafor@riverside.example") is not None
    assert report.about("sam.okafor@riverside.example") is None


def _nested(depth: int) -> bytes:
    lines = [b"Subject: nested", b'Content-Type: multipart/mixed; boundary="b0"', b""]
    for level in range(depth):
        inner = f'Content-Type: multipart/mixed; boundary="b{level + 1}"'
        lines += [f"--b{level}".encode(), inner.encode(), b""]
    return b"\n".join(lines)


def _with_status(block: bytes) -> bytes:
    return content_of("postfix-user-unknown").replace(b"Action: failed\n", b"Action: failed\n" + block)


HOSTILE = {
    "nothing": b"",
    "zeros": b"\0" * 1_000_000,
    "zeros within": content_of("postfix-user-unknown").replace(b"failed", b"fai\0led"),
    "deep nesting": _nested(5_000),
    "nesting within bounds": _nested(50),
    "boundary within boundary": b'Content-Type: multipart/mixed; boundary="-"\n\n' + b"---\n" * 300_000,
    "header bomb": b"".join(b"X-%d: y\n" % number for number in range(100_000)) + b"\nbody",
    "one endless header": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nbody",
    "one endless folded header": b"Subject: a" + b"\n b" * 300_000 + b"\n\nbody",
    "endless status field": _with_status(b"Diagnostic-Code: smtp;" + b"\n 5" * 200_000 + b"\n"),
    "endless recipients": _with_status(b"\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n" * 20_000),
    "endless words": content_of("exim-text").replace(b"permanent", b"5 " * 300_000),
    "endless local part": content_of("exim-text").replace(b"permanent", b"a" * 400_000),
    "endless tags": content_of("office365-words-alone").replace(b"<table>", b"<a " * 200_000),
    "endless digits": _with_status(b"Diagnostic-Code: smtp; " + b"5.1" * 100_000 + b"\n"),
    "endless ids": content_of("exim-text") + b"Message-ID: <a@b.example>\n" * 20_000,
    "broken base64": content_of("base64-parts").replace(b"base64\n\n", b"base64\n\n===="),
    "binary": bytes(range(256)) * 4_000,
    "lone surrogates": b"Subject: =?utf-8?b?7aCA?=\nFrom: mailer-daemon\n\n\xed\xa0\x80",
    "bad parameter": b"Content-Type: multipart/report; boundary*0*=x'y'%; boundary*1*=%zz\n\n--\n",
    "odd encoding": b'Content-Type: text/plain; charset="\xff"\nContent-Transfer-Encoding: uuencode\n\nbegin',
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_hostile_costs_little_and_breaks_nothing(name: str) -> None:
    began = time.perf_counter()
    try:
        report = read_report(HOSTILE[name][:MAX_BYTES])
    except Unreadable:
        report = None
    assert time.perf_counter() - began < 3
    if report is not None:
        assert len(report.message_ids) <= 20
        assert len(report.recipients) <= 50
        assert all(len(each.words) <= 400 for each in report.recipients)


def test_only_the_beginning_of_a_long_message_is_read() -> None:
    long = content_of("postfix-user-unknown") + b"x" * 50_000_000
    began = time.perf_counter()
    report = read_report(long)
    assert time.perf_counter() - began < 3
    assert report is not None
    assert MESSAGE_ID in report.message_ids
