"""Answers to "Medicines at home: what gets in our way, and what would fix it?"."""

from .shapes import Idea, at, hours_ago, prose

IDEAS = (
    Idea(
        key="one-chart",
        challenge="medicines-at-home",
        author="shanice.morgan",
        title="One chart in the house, whoever gives the dose",
        body=prose(
            """
            In some homes there is our chart, the care agency's chart and a list on the fridge. All
            three are right, on different days.

            I would like **one chart that every service writes on**. It stays in the yellow folder,
            and the practice pharmacist is the only one who changes what is printed.

            - Nurses and care staff sign on the same sheet.
            - When something changes, the pharmacist sends a new sheet and the old one is struck
              through.
            - The duty nurse keeps a photograph of the latest sheet on the shared drive.

            Two agencies have told me that they would use it if we asked them. We could start with
            one practice.
            """
        ),
        posted=at(-3, 17, 35),
        appeal=0.95,
        reach=0.85,
    ),
    Idea(
        key="tell-us-before-the-pack",
        challenge="medicines-at-home",
        author="wiktoria.lis",
        title="Tell the practice before a weekly pack is changed, not after",
        body=prose(
            """
            When a dose changes in hospital, the weekly pack at home is wrong from that moment. We
            often learn of it when the family notices two different tablets.

            My proposal for the ward pharmacists is **one message to the practice pharmacist before
            the person leaves**, saying:

            1. which pack is affected, and the pharmacy that makes it
            2. what has been stopped, started or changed
            3. whether the pack at home should be collected

            I would reply the same day to say that it is done. Please send it to the shared
            pharmacy inbox and not to me by name, as I work three days a week.
            """
        ),
        posted=at(-3, 12, 10),
        appeal=0.9,
        reach=0.7,
    ),
    Idea(
        key="advice-until-eight",
        challenge="medicines-at-home",
        author="joanne.tasker",
        title="A pharmacist to ring until 8pm",
        body=prose(
            """
            After 5.30pm, if I have a question about a syringe driver or a dose that looks wrong, I
            ring the out of hours doctor and wait. It can be two hours, and often the answer is one
            that a pharmacist could give in two minutes.

            Could the hospital pharmacists and the practice pharmacists **share a phone from 5.30pm
            to 8pm on weekdays**? Between them there are fourteen, so it would be about one evening
            in three weeks each.

            For the first month we could write down every call, to see whether there are enough to
            justify it.
            """
        ),
        posted=at(-2, 21, 20),
        appeal=0.8,
        reach=0.6,
    ),
    Idea(
        key="weekly-supply-check",
        challenge="medicines-at-home",
        author="ffion.pritchard",
        title="A weekly check of the supplies we keep for care at the end of life",
        body=prose(
            """
            We leave a small box of medicines in the home when somebody is in their last weeks, so
            that they need not wait at night. It is only useful if it is complete and in date.

            I suggest that **one named nurse checks every box on the same day each week** and sends
            the list to the practice pharmacist, who orders what is short.

            - A printed list on the lid, so that anyone can see what belongs in it.
            - A label with the earliest expiry date.
            - When a box comes back, it is logged by two people, as now.

            It is fifteen minutes a week for each team, set against a night visit and a long drive.
            """
        ),
        posted=hours_ago(26),
        appeal=0.9,
        reach=0.4,
    ),
    Idea(
        key="photograph-the-chart",
        challenge="medicines-at-home",
        author="amina.hussain",
        title="Somewhere safe to keep a picture of the chart",
        body=prose(
            """
            When a chart changes during a visit, I read it down the phone to the duty nurse and she
            writes it out again. We both know that this is how mistakes are made.

            The work phones can take a picture, but there is nowhere approved to put it. Ask Ka-Wai
            what the wards do.
            """
        ),
        posted=hours_ago(30),
        appeal=0.9,
        reach=0.0,
        draft=True,
    ),
)
