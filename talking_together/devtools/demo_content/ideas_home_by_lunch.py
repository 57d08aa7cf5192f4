"""Answers to "How can we get people home from hospital before lunch?"."""

from .shapes import Idea, at, hours_ago, prose

IDEAS = (
    Idea(
        key="medicines-afternoon-before",
        challenge="home-by-lunch",
        author="yasmin.chaudhry",
        title="Write up the medicines to take home on the afternoon before",
        body=prose(
            """
            On most wards we get the list of medicines to take home between 10am and noon on the
            day itself. Everyone's list arrives in the same two hours, so everyone waits.

            I would like the **afternoon board round** to ask one question of each person: could
            they go tomorrow? If the answer is probably, the doctor writes up the medicines by 4pm
            and we make them ready overnight.

            - About one list in six would change in the morning. We can alter a bag in ten minutes;
              making one up from nothing takes an hour and a half.
            - It needs one doctor on each ward to own the job until 4pm.
            - Wards 7 and 12 have said that they would try it for a month.

            We already do this on Fridays and it is the one day when the queue is short by lunch.
            """
        ),
        posted=at(-21, 12, 40),
        appeal=0.92,
        reach=0.48,
    ),
    Idea(
        key="tell-community-nurses",
        challenge="home-by-lunch",
        author="amina.hussain",
        title="Tell community nurses the day before, and send three days of dressings home",
        body=prose(
            """
            We often hear that someone is home when they ring us, or when the practice does. By
            then it is the afternoon, nobody has planned the visit, and there are no dressings in
            the house.

            Two small changes would help:

            1. The ward sends our hub a **short message the day before**: who is coming home, what
               they will need from us, and when the first visit is due. It can change. We would
               rather have a message that changes than none.
            2. The ward packs **three days of dressings** and anything else that we need for the
               first visit. A prescription takes two days to reach us, even when all goes well.

            We plan tomorrow's rounds at 3pm, so a message before then fits into the day. After
            that somebody has to be moved to make room.
            """
        ),
        posted=at(-20, 19, 15),
        appeal=0.93,
        reach=0.42,
    ),
    Idea(
        key="pharmacy-list-by-four",
        challenge="home-by-lunch",
        author="bethany.crowther",
        title="Give pharmacy tomorrow's list by 4pm",
        body=prose(
            """
            If we had the names of tomorrow's likely leavers by 4pm, the late shift could make up
            half of the bags before it goes home. At the moment the late shift tidies up and the
            early shift drowns.

            A list with mistakes in it is better than no list.
            """
        ),
        posted=at(-18, 16, 50),
        appeal=0.9,
        reach=0.2,
    ),
    Idea(
        key="book-transport-early",
        challenge="home-by-lunch",
        author="rajesh.solanki",
        title="Book transport at the morning board round, not when the bag is packed",
        body=prose(
            """
            Half of our bookings for the same day come in between 1pm and 3pm. We have the same
            number of crews at 10am, and they are quiet.

            Wards wait until everything is certain because they worry about wasting a crew. Please
            don't. If you **book a provisional slot at the 8.30 board round** and cancel by 11, the
            crew goes to the next job and nobody loses.

            What we would need:

            - a box on the booking form that says *provisional*
            - one named person on each ward who confirms or cancels by 11
            - to know about stairs, oxygen and keys at the time of booking

            I would happily sit with any ward for a morning to show what the day looks like from
            our desk.
            """
        ),
        posted=at(-21, 15, 5),
        appeal=0.84,
        reach=0.37,
    ),
    Idea(
        key="settle-at-home-visit",
        challenge="home-by-lunch",
        author="patricia.lowndes",
        title="A settle at home visit within two hours of getting back",
        body=prose(
            """
            Our volunteers already make about twenty visits a week to people who have just come
            home: the heating on, milk in the fridge, a cup of tea, and a look round for anything
            that could trip someone up. When a person lives alone it can decide whether they manage
            the first night.

            At present we hear by chance. I would like **every person aged over 75 who lives
            alone** to be offered a visit before they leave the ward.

            - We could cover weekdays until 7pm with the volunteers that we have.
            - Weekends would need about eight more, and a coordinator for two half days.
            - Each volunteer is checked, trained in moving safely, and knows whom to ring.

            It only works if people are home in daylight, which is why I have put it here.
            """
        ),
        posted=at(-19, 10, 20),
        appeal=0.96,
        reach=0.44,
    ),
    Idea(
        key="reablement-on-the-ward",
        challenge="home-by-lunch",
        author="blessing.mensah",
        title="Let reablement staff meet people on the ward before they come home",
        body=prose(
            """
            We meet most people for the first time on their doorstep, with a referral that was
            written a few days earlier. Sometimes they can do more than it says. Sometimes they can
            do less, and then we spend the first evening on the phone.

            If **one of us was on the wards each morning**, we could:

            - see how the person gets up and moves
            - agree the first week with them and their family
            - tell our office by 10am how many visits to plan

            We did this for two weeks last year when a colleague was on light duties, and there
            were fewer changes to the plan afterwards. Nobody counted properly, so I would like us
            to try it again and count this time.
            """
        ),
        posted=at(-17, 20, 30),
        appeal=0.87,
        reach=0.28,
    ),
    Idea(
        key="lounge-at-half-seven",
        challenge="home-by-lunch",
        author="priya.kurup",
        title="Open the discharge lounge at 7.30am and serve breakfast there",
        body=prose(
            """
            The lounge opens at 9.30am. By then breakfast has been given out on the ward, the
            morning round has started, and the bed cannot be cleaned until after lunch.

            If it **opened at 7.30am with breakfast**, anyone who is ready and waiting only for
            medicines or transport could move straight down. They would have a comfortable chair, a
            proper table and someone to ask, and the ward could start on the bed before 9.

            It needs one healthcare assistant to start two hours earlier, and the kitchen to send
            one more trolley. The lounge team say that they would rather start early and finish
            early in any case.
            """
        ),
        posted=at(-20, 7, 10),
        appeal=0.9,
        reach=0.41,
    ),
    Idea(
        key="one-form-for-care-homes",
        challenge="home-by-lunch",
        author="hyacinth.roberts",
        title="One agreed form for care homes, and a call before 10am",
        body=prose(
            """
            Care homes tell me that they are asked to take someone back at 4pm with a call at 2pm.
            They say no, because the person who can assess has gone home. Then everybody is cross.

            I have spoken to eleven homes. Nearly all said the same: **ring before 10am, send the
            same form every time, and we can usually say yes for the same day.**

            The form should fit on one page:

            - what has changed since the person left the home
            - medicines started and stopped, and when the last dose was
            - how they are eating, moving and sleeping
            - a direct number on the ward until 8pm

            Four different forms are in use today. I have copies of all of them and would gladly
            draft one that covers the lot.
            """
        ),
        posted=at(-15, 11, 45),
        appeal=0.86,
        reach=0.29,
    ),
    Idea(
        key="what-will-you-need",
        challenge="home-by-lunch",
        author="ngozi.umeh",
        title='Ask "what will you need at home?" on the first day',
        body=prose(
            """
            We tend to ask about home when someone is nearly well enough to leave. That is when we
            learn about the bed upstairs, the key that only a neighbour has, or the daughter who is
            away until Thursday.

            I suggest four questions in the admission paperwork, asked by whoever does it:

            1. Who is at home with you?
            2. How do you get in, and where do you sleep?
            3. Who helps you now, and have they been told?
            4. What worries you about going home?

            None of it needs a therapist. It would mean that our team starts on **day two instead
            of day six**, and that the ordinary things are sorted out before they become the reason
            for staying.
            """
        ),
        posted=at(-12, 16, 20),
        appeal=0.88,
        reach=0.22,
    ),
    Idea(
        key="equipment-store",
        challenge="home-by-lunch",
        author="gwen.maddocks",
        title="Keep a small store of common equipment at the hospital",
        body=prose(
            """
            Deliveries of equipment stop at 3pm on Friday. If somebody needs a commode, a perching
            stool or a raised toilet seat on Friday afternoon, they may wait until Monday for
            something that would fit in the boot of a car.

            I would like a **locked cupboard near the Towpath office** with about ten of each of
            the six things that we order most. Therapists sign them out, and the store tops it up
            every Tuesday.

            The risks are that things go missing, and that the wrong size goes home. A sign-out
            sheet and a short list of who may use it would deal with most of that. Beds and hoists
            should stay with the store as now.
            """
        ),
        posted=at(-18, 9, 35),
        appeal=0.79,
        reach=0.26,
    ),
    Idea(
        key="two-line-summary",
        challenge="home-by-lunch",
        author="anjali.deshmukh",
        title="Two lines to the practice on the day, the full letter when it is ready",
        body=prose(
            """
            The full discharge letter is useful, and it often arrives after the person does. When
            the family rings us on the first morning, we are reading last year's notes.

            Could the ward send **two lines on the day**, by the message route that we already use
            for results?

            - why they were in, and what has changed
            - what you want us to do, and by when

            If there is nothing for us to do, say so; that is just as useful. I would not want this
            to become another form. Two lines, typed by whoever says goodbye.
            """
        ),
        posted=at(-8, 13, 5),
        appeal=0.72,
        reach=0.18,
    ),
    Idea(
        key="carers-time",
        challenge="home-by-lunch",
        author="devon.pottinger",
        title="Agree the time with the carer before it goes on the board",
        body=prose(
            """
            Carers tell us the same story again and again. They get a call to say that the person
            they look after is on the way, while they are at work or collecting a child.

            Please could the ward **put the carer's name and number on the board**, and ring them
            before a time is agreed? A carer who knows the day before can swap a shift, do a shop
            and be there to open the door.

            - One call, made by anyone on the team.
            - Ask what time is possible, and not only whether they can manage.
            - Offer our number. We can talk through the first few days with them that afternoon.
            """
        ),
        posted=at(-4, 21, 10),
        appeal=0.94,
        reach=0.13,
    ),
    Idea(
        key="leaving-times",
        challenge="home-by-lunch",
        author="jing.zhao",
        title="Show each ward its own leaving times every week",
        body=prose(
            """
            The figures that go to the board are for the whole hospital, and six weeks old. No ward
            can see whether a change that it made on Monday helped by Friday.

            I can make a **one-page picture for each ward every Monday morning** from data that we
            already collect: how many people left before noon, before 4pm and after, and what they
            were waiting for when that was recorded.

            I would send it to the ward manager only, to be used or ignored. I don't think that a
            league table would help anyone, because the wards look after very different people.
            """
        ),
        posted=hours_ago(21, 15),
        appeal=0.6,
        reach=0.06,
    ),
    Idea(
        key="evening-therapy",
        challenge="home-by-lunch",
        author="tunde.ogunbiyi",
        title="Therapy assessments between 4pm and 7pm for people leaving next morning",
        body=prose(
            """
            Most stairs assessments happen between 9am and noon, which is also when we would like
            people to be leaving.

            If two of us worked a later day in turn, we could see tomorrow's list in the evening
            while families are visiting. Still to work out: cover for the community visits, and
            whether the ward has enough staff at that time.
            """
        ),
        posted=at(-2, 18, 40),
        appeal=0.8,
        reach=0.0,
        draft=True,
    ),
    Idea(
        key="second-lounge",
        challenge="home-by-lunch",
        author="ciaran.doyle",
        title="Use the old plaster room as a second waiting area",
        body=prose(
            """
            The old plaster room beside the emergency department has been empty for months.
            With six chairs it could be a place to wait for people who need only a lift home, so
            that the cubicles are free for the next person.

            It has a call bell and its own door to the ambulance bay. It would need a clean, chairs
            and somebody to look in every half hour, which the department could manage from 8am to
            8pm.
            """
        ),
        posted=at(-14, 6, 50),
        appeal=0.6,
        reach=0.09,
        withdrawn=at(-11, 22, 10),
    ),
)
