"""Waves of invitations: one that everybody has had, one half-way through, one to come, one planned."""

from .people import PEOPLE, address_of
from .shapes import Invitation, Phase, StaffRow, When, at, hours_ago, prose

_CHAMPIONS_START = at(-99, 9)


def _row(name: str, organisation: str, job_title: str, groups: str = "") -> StaffRow:
    return StaffRow(
        name=name,
        email=address_of(name, organisation),
        organisation=organisation,
        groups=tuple(groups.split()),
        job_title=job_title,
    )


_NOT_JOINED = (
    ("sent", _row("Alison Threlkeld", "hospital", "Matron, surgery")),
    ("sent", _row("Obinna Nnadi", "hospital", "Respiratory nurse", "community-nurses")),
    ("sent", _row("Sukhdeep Bassi", "council", "Duty social worker", "weir-house")),
    ("sent", _row("Gareth Penhallow", "mental-health", "Liaison nurse")),
    ("sent", _row("Dorota Maj", "council", "Reablement worker", "reablement")),
    ("sent", _row("Marcia Beckford", "gp", "Practice nurse", "riverside")),
    ("sent", _row("Xiu Ying Tam", "hospital", "Dietitian")),
    ("sent", _row("Colm Rafferty", "voluntary", "Advice worker", "weir-house")),
    ("revoked", _row("Janine Ogle", "mental-health", "Ward manager", "ward-managers")),
    ("failed", _row("Tariq Wahid", "gp", "Practice manager", "practice-managers")),
    ("outcome unknown", _row("Lowri Beynon", "voluntary", "Day centre manager", "riverside")),
)

_ANSWERS = {
    "failed": "550 5.1.1 There is no such mailbox here",
    "outcome unknown": "The connection was lost after the message had been handed over",
}


def _invitation(row: StaffRow, state: str, sent: When) -> Invitation:
    return Invitation(
        row=row,
        state=state,
        sent=sent if state in ("sent", "revoked") else None,
        answer=_ANSWERS.get(state, ""),
    )


def _champions() -> tuple[Invitation, ...]:
    joined = tuple(
        Invitation(
            row=StaffRow(
                name=person.name,
                email=person.email,
                organisation=person.organisation,
                groups=person.groups,
                job_title=person.job_title,
            ),
            state="joined",
            sent=_CHAMPIONS_START,
            member=person.key,
        )
        for person in PEOPLE
        if person.joined.day > _CHAMPIONS_START.day
    )
    others = tuple(_invitation(row, state, _CHAMPIONS_START) for state, row in _NOT_JOINED)
    return joined + others


_WARDS_AND_NEIGHBOURHOODS = (
    _row("Abena Sarpong", "hospital", "Staff nurse, Ward 12"),
    _row("Kieran Dolan", "hospital", "Healthcare assistant, Ward 12"),
    _row("Nadia Rehman", "hospital", "Junior sister, Ward 4"),
    _row("Bronagh McAleer", "hospital", "Ward manager, Ward 4", "ward-managers"),
    _row("Jerome Lascelles", "hospital", "Porter"),
    _row("Agnieszka Duda", "hospital", "Housekeeper, Ward 7"),
    _row("Uzma Farooqi", "hospital", "Ward clerk, acute medicine"),
    _row("Rhodri Gwilym", "hospital", "Physiotherapist, Ward 12"),
    _row("Chiamaka Obiora", "hospital", "Community nurse", "community-nurses northside"),
    _row("Lesley Ormerod", "hospital", "Community nurse", "community-nurses riverside"),
    _row("Hoi-Ching Mak", "hospital", "Pharmacist", "pharmacists"),
    _row("Temitope Alabi", "hospital", "Healthcare assistant, Ward 7"),
    _row("Sunita Rawal", "hospital", "Discharge lounge nurse", "towpath"),
    _row("Dean Whittle", "hospital", "Theatre porter"),
    _row("Marlene Tulloch", "hospital", "Staff nurse, Ward 4"),
    _row("Oisín Brady", "mental-health", "Staff nurse, older adults"),
    _row("Tegan Vaughan", "mental-health", "Healthcare assistant, older adults"),
    _row("Ifeoma Udeh", "mental-health", "Community mental health nurse", "riverside"),
    _row("Waqas Anwar", "mental-health", "Peer support worker", "northside"),
    _row("Beata Krol", "mental-health", "Occupational therapist", "northside"),
    _row("Christopher Ngata", "mental-health", "Ward clerk"),
    _row("Hazel Thornber", "council", "Social worker", "northside"),
    _row("Parveen Akhtar-Shah", "council", "Social worker", "riverside"),
    _row("Lamin Jawneh", "council", "Reablement worker", "reablement"),
    _row("Jolanta Bielak", "council", "Reablement worker", "reablement"),
    _row("Stacey Garbutt", "council", "Reablement worker", "reablement"),
    _row("Errol Buchanan", "council", "Occupational therapy assistant", "riverside"),
    _row("Yuk-Fan Lo", "council", "Duty officer, adult social care", "weir-house"),
    _row("Mererid Pugh", "council", "Sheltered housing officer", "riverside"),
    _row("Balbir Uppal", "council", "Telecare adviser", "reablement"),
    _row("Nuala Cassidy", "gp", "Practice nurse", "northside"),
    _row("Oluwaseun Adigun", "gp", "GP", "riverside"),
    _row("Philippa Stanway", "gp", "Reception team leader", "northside"),
    _row("Rubina Malik", "gp", "Health coach", "riverside"),
    _row("Tomasz Gorski", "gp", "First contact physiotherapist", "riverside"),
    _row("Angharad Moss", "gp", "Care navigator", "riverside"),
    _row("Winston Lindo", "voluntary", "Volunteer driver lead", "volunteer-leads"),
    _row("Shabnam Iqbal", "voluntary", "Carers' support worker", "northside"),
    _row("Hilary Cragg", "voluntary", "Lunch club organiser", "riverside"),
    _row("Mateusz Wrona", "voluntary", "Community connector", "riverside"),
)

_CARE_HOMES_AND_PRACTICES = (
    _row("Gwenda Pritchard", "voluntary", "Care home manager"),
    _row("Samuel Oyelaran", "voluntary", "Senior carer"),
    _row("Iwona Sadowska", "voluntary", "Senior carer, nights"),
    _row("Desmond Achebe", "gp", "GP", "northside"),
    _row("Fiona Tattersall", "gp", "Practice nurse", "northside"),
    _row("Harjit Sahota", "gp", "Practice manager", "practice-managers"),
    _row("Maureen Gilchrist", "gp", "Receptionist", "riverside"),
    _row("Anil Deshmukh", "gp", "Pharmacist", "pharmacists"),
    _row("Rosalind Peake", "council", "Care home commissioner"),
    _row("Tunde Bakare", "council", "Social worker", "riverside"),
    _row("Siân Llewellyn", "mental-health", "Care home liaison nurse"),
    _row("Graham Ellershaw", "mental-health", "Memory clinic nurse"),
)

_SENT_SO_FAR = len(_WARDS_AND_NEIGHBOURHOODS) // 2
_FAILED_LINE = 13


def _state_of(line: int) -> str:
    if line >= _SENT_SO_FAR:
        return "queued"
    return "failed" if line == _FAILED_LINE else "sent"


PHASES = (
    Phase(
        key="champions",
        name="Champions",
        list_name="Champions from all partners",
        filename="champions.csv",
        author="helen.marsland",
        subject="You are one of the first: join {site_name}",
        message=prose(
            """
            Dear {first_name},

            You offered to be a champion for {organisation}, so you are among the first to be
            invited to {site_name}. It is a private place where staff of all five partners in
            Aldersholme answer real questions about how we work together.

            The first question opens soon. You can add an idea, improve someone else's in a
            comment, or vote on a few in a minute. It works on your own phone as well as at work.

            Every idea will get an answer. If that does not happen, tell me.

            Helen Marsland, Partnership programme manager
            """
        ),
        state="sent",
        created=at(-101, 14, 30),
        started=_CHAMPIONS_START,
        finished=at(-99, 9, 12),
        expires_days=120,
        from_name="Helen Marsland",
        reply_to="together@aldersholme-partnership.example",
        reminders=(7, 14),
        invitations=_champions(),
    ),
    Phase(
        key="wards-and-neighbourhoods",
        name="Ward and neighbourhood teams",
        list_name="Ward and neighbourhood teams, first list",
        filename="ward-and-neighbourhood-teams.csv",
        author="mei-ling.cheung",
        subject="{first_name}, what would you change? Join {site_name}",
        message=prose(
            """
            Dear {first_name},

            Colleagues from {organisation} and four other partners are already talking on
            {site_name} about getting people home from hospital earlier in the day. You see this
            work from close by, and we would like to hear from you.

            It takes two minutes to join. After that you can read, vote and comment whenever you
            have a moment, day or night. You do not need a work mailbox to come back.

            What you write is read by the people who decide, and they answer it in writing.

            Mei-Ling Cheung, for the five partners
            """
        ),
        state="sending",
        created=at(-1, 16, 20),
        started=hours_ago(0, 50),
        all_hours=True,
        from_name="Mei-Ling Cheung",
        challenge="home-by-lunch",
        reminders=(7,),
        invitations=tuple(
            _invitation(row, _state_of(line), hours_ago(0, 50 - 2 * line))
            for line, row in enumerate(_WARDS_AND_NEIGHBOURHOODS)
        ),
    ),
    Phase(
        key="care-homes-and-practices",
        name="Care homes and practices",
        list_name="Care homes and practices",
        filename="care-homes-and-practices.csv",
        author="mei-ling.cheung",
        subject="{first_name}, your view of hospital discharge is missing",
        message=prose(
            """
            Dear {first_name},

            You see what happens after people leave hospital. On {site_name} the staff of five
            partners are answering one question: {challenge}

            Bring one thing that would help where you work. It takes two minutes to join.

            Mei-Ling Cheung, for the five partners
            """
        ),
        state="scheduled",
        created=hours_ago(3),
        starts=at(2, 9),
        hourly_rate=60,
        from_name="Mei-Ling Cheung",
        reply_to="together@aldersholme-partnership.example",
        challenge="home-by-lunch",
        reminders=(7, 7),
        invitations=tuple(Invitation(row=row, state="draft") for row in _CARE_HOMES_AND_PRACTICES),
    ),
    Phase(
        key="champions-again",
        name="Champions, once more",
        list_name="",
        filename="",
        author="helen.marsland",
        subject="{first_name}, there is still a place for you",
        message=prose(
            """
            Dear {first_name},

            In August you offered to be a champion for {organisation}. The others have been busy on
            {site_name} since, and the first answers have come. Your place is still open.

            Helen Marsland, Partnership programme manager
            """
        ),
        state="draft",
        created=hours_ago(2),
        from_name="Helen Marsland",
        reminders=(10,),
        not_joined_from="champions",
    ),
)
