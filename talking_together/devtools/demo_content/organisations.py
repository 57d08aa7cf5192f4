"""The partners in the invented borough of Aldersholme, and their staff groups."""

from .shapes import Organisation, StaffGroup

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
        organisation="hospital",
    ),
    StaffGroup(
        key="ward-managers",
        name="Ward managers",
    ),
    StaffGroup(
        key="towpath",
        name="Towpath discharge team",
    ),
    StaffGroup(
        key="reablement",
        name="Reablement team",
        organisation="council",
    ),
    StaffGroup(
        key="weir-house",
        name="Weir House",
    ),
    StaffGroup(
        key="northside",
        name="Northside neighbourhood team",
    ),
    StaffGroup(
        key="riverside",
        name="Riverside neighbourhood team",
    ),
    StaffGroup(
        key="practice-managers",
        name="Practice managers",
        organisation="gp",
    ),
    StaffGroup(
        key="pharmacists",
        name="Pharmacy teams",
    ),
    StaffGroup(
        key="volunteer-leads",
        name="Volunteer coordinators",
    ),
)
