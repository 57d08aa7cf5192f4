"""The partners in the invented borough of Aldersholme, and their staff groups."""

from .shapes import Organisation, StaffGroup

PLACE = "Aldersholme"

ORGANISATIONS = (
    Organisation(
        key="hospital",
        name="Aldersholme Hospital and Community Trust",
        short_name="Hospital Trust",
        colour="#1b5a9e",
        email_domains=("aldersholme-hospitals.example",),
        headcount=5840,
    ),
    Organisation(
        key="mental-health",
        name="Pennerdale Mental Health Trust",
        short_name="Mental Health",
        colour="#6a3a9c",
        email_domains=("pennerdale-mh.example",),
        headcount=3120,
    ),
    Organisation(
        key="council",
        name="Aldersholme Borough Council",
        short_name="Council",
        colour="#9b2457",
        email_domains=("aldersholme-council.example",),
        headcount=3460,
    ),
    Organisation(
        key="gp",
        name="Aldersholme GP Federation",
        short_name="GP Federation",
        colour="#0b6670",
        email_domains=(
            "aldersholme-gps.example",
            "tannerstreet-surgery.example",
            "millpond-surgery.example",
        ),
        headcount=640,
    ),
    Organisation(
        key="voluntary",
        name="Aldersholme Voluntary Sector Alliance",
        short_name="Voluntary",
        colour="#8a4510",
        email_domains=("aldersholme-alliance.example", "aldersholme-carers.example"),
        headcount=310,
    ),
)

GROUPS = (
    StaffGroup(
        key="community-nurses",
        name="Community nurses",
        description="District and community nursing, and community matrons.",
        organisations=("hospital",),
    ),
    StaffGroup(
        key="ward-managers",
        name="Ward managers",
        description="Everyone who runs a ward or a department, at either trust.",
        organisations=("hospital", "mental-health"),
    ),
    StaffGroup(
        key="towpath",
        name="Towpath discharge team",
        description="The team on the hospital's ground floor that helps people leave hospital.",
        organisations=("hospital", "council", "voluntary"),
    ),
    StaffGroup(
        key="reablement",
        name="Reablement team",
        description="Short-term support at home, and the telecare installers.",
        organisations=("council",),
    ),
    StaffGroup(
        key="weir-house",
        name="Weir House",
        description="Everyone whose desk is in Weir House, whoever employs them.",
        organisations=("council", "mental-health", "voluntary"),
    ),
    StaffGroup(
        key="northside",
        name="Northside neighbourhood team",
        description="Nurses, social workers, therapists and practices north of the river.",
        organisations=("hospital", "mental-health", "council", "gp", "voluntary"),
    ),
    StaffGroup(
        key="riverside",
        name="Riverside neighbourhood team",
        description="Nurses, social workers, therapists and practices along the river.",
        organisations=("hospital", "mental-health", "council", "gp", "voluntary"),
    ),
    StaffGroup(
        key="practice-managers",
        name="Practice managers",
        description="Managers and team leaders of the borough's practices.",
        organisations=("gp",),
    ),
    StaffGroup(
        key="pharmacists",
        name="Pharmacy teams",
        description="Pharmacists and technicians on the wards and in practices.",
        organisations=("hospital", "gp"),
    ),
    StaffGroup(
        key="volunteer-leads",
        name="Volunteer coordinators",
        description="Those who find, train and look after volunteers.",
        organisations=("hospital", "voluntary"),
    ),
)
