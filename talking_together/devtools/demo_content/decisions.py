"""What the moderators decided about each idea, and what they said in answer."""

from .shapes import Step, at, prose

STEPS = {
    "morning-huddle": (
        Step("under review", at(-70, 10, 0), "helen.marsland"),
        Step("shortlisted", at(-50, 11, 0), "helen.marsland"),
        Step(
            "planned",
            at(-40, 12, 0),
            "helen.marsland",
            "Agreed at the partnership board. Northside will go first, by phone, for eight "
            "weeks. Jasvinder and Owen will run it in turn.",
        ),
        Step(
            "in progress",
            at(-24, 12, 10),
            "helen.marsland",
            prose(
                """
                Northside has met on nine of its first ten mornings. The average call lasts
                twelve minutes. Teams tell us that it saved four double visits in the first week
                and six in the second.

                Riverside starts on the first Monday of next month. What we have not solved is
                how the smaller practices can join, as their doors open at 8.30am. Folasade is
                trying a short message at 8.15am instead.
                """
            ),
        ),
    ),
    "whos-who": (
        Step("under review", at(-70, 10, 5), "helen.marsland"),
        Step("shortlisted", at(-50, 11, 5), "helen.marsland"),
        Step(
            "in progress",
            at(-43, 9, 30),
            "helen.marsland",
            "Man-Yee and the council's web team are making the first page for Northside.",
        ),
        Step(
            "done",
            at(-24, 12, 15),
            "helen.marsland",
            prose(
                """
                Done. Both neighbourhoods now have a page on every partner's intranet, and a
                printed copy is on the wall of each clinic and practice.

                Each practice checks its own part on the first of the month. If a part has not
                been checked for six weeks, the page says so. Thank you to Man-Yee, whose paper
                list turned out to be better than anything that we had.
                """
            ),
        ),
    ),
    "joint-first-visits": (
        Step("under review", at(-68, 9, 15), "helen.marsland"),
        Step("shortlisted", at(-50, 11, 10), "helen.marsland"),
        Step(
            "planned",
            at(-24, 12, 20),
            "helen.marsland",
            prose(
                """
                Yes. Riverside will try joint first visits for three months from the start of
                next quarter, led by Ffion. We needed the huddle in place first, because that
                is where the three referrals will be spotted.

                Both employers have confirmed that either person's assessment will be accepted
                by the other. That was the real obstacle.
                """
            ),
        ),
    ),
    "visiting-desks": (
        Step("under review", at(-69, 14, 0), "harriet.sowerby"),
        Step("shortlisted", at(-50, 11, 15), "harriet.sowerby"),
        Step(
            "in progress",
            at(-42, 15, 20),
            "harriet.sowerby",
            "Facilities managers of the three landlords have met and chosen the desks.",
        ),
        Step(
            "done",
            at(-26, 10, 40),
            "harriet.sowerby",
            prose(
                """
                Done in all seven buildings. Look for the green sign. One badge now opens every
                front door between 7am and 7pm: take yours to any reception to have it
                activated.

                The network took longest. It works for all but the oldest council laptops, and
                those are being replaced over the coming months.
                """
            ),
        ),
    ),
    "shadow-half-day": (
        Step("under review", at(-66, 9, 40), "daniel.osei"),
        Step("shortlisted", at(-50, 11, 20), "daniel.osei"),
        Step(
            "in progress",
            at(-24, 12, 25),
            "daniel.osei",
            prose(
                """
                Thirty-one people have put their names down as hosts, from every partner. The
                first twelve half days took place last month.

                The form about confidentiality is agreed by all five organisations. We still
                need hosts who work at weekends and at night. We will report on the first
                hundred half days here.
                """
            ),
        ),
    ),
    "shared-induction": (
        Step("under review", at(-64, 11, 30), "daniel.osei"),
        Step("shortlisted", at(-50, 11, 25), "daniel.osei"),
        Step(
            "planned",
            at(-25, 15, 10),
            "daniel.osei",
            prose(
                """
                Yes. The first morning will be held in six weeks' time, for up to forty new
                starters. The five learning leads have agreed that it will replace the
                "working with partners" part of each induction.

                Thank you for the offer of the waiting room. We have the council's training
                room for the first one, and would like to take it up for the second.
                """
            ),
        ),
    ),
    "record-for-link-workers": (
        Step("under review", at(-67, 13, 0), "helen.marsland"),
        Step("shortlisted", at(-50, 11, 30), "helen.marsland"),
        Step(
            "not now",
            at(-24, 12, 30),
            "helen.marsland",
            prose(
                """
                Not now, and we know that this will disappoint people. The need is real. The
                shared record cannot yet show a part of itself: it is everything or nothing,
                and everything is more than link workers ask for or should have.

                The supplier expects to offer limited views within six months. We have put our name
                down to test them, with Karim on the group. Until then the huddle is open to
                link workers, and most of what you need can be shared there with consent. We
                will come back to this idea then.
                """
            ),
        ),
    ),
    "pool-cars": (
        Step("under review", at(-62, 9, 50), "helen.marsland"),
        Step(
            "not now",
            at(-25, 15, 30),
            "helen.marsland",
            prose(
                """
                Not this year. Four cars with insurance for staff of three employers came to
                £38,000 a year, and the insurers would not quote at all for the voluntary
                sector.

                We did look for something sooner. From this month the council's six pool cars
                at Weir House can be booked by community nurses and therapists, for urgent
                visits, from the who's who page. We will count how often they are used and how
                often nothing is free. That count would make the case for next year.
                """
            ),
        ),
    ),
    "mental-health-at-meetings": (
        Step("under review", at(-60, 16, 0), "harriet.sowerby"),
        Step("shortlisted", at(-50, 11, 35), "harriet.sowerby"),
        Step(
            "planned",
            at(-41, 13, 30),
            "harriet.sowerby",
            "Agreed with the five managers. The rota begins on Monday.",
        ),
        Step(
            "in progress",
            at(-26, 11, 0),
            "harriet.sowerby",
            prose(
                """
                The rota has run for nearly two weeks in both neighbourhoods. Somebody has been at
                every meeting but one, when two people were ill.

                It is too early to say whether referrals will fall. We will look at the figures
                after three months and put them here, whatever they show.
                """
            ),
        ),
    ),
    "medicines-afternoon-before": (
        Step("under review", at(-17, 9, 20), "sian.prydderch"),
        Step("shortlisted", at(-6, 16, 5), "sian.prydderch"),
    ),
    "tell-community-nurses": (
        Step("under review", at(-16, 10, 10), "sian.prydderch"),
        Step(
            "planned",
            at(-1, 15, 10),
            "sian.prydderch",
            prose(
                """
                Yes to both. From the first of the month wards 7, 9 and 12 send the hub a message by
                2.30pm on the day before, and pack **three days of dressings**. We begin with three
                wards so that we can put right what does not work.

                Amina and the ward managers meet each Thursday until it runs by itself.
                """
            ),
        ),
    ),
    "equipment-store": (
        Step("under review", at(-11, 9, 40), "sian.prydderch"),
        Step(
            "not now",
            at(-5, 12, 30),
            "sian.prydderch",
            prose(
                """
                Not this year. The only dry room near the lounge is the one that the lounge needs
                from next month. What we can do is this: the community store now delivers twice a
                day to the hospital's back door, at 8am and 1pm.

                We look at the rooms again when the plaster room is free.
                """
            ),
        ),
    ),
    "book-transport-early": (Step("under review", at(-15, 14, 30), "sian.prydderch"),),
    "settle-at-home-visit": (
        Step("under review", at(-16, 10, 25), "sian.prydderch"),
        Step("shortlisted", at(-6, 16, 10), "sian.prydderch"),
    ),
    "lounge-at-half-seven": (
        Step("under review", at(-18, 9, 0), "sian.prydderch"),
        Step(
            "planned",
            at(-10, 11, 45),
            "sian.prydderch",
            prose(
                """
                Yes, and we did not want to wait for the end of the challenge. From the first
                Monday of next month the lounge will open at 7.30am on weekdays, with breakfast
                until 9.

                Two of the lounge team have chosen the early start, and catering will send the
                trolley at no extra cost. We will count how many people use it before 9.30am
                for six weeks and put the numbers here. Weekends come next if it works.
                """
            ),
        ),
        Step(
            "done",
            at(-2, 9, 15),
            "sian.prydderch",
            prose(
                """
                The lounge opens at 7.30am. In its first five mornings **31 people** had breakfast
                there and 22 of them were home by noon. The toast was the part that people wrote
                to thank us for.
                """
            ),
        ),
    ),
    "one-form-for-care-homes": (Step("under review", at(-9, 15, 0), "sian.prydderch"),),
    "one-chart": (Step("under review", at(-1, 10, 30), "daniel.osei"),),
}
