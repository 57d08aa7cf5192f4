"""The sixty members of the demo. All are invented, and every address ends in .example."""

import unicodedata

from .organisations import ORGANISATIONS
from .shapes import Person, When, at

_DOMAINS = {organisation.key: organisation.email_domains[0] for organisation in ORGANISATIONS}


def key_of(name: str) -> str:
    """A name as first.last in plain letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join(plain.lower().replace("'", "").split())


def address_of(name: str, organisation: str) -> str:
    """The work address that this organisation would give to this name."""
    return f"{key_of(name)}@{_DOMAINS[organisation]}"


def _joined(name: str, days_ago: int) -> When:
    spread = sum(name.encode())
    return at(-days_ago, 7 + spread % 14, spread % 60)


def _person(
    name: str,
    organisation: str,
    job_title: str,
    joined: int,
    groups: str = "",
    *,
    role: str = "staff",
    email: str = "",
    board: bool = True,
    left: int | None = None,
) -> Person:
    return Person(
        key=key_of(name),
        name=name,
        email=email or address_of(name, organisation),
        organisation=organisation,
        groups=tuple(groups.split()),
        job_title=job_title,
        role=role,
        on_leaderboard=board,
        joined=_joined(name, joined),
        left=at(-left, 17, 30) if left is not None else None,
    )


_HOSPITAL = (
    _person(
        "Amina Hussain",
        "hospital",
        "District nurse",
        96,
        "community-nurses northside",
        email="staff@demo.example",
    ),
    _person(
        "Daniel Osei",
        "hospital",
        "Staff engagement lead",
        104,
        role="moderator",
        email="moderator@demo.example",
    ),
    _person("Mei-Ling Cheung", "hospital", "Digital services lead", 104, role="admin", board=False),
    _person("Siân Prydderch", "hospital", "Head of discharge", 103, "towpath", role="moderator"),
    _person("Priya Kurup", "hospital", "Ward manager, Ward 7", 97, "ward-managers"),
    _person("Kwame Ofosu", "hospital", "Ward manager, acute medicine", 94, "ward-managers"),
    _person("Laura Hitchens", "hospital", "Discharge coordinator", 97, "towpath"),
    _person("Tunde Ogunbiyi", "hospital", "Community physiotherapist", 95, "northside"),
    _person("Zofia Wójcik", "hospital", "Staff nurse, Ward 7", 63),
    _person("Delroy Campbell", "hospital", "Portering team leader", 90, board=False),
    _person("Yasmin Chaudhry", "hospital", "Clinical pharmacist", 97, "pharmacists"),
    _person("Ffion Pritchard", "hospital", "Community matron", 96, "community-nurses riverside"),
    _person("Joanne Tasker", "hospital", "Community nurse", 92, "community-nurses riverside"),
    _person("Ngozi Umeh", "hospital", "Occupational therapist", 93, "towpath"),
    _person("Samuel Ikande", "hospital", "Consultant geriatrician", 88, board=False),
    _person("Bethany Crowther", "hospital", "Healthcare assistant, emergency department", 58),
    _person("Rajesh Solanki", "hospital", "Patient transport coordinator", 91, "towpath"),
    _person("Ciarán Doyle", "hospital", "Charge nurse, emergency department", 86, "ward-managers"),
    _person("Shanice Morgan", "hospital", "Community nurse", 24, "community-nurses northside"),
    _person("Ka-Wai Leung", "hospital", "Pharmacy technician", 23, "pharmacists", board=False),
    _person("Deborah Ansell", "hospital", "Volunteer services lead", 95, "volunteer-leads", left=31),
)

_MENTAL_HEALTH = (
    _person("Owen Llewellyn", "mental-health", "Community mental health nurse", 96, "northside"),
    _person(
        "Harriet Sowerby",
        "mental-health",
        "Service manager, talking therapies",
        97,
        "weir-house",
        role="moderator",
    ),
    _person("Leroy Anstead", "mental-health", "Ward manager, older adults", 89, "ward-managers"),
    _person("Niamh O'Rourke", "mental-health", "Mental health practitioner", 94, "riverside"),
    _person("Magdalena Kowal", "mental-health", "Social worker", 61, "riverside weir-house"),
    _person("Farah Siddiqui", "mental-health", "Clinical psychologist", 84, board=False),
    _person("Adebayo Sowande", "mental-health", "Crisis team nurse", 22, board=False),
    _person("Imran Sattar", "mental-health", "Support worker", 57, "weir-house"),
    _person("Catrin Howells", "mental-health", "Occupational therapist", 93, board=False, left=66),
)

_COUNCIL = (
    _person(
        "Helen Marsland",
        "council",
        "Partnership programme manager",
        105,
        "weir-house",
        role="admin",
        email="admin@demo.example",
        board=False,
    ),
    _person("Nasreen Begum", "council", "Social worker, hospital team", 96, "towpath"),
    _person("Paul Entwistle", "council", "Reablement team manager", 95, "reablement"),
    _person("Blessing Mensah", "council", "Reablement worker", 90, "reablement"),
    _person("Kayleigh Stubbs", "council", "Reablement worker", 25, "reablement"),
    _person("Jasvinder Gill", "council", "Senior social worker", 97, "northside weir-house"),
    _person(
        "Andrew Pickersgill",
        "council",
        "Commissioning manager, home care",
        87,
        "weir-house",
        board=False,
    ),
    _person("Hyacinth Roberts", "council", "Care home liaison officer", 94, "riverside"),
    _person("Jing Zhao", "council", "Data analyst", 85, "weir-house", board=False),
    _person("Mohammed Rafiq", "council", "Housing options officer", 60, "weir-house"),
    _person("Sophie Ackroyd", "council", "Public health practitioner", 96, "weir-house"),
    _person("Piotr Walczak", "council", "Telecare installer", 56, "reablement"),
    _person(
        "Gwen Maddocks",
        "council",
        "Occupational therapist, adaptations",
        92,
        "riverside",
        left=9,
    ),
)

_GP = (
    _person("Stephen Holroyd", "gp", "Practice manager", 96, "practice-managers northside"),
    _person("Folasade Williams", "gp", "Practice manager", 95, "practice-managers riverside"),
    _person("Anjali Deshmukh", "gp", "GP", 82, "northside", board=False),
    _person("Chidi Anokwu", "gp", "GP", 26, "riverside", board=False),
    _person("Wiktoria Lis", "gp", "Practice pharmacist", 93, "pharmacists"),
    _person("Claire Ollerton", "gp", "Social prescriber", 97, "northside"),
    _person(
        "Man-Yee Fung",
        "gp",
        "Care navigator",
        94,
        "northside",
        email="man-yee.fung@tannerstreet-surgery.example",
    ),
    _person("Bronwen Parry", "gp", "Practice nurse", 62, "riverside"),
    _person("Hassan Lodhi", "gp", "First contact physiotherapist", 59, "northside", board=False),
    _person("Joseph Tholley", "gp", "Advanced nurse practitioner", 21, "northside", board=False),
)

_VOLUNTARY = (
    _person(
        "Patricia Lowndes",
        "voluntary",
        "Settle at home coordinator",
        97,
        "volunteer-leads towpath",
    ),
    _person(
        "Devon Pottinger",
        "voluntary",
        "Carers' support worker",
        93,
        "weir-house",
        email="devon.pottinger@aldersholme-carers.example",
    ),
    _person("Karim Miah", "voluntary", "Community connector", 95, "northside"),
    _person("Saoirse Kelly", "voluntary", "Befriending coordinator", 64, "volunteer-leads"),
    _person("Ewa Sikora", "voluntary", "Welfare rights adviser", 20, "weir-house", board=False),
    _person("Ruth Blackhurst", "voluntary", "Chief officer", 98, "weir-house", board=False),
    _person("Manjit Sandhu", "voluntary", "Walking groups leader", 88, "riverside", board=False, left=44),
)

PEOPLE = _HOSPITAL + _MENTAL_HEALTH + _COUNCIL + _GP + _VOLUNTARY
