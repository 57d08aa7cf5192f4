"""The questions that the partners ask: one open, one answered, one for a few, one to come."""

from .shapes import Challenge, at, prose

CHALLENGES = (
    Challenge(
        key="home-by-lunch",
        question="How can we get people home from hospital before lunch, with all they need?",
        summary=(
            "Most people who leave Aldersholme General leave after 4pm. "
            "What would make it earlier without rushing anyone?"
        ),
        brief=prose(
            """
            On a usual weekday about sixty people leave Aldersholme General. Two in three of them
            leave **after 4pm**, when practices, shops and most of our own teams are about to close.
            A late journey means a cold house, no time to sort out a missing medicine, and a first
            evening without support.

            We are not asking anyone to work faster. We are asking what gets in the way earlier in
            the day, wherever you see it from: the ward, the pharmacy, the ambulance, the care
            home, the practice, somebody's kitchen.

            **Good ideas here will**

            - be something we could try within three months
            - say who would need to agree
            - help the person going home as well as the hospital

            **What happens next.** I read every idea in the week that it arrives. Voting goes on
            for a week after the challenge closes. The discharge board then meets, and each idea
            gets an answer in writing on this page. There is £40,000 set aside to try things out.

            Please keep to how the work is done, and leave out anything about a particular person
            in our care.

            *Siân Prydderch, for the discharge board*
            """
        ),
        author="sian.prydderch",
        stage="open",
        opens=at(-22, 9),
        closes=at(6, 20),
        voting_closes=at(13, 20),
    ),
    Challenge(
        key="one-team",
        question="What would help us work as one team in each neighbourhood?",
        summary=(
            "Nurses, social workers, practices and volunteers often visit the same street. "
            "What would make us feel like colleagues?"
        ),
        brief=prose(
            """
            Our neighbourhood teams, **Northside** and **Riverside**, have existed on paper for a
            year. Many of you have told us at the drop-in sessions that it does not feel like one
            team yet: different buildings, different systems, different phones.

            We want to hear about the small things as well as the large ones. What would help you
            know who to ring? What would save a second visit? What have you seen work elsewhere?

            - Ideas that need **no money** can start straight away.
            - Ideas that need money or a change to a system go to the partnership board, which
              meets every month.

            We cannot promise a yes to everything. We do promise an answer to everything, with the
            reasons.

            *Helen Marsland, for the partnership board*
            """
        ),
        author="helen.marsland",
        stage="answered",
        opens=at(-78, 9),
        closes=at(-52, 17),
        voting_closes=at(-45, 17),
        answered=at(-24, 12),
    ),
    Challenge(
        key="medicines-at-home",
        question="Medicines at home: what gets in our way, and what would fix it?",
        summary=(
            "For community nurses and pharmacy teams. Tell us where a dose, a chart or a delivery "
            "goes astray between us, and how you would put it right."
        ),
        brief=prose(
            """
            This one is for the people who handle medicines in homes every day: **community
            nurses** and **pharmacy teams**, on the wards and in practices. We have kept it to a
            small circle so that you can be frank about the detail.

            We would like to know:

            1. Where does time go that should not?
            2. What do you find out too late?
            3. What one change would help both of our teams?

            The medicines safety group will read the ideas together in the week after the challenge
            closes, and will answer each of them here within a month.

            If something is unsafe today, please don't wait for this page. Report it in the usual
            way and tell your lead.
            """
        ),
        author="daniel.osei",
        stage="open",
        opens=at(-4, 8),
        closes=at(24, 17),
        audience_groups=("community-nurses", "pharmacists"),
    ),
    Challenge(
        key="weir-house-ground-floor",
        question="How should we use the ground floor of Weir House when it reopens?",
        summary=(
            "The builders hand the ground floor back in three months. Before the furniture is "
            "ordered, tell us what the space should be for."
        ),
        brief=prose(
            """
            The ground floor of Weir House has been shut since the flood repairs began. In three
            months we get it back: one large room, four small ones, a kitchen, and a door on to
            the car park.

            Three partners share the building and all of us are short of space, so not every wish
            will fit. Tell us what you would use the room for, how often, and what you could give
            up upstairs in return.

            **Already settled:** step-free access from both sides, a quiet room, and somewhere safe
            for bicycles.

            **Still open:** everything else.
            """
        ),
        author="harriet.sowerby",
        stage="scheduled",
        opens=at(9, 9),
        closes=at(30, 17),
        audience_groups=("weir-house",),
    ),
)
