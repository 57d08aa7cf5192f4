"""What gives the demo's challenges and ideas their life: sponsors, themes, duties, results."""

from .shapes import (
    Ask,
    Beside,
    Duty,
    Filing,
    Follow,
    Merge,
    Note,
    Outcome,
    Results,
    Rush,
    at,
    hours_ago,
    prose,
)

# What is asked beside the text, who asks, and what ideas are filed under, by challenge.
ASKS = {
    "one-team": Ask(
        sponsor=("Helen Marsland", "Director of partnerships"),
        prompts=("Who would it help?",),
        themes=("Knowing each other", "Places to work", "Working together", "Records"),
        moderators=("helen.marsland", "harriet.sowerby"),
        scenery=(0x005EB8, 0x41B6E6, 0xFFB81C),
        scenery_words="Hills in blue and yellow under a low sun",
    ),
    "home-by-lunch": Ask(
        sponsor=("Siân Prydderch", "Chief nurse, for the discharge board"),
        prompts=("Who would it help?", "Who would need to agree?"),
        themes=("Medicines", "Transport", "Before leaving", "The first days at home", "Telling each other"),
        moderators=("sian.prydderch", "daniel.osei"),
        answer_votes=10,
        answer_days=14,
        scenery=(0x006B32, 0x78BE20, 0xFFD9A0),
        scenery_words="Green hills in the light of a morning",
    ),
    "medicines-at-home": Ask(
        sponsor=("Daniel Osei", "Lead pharmacist, community"),
        prompts=("What happens today?",),
        themes=("Charts", "Supplies", "Advice"),
        moderators=("daniel.osei",),
        scenery=(0x330072, 0xAE2573, 0xF7C6D9),
        scenery_words="Hills in violet and rose in the evening",
    ),
}

FILINGS = {
    "morning-huddle": Filing(
        "Working together",
        ("huddle", "visits"),
        ("People whom two or three of us see in the same week, and whoever plans our rounds.",),
    ),
    "whos-who": Filing("Knowing each other", ("phone numbers", "reception")),
    "joint-first-visits": Filing("Working together", ("visits",)),
    "visiting-desks": Filing("Places to work", ("desks", "wi-fi")),
    "shadow-half-day": Filing("Knowing each other", ("learning",)),
    "shared-induction": Filing("Knowing each other", ("new starters", "learning")),
    "record-for-link-workers": Filing("Records", ("shared record",)),
    "pool-cars": Filing("Working together", ("cars", "visits")),
    "mental-health-at-meetings": Filing("Working together", ("mental health",)),
    "medicines-afternoon-before": Filing(
        "Medicines",
        ("pharmacy", "board round"),
        ("Everybody who waits for a bag at noon, and whoever packs it.", "One doctor on each ward."),
    ),
    "pharmacy-list-by-four": Filing("Medicines", ("pharmacy",)),
    "tell-community-nurses": Filing(
        "Telling each other",
        ("dressings", "district nursing"),
        ("People who go home with a wound to dress, and their families.", "Ward managers and our hub."),
    ),
    "book-transport-early": Filing("Transport", ("ambulance", "board round")),
    "settle-at-home-visit": Filing("The first days at home", ("volunteers",)),
    "reablement-on-the-ward": Filing("Before leaving", ("reablement",)),
    "lounge-at-half-seven": Filing(
        "Before leaving", ("discharge lounge", "breakfast"), ("Anyone ready by breakfast.", "Catering.")
    ),
    "one-form-for-care-homes": Filing("Telling each other", ("care homes",)),
    "what-will-you-need": Filing("Before leaving", ("equipment",)),
    "equipment-store": Filing("The first days at home", ("equipment",)),
    "two-line-summary": Filing("Telling each other", ("practices", "letters")),
    "carers-time": Filing("Telling each other", ("carers",)),
    "leaving-times": Filing("Before leaving", ("figures",)),
    "second-lounge": Filing("Before leaving", ("discharge lounge",)),
    "one-chart": Filing("Charts", ("safety",), ("Three charts in one house, in three colours.",)),
    "tell-us-before-the-pack": Filing("Supplies", ("weekly packs",)),
    "advice-until-eight": Filing("Advice", ("evenings",)),
    "weekly-supply-check": Filing("Supplies", ("end of life",)),
}

MERGES = (
    Merge(
        survivor="medicines-afternoon-before",
        merged="pharmacy-list-by-four",
        when=at(-9, 11, 20),
        by="sian.prydderch",
        reason="Both ask for the list on the afternoon before. Their votes and comments belong together.",
    ),
)

BESIDE = (Beside("carers-time", "devon.pottinger", "ngozi.umeh", at(-4, 21, 25), at(-3, 7, 50)),)

FOLLOWS = (
    Follow("amina.hussain", "challenge", "home-by-lunch", at(-21, 8)),
    Follow("amina.hussain", "idea", "lounge-at-half-seven", at(-19, 7, 40)),
    Follow("amina.hussain", "idea", "morning-huddle", at(-60, 12, 30)),
    Follow("daniel.osei", "challenge", "home-by-lunch", at(-20, 17, 10)),
    Follow("owen.llewellyn", "challenge", "one-team", at(-70, 18, 0)),
    Follow("owen.llewellyn", "idea", "morning-huddle", at(-70, 18, 5)),
    Follow("jing.zhao", "challenge", "home-by-lunch", at(-15, 12, 0)),
)

NOTES = (
    Note(
        "book-transport-early",
        "sian.prydderch",
        at(-14, 9, 5),
        "The ambulance service would want two weeks' notice. I have asked for their Monday meeting.",
    ),
    Note(
        "one-form-for-care-homes",
        "daniel.osei",
        at(-8, 16, 20),
        "Hyacinth can show us the four forms that they get now. Worth bringing to the board.",
    ),
)

DUTIES = (
    # One that is late, one that is not.
    Duty("book-transport-early", "daniel.osei", "sian.prydderch", at(-13, 9, 30), at(-3, 17)),
    Duty("one-form-for-care-homes", "daniel.osei", "sian.prydderch", at(-7, 9, 30), at(4, 17)),
)

# Faster than anybody reads, so that moderators find a sign of gaming to look at.
RUSHES = (
    Rush(
        "bronwen.parry",
        hours_ago(2, 40),
        ideas=(
            "medicines-afternoon-before",
            "tell-community-nurses",
            "book-transport-early",
            "settle-at-home-visit",
            "reablement-on-the-ward",
            "lounge-at-half-seven",
            "one-form-for-care-homes",
            "what-will-you-need",
            "equipment-store",
            "two-line-summary",
            "carers-time",
        ),
        comments=(
            ("medicines-afternoon-before", 0),
            ("tell-community-nurses", 0),
            ("book-transport-early", 0),
            ("settle-at-home-visit", 0),
            ("reablement-on-the-ward", 0),
            ("lounge-at-half-seven", 0),
        ),
    ),
)

RESULTS = (
    Results(
        challenge="one-team",
        by="helen.marsland",
        written=at(-22, 15),
        published=at(-20, 9),
        heard=prose(
            """
            You told us that being one team is mostly about **knowing whom to ring** and having
            somewhere to sit when you get there. Almost nobody asked for another meeting that was
            longer than fifteen minutes.

            The ideas that needed no money began within the month. Two that did are below with the
            reasons why not, and when we look at them again.
            """
        ),
        closing=prose(
            """
            We will put the numbers for the huddles and the rota here after three months, whatever
            they show. Thank you to everybody who wrote, improved and voted, and to Man-Yee's paper
            list, which started it.
            """
        ),
        outcomes={
            "whos-who": Outcome("Each practice, for its own part", "Done"),
            "visiting-desks": Outcome("Owen Llewellyn with estates", "Done in seven buildings"),
            "morning-huddle": Outcome("Jasvinder Gill and Owen Llewellyn", "Both neighbourhoods by spring"),
            "shadow-half-day": Outcome("The five learning leads", "First hundred half days this year"),
            "joint-first-visits": Outcome("Ffion Pritchard", "From the start of next quarter"),
            "mental-health-at-meetings": Outcome("The five team managers", "Figures after three months"),
            "shared-induction": Outcome("Stephen Holroyd", "First morning in six weeks"),
        },
    ),
)
