"""A sponsor's list of codes, line by line: which can be taken, and what is wrong with the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from talking_together.core.errors import InvalidInput
from talking_together.core.forms import PlainText

MOST_CODES = 10_000
LONGEST = 80
SHOWN_OF_A_CODE = 4
# What stands above the codes in many lists.
HEADINGS = frozenset({"code", "codes", "voucher", "vouchers", "voucher code", "voucher codes"})
_PLAIN = PlainText(lines=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that no code can be taken from, and why."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class ReadCodes:
    """The codes of a list, in its order, and the faults of the other lines."""

    codes: list[str]
    faults: list[Fault]


def read_codes(
    lines: Sequence[str], *, earlier: Collection[str] = (), elsewhere: Collection[str] = ()
) -> ReadCodes:
    """Return the codes of a list, each once.

    `earlier` are those that the reward has already, `elsewhere` those of its sponsor's other rewards.
    A heading above them and empty lines below them count for nothing. Raises InvalidInput for a list
    without codes, or of more than we take.
    """
    codes: list[str] = []
    faults: list[Fault] = []
    first_seen: dict[str, int] = {}
    trimmed = [line.strip() for line in lines]
    last = max((number for number, text in enumerate(trimmed, start=1) if text), default=0)
    if not last:
        raise InvalidInput("Enter at least one code, one a line", field="codes")
    for number, code in enumerate(trimmed[:last], start=1):
        if number == 1 and last > 1 and code.casefold() in HEADINGS:
            continue
        if words := _fault_of(code, first_seen, earlier, elsewhere):
            faults.append(Fault(number, words))
        else:
            first_seen[code] = number
            codes.append(code)
        if len(codes) + len(faults) > MOST_CODES:
            raise InvalidInput(
                f"A list can have at most {MOST_CODES:,} codes. Add them in parts", field="codes"
            )
    return ReadCodes(codes, faults)


def ending_of(code: str) -> str:
    """Return the end of a code, by which who knows it tells it from others; never most of it."""
    return code[-min(SHOWN_OF_A_CODE, len(code) // 2) :] if len(code) > 1 else ""


def _fault_of(
    code: str, first_seen: dict[str, int], earlier: Collection[str], elsewhere: Collection[str]
) -> str:
    if not code:
        return "is empty"
    if len(code) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if _PLAIN.controls.search(code) or not code.isprintable():
        return "holds characters that cannot be shown"
    # Alike means letter by letter. A sponsor's code is read by the sponsor's own till, which may tell
    # "AB-1" from "ab1"; our desk reads none but ours, and knows nothing of how theirs are typed.
    if code in first_seen:
        return f"is the same as line {first_seen[code]:,}"
    if code in earlier:
        return "is among the codes that this reward has already"
    if code in elsewhere:
        return "is among the codes of another reward of this sponsor"
    return ""
