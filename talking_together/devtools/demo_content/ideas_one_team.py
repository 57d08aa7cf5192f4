"""Answers to "What would help us work as one team in each neighbourhood?"."""

from .shapes import Idea, at, prose

IDEAS = (
    Idea(
        key="morning-huddle",
        challenge="one-team",
        author="jasvinder.gill",
        title="A fifteen-minute huddle each morning, same time, every neighbourhood",
        body=prose(
            """
            We find out about each other's visits by accident. A nurse sees our card on the table,
            or a family says that "the other lady" came yesterday.

            Could we have a **huddle at 8.45am on weekdays**, fifteen minutes and no longer? By
            phone or in the room, one person from each service, and three questions:

            - Who are we worried about today?
            - Is anyone being visited by more than one of us?
            - Who is coming out of hospital?

            No minutes. If something needs longer, the two people concerned talk afterwards. I have
            worked with this in another borough. The first fortnight felt like one more meeting,
            and after that people complained if it was cancelled.
            """
        ),
        posted=at(-77, 8, 50),
        appeal=0.91,
        reach=0.44,
    ),
    Idea(
        key="whos-who",
        challenge="one-team",
        author="man-yee.fung",
        title="A who's who page for each neighbourhood, with faces and direct numbers",
        body=prose(
            """
            On the front desk we are asked all day for "the district nurse" or "the social worker
            for our street". I keep a list on paper, and it is out of date within a month.

            I would like **one page for each neighbourhood** with:

            - a photograph, first name and job, in words that the public would understand
            - which streets or practices the person covers
            - a direct number, and the best time to ring it

            Someone has to own it, or it will go the same way as my list. Each practice could check
            its own part on the first of the month. It takes five minutes if you do it every month.
            """
        ),
        posted=at(-76, 12, 30),
        appeal=0.95,
        reach=0.41,
    ),
    Idea(
        key="joint-first-visits",
        challenge="one-team",
        author="ffion.pritchard",
        title="Joint first visits for people who see three or more of us",
        body=prose(
            """
            Some people have a first visit from a nurse, then a social worker, then a therapist,
            and answer the same questions three times in a week. They are polite about it. I don't
            think we should be.

            When three or more services are asked to help, could **two of us go together** and
            share what we find with the rest?

            - The huddle or the duty desk spots that there are three referrals.
            - Two people go, chosen by what matters most at the time.
            - One set of notes, copied to the others the same day.

            It costs an extra half hour at the start and saves at least one whole visit. I have
            tried it informally with Gwen and we would both do it again.
            """
        ),
        posted=at(-74, 17, 45),
        appeal=0.89,
        reach=0.32,
    ),
    Idea(
        key="visiting-desks",
        challenge="one-team",
        author="owen.llewellyn",
        title="Two desks in every building for colleagues who are passing through",
        body=prose(
            """
            Between visits I write my notes in the car. So do most of the community staff I know.
            There are seven buildings in the borough where I could sit for half an hour, if I could
            get through the door and on to the network.

            I would ask for **two desks in each building** that anyone from any partner can use:

            - no booking, an hour at most when it is busy
            - a badge that opens the front door of all seven
            - the guest network set up so that our own laptops work on it

            It would get us in the same room as people we only know by email, and I suspect that
            matters more than the desk.
            """
        ),
        posted=at(-75, 13, 15),
        appeal=0.94,
        reach=0.36,
    ),
    Idea(
        key="shadow-half-day",
        challenge="one-team",
        author="sophie.ackroyd",
        title="Half a day each year with a colleague from another organisation",
        body=prose(
            """
            I learned more from one morning with a reablement worker than from two years of joint
            meetings. I had no idea how a referral of ours looked at the other end.

            My idea is simple: **everyone may spend half a day a year** with somebody from another
            partner, and managers agree to it as they would agree to training.

            - A list of people who are happy to be followed, and when.
            - A short form about confidentiality, signed once.
            - Afterwards, one sentence about what surprised you.

            It costs half a day. Even if only a tenth of us did it, that would be hundreds of
            people who know whom to ring.
            """
        ),
        posted=at(-72, 19, 5),
        appeal=0.9,
        reach=0.29,
    ),
    Idea(
        key="shared-induction",
        challenge="one-team",
        author="stephen.holroyd",
        title="One induction morning for new starters from every partner",
        body=prose(
            """
            A new receptionist at our practice spends the first week on our own systems, and may
            not meet anyone from social care for a year. I expect it is the same the other way
            round.

            Could there be **one morning every other month** for all new starters in the borough,
            whoever employs them?

            - Half an hour from each partner: what we do, what we don't, how to reach us.
            - A case worked through in mixed tables.
            - Lunch, because that is when people swap numbers.

            It could take the place of part of each partner's own induction, so that nobody has to
            find an extra half day. I can offer our waiting room on a training afternoon.
            """
        ),
        posted=at(-70, 10, 55),
        appeal=0.85,
        reach=0.23,
    ),
    Idea(
        key="record-for-link-workers",
        challenge="one-team",
        author="karim.miah",
        title="Let voluntary sector link workers read the shared care record",
        body=prose(
            """
            We are asked to support people whose story we do not know, and we ask them to tell it
            again. Meanwhile what we learn on the doorstep stays in our own notebook.

            I would like named link workers in the voluntary sector to be able to **read a small
            part of the shared record**: who else is involved, how to get in, any risk in visiting,
            and what the person has said matters to them. Not test results, and not letters.

            In return we would add a line after each contact. We would take the same training as
            everyone else, and accept the same checks on who has looked at what.
            """
        ),
        posted=at(-73, 16, 25),
        appeal=0.62,
        reach=0.3,
    ),
    Idea(
        key="pool-cars",
        challenge="one-team",
        author="joanne.tasker",
        title="A pool car at each clinic for urgent visits",
        body=prose(
            """
            When a car breaks down, or somebody new has not passed their test, we lose the whole
            round. I have taken two buses to an urgent visit with a bag of equipment on my knee.

            I would like **one pool car at each of the four clinics**, shared by nurses, therapists
            and social workers. Keys with reception, a book to sign, and half a day at a time.

            If it was electric, it could charge overnight at the clinic. The parking space would
            have to be marked, or there would never be one.
            """
        ),
        posted=at(-68, 20, 15),
        appeal=0.74,
        reach=0.24,
    ),
    Idea(
        key="mental-health-at-meetings",
        challenge="one-team",
        author="niamh.orourke",
        title="Somebody from mental health at every neighbourhood meeting",
        body=prose(
            """
            I sit in two practices and see how often a physical problem and a low mood arrive
            together. Yet in the weekly neighbourhood meeting nobody from our trust is in the room,
            and the question is put off until a referral comes back.

            We could **share the meetings between five of us** so that somebody is always there:

            - advice on the spot, which often means that no referral is needed
            - a named person to ring afterwards
            - we learn who is struggling before it becomes a crisis

            It is about an hour a week each. My manager would agree to it if the others do.
            """
        ),
        posted=at(-65, 14, 35),
        appeal=0.92,
        reach=0.23,
    ),
)
