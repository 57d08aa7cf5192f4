"""What people said to each other about getting home from hospital before lunch."""

from .shapes import Comment, Edit, at, hours_ago, prose

THREADS = {
    "medicines-afternoon-before": (
        Comment(
            "priya.kurup",
            "Ward 7 is ready for this. The board round already asks about tomorrow, but the answer "
            "stays on the board and goes no further.",
            at(-20, 8, 5),
            replies=(
                Comment(
                    "zofia.wojcik",
                    "Could the nurse in charge ring pharmacy with the number at 4? It takes one "
                    "minute, and it is the same person each day.",
                    at(-20, 14, 20),
                ),
            ),
        ),
        Comment(
            "samuel.ikande",
            prose(
                """
                I support this, with one caution. The junior doctors' handover is at 4.30pm, and 4pm
                is when the last blood results come back. Could the cut-off be 5pm?

                If the list could be written in **two parts**, what is settled and what waits for a
                result, then most of the bag would be ready.
                """
            ),
            at(-20, 18, 10),
            reach=0.07,
            replies=(
                Comment(
                    "yasmin.chaudhry",
                    "Two parts would work for us. We can start a bag at 5pm if we know by 4 how "
                    "many are coming, so that somebody stays on.",
                    at(-20, 19, 25),
                    reach=0.05,
                    replies=(
                        Comment(
                            "samuel.ikande",
                            "Then let us say numbers by 4 and lists by 5. I will ask my team to "
                            "try it on Ward 12 from Monday.",
                            at(-19, 7, 50),
                        ),
                        Comment(
                            "ka-wai.leung",
                            "I would be one of those staying on, and I don't mind. It is quieter "
                            "at 5pm than at 11am.",
                            at(-19, 12, 35),
                        ),
                    ),
                ),
            ),
        ),
        Comment(
            "wiktoria.lis",
            "From the practice side, a list that was written calmly the day before would have "
            "fewer errors than one written at noon with someone waiting in a coat.",
            at(-18, 13, 0),
            reach=0.05,
        ),
        Comment(
            "rajesh.solanki",
            "If medicines were ready at 9am I could fill the 10am crews. At the moment I have "
            "crews and no passengers.",
            at(-17, 10, 40),
        ),
        Comment(
            "andrew.pickersgill",
            "What happens to the bags that change in the morning? If one in six is thrown away, "
            "that has a cost too.",
            at(-15, 9, 15),
            appeal=0.65,
            replies=(
                Comment(
                    "yasmin.chaudhry",
                    "Nothing leaves the pharmacy overnight, so what is not needed goes back on the "
                    "shelf. The cost is our time, about ten minutes each.",
                    at(-15, 12, 50),
                ),
            ),
        ),
        Comment(
            "stephen.holroyd",
            "Please make the two-part list clear to us as well. We would not want half a list to "
            "reach the practice and be taken for the whole.",
            at(-5, 11, 30),
        ),
    ),
    "tell-community-nurses": (
        Comment(
            "laura.hitchens",
            "We could send this from Towpath. We know who is likely to go by 2pm. Which of your "
            "inboxes is read in the afternoon?",
            at(-19, 9, 30),
            replies=(
                Comment(
                    "amina.hussain",
                    "The hub inbox, please. It is read until 8pm every day, and the nurse on duty answers.",
                    at(-19, 17, 55),
                    replies=(
                        Comment(
                            "laura.hitchens",
                            "Good. I will start with Wards 7 and 12 and see how it goes for a fortnight.",
                            at(-18, 8, 40),
                            reach=0.04,
                        ),
                    ),
                ),
            ),
        ),
        Comment(
            "joanne.tasker",
            "Three days of dressings would save me two trips to the pharmacy most weeks. Please "
            "could the pack say what size, and not only what kind?",
            at(-18, 20, 45),
            reach=0.04,
        ),
    ),
    "book-transport-early": (
        Comment(
            "kwame.ofosu",
            "We used to do this, and we were told off for cancelling. If that has changed, please "
            "say so in writing to the ward managers, or people will keep waiting until they are "
            "certain.",
            at(-20, 7, 40),
            reach=0.06,
            replies=(
                Comment(
                    "rajesh.solanki",
                    "You are right, and I am sorry about that. The old rule counted cancellations "
                    "against the ward. It has gone. I will write to all ward managers this week.",
                    at(-20, 11, 15),
                    reach=0.05,
                    replies=(
                        Comment(
                            "kwame.ofosu",
                            "Thank you. In that case acute medicine will start next Monday.",
                            at(-20, 15, 30),
                        ),
                    ),
                ),
            ),
        ),
        Comment(
            "delroy.campbell",
            "Tell the porters as well, please. If we know the order at 9am we can have people at "
            "the right door. We usually learn it when the crew is already there.",
            at(-16, 6, 55),
        ),
        Comment(
            "bethany.crowther",
            "Would this cover people going home from the emergency department? We never know by 8.30.",
            at(-12, 3, 20),
            edit=Edit(at(-12, 3, 35), "Would this cover people going home from ED? We never know."),
        ),
    ),
    "settle-at-home-visit": (
        Comment(
            "nasreen.begum",
            "This would change my afternoons. I have put off more than one journey home because "
            "nobody could be there to put the heating on.",
            at(-18, 16, 45),
            reach=0.06,
            replies=(
                Comment(
                    "patricia.lowndes",
                    "Ring us even on the day if you are stuck. We can often find somebody within "
                    "an hour before 5pm.",
                    at(-17, 9, 10),
                ),
            ),
        ),
        Comment(
            "paul.entwistle",
            "How would this sit beside reablement? I would not want people to have two strangers "
            "on the doorstep on the same evening.",
            at(-16, 13, 30),
            replies=(
                Comment(
                    "patricia.lowndes",
                    "If you are going, we don't need to. Our visit is for those who have no "
                    "package, or whose package starts the next day.",
                    at(-16, 18, 5),
                    replies=(
                        Comment(
                            "paul.entwistle",
                            "That makes sense. Could we have a look at both lists together at 2pm each day?",
                            at(-15, 8, 25),
                        ),
                    ),
                ),
            ),
        ),
        Comment(
            "saoirse.kelly",
            "Some of our befrienders have asked for something more practical to do. I could bring "
            "three or four to the next training day, for the weekends.",
            at(-9, 14, 15),
            reach=0.05,
        ),
    ),
    "reablement-on-the-ward": (
        Comment(
            "paul.entwistle",
            "I would back this as a trial, for six weeks, with one worker on weekday mornings. We "
            "would count changes to the plan in the first week, before and after.",
            at(-15, 17, 10),
            reach=0.06,
            replies=(
                Comment(
                    "kayleigh.stubbs",
                    "Happy to take a turn. It would help to know which wards expect us, and who "
                    "to ask for at the desk.",
                    at(-14, 20, 40),
                ),
            ),
        ),
    ),
    "lounge-at-half-seven": (
        Comment(
            "delroy.campbell",
            "We can move people from 7.30 if the list is at the porters' desk by 7. My early shift "
            "has two spare then.",
            at(-19, 5, 50),
            replies=(
                Comment(
                    "priya.kurup",
                    "The night staff could leave it for you before they go. Thank you.",
                    at(-19, 7, 15),
                ),
            ),
        ),
        Comment(
            "ciaran.doyle",
            "This was tried a few years ago and nobody used it, because the lounge was cold and "
            "had no one in it. Please sort that out first.",
            at(-17, 22, 30),
            appeal=0.7,
            reach=0.06,
        ),
        Comment(
            "zofia.wojcik",
            "Good to see a yes so quickly. I have told the night team.",
            at(-9, 21, 5),
        ),
    ),
    "one-form-for-care-homes": (
        Comment(
            "leroy.anstead",
            "Please include mental health wards in this. Homes ask us for the same details, and we "
            "have a fifth form.",
            at(-13, 10, 20),
            replies=(
                Comment(
                    "hyacinth.roberts",
                    "Gladly. Send me yours and I will work from all five.",
                    at(-13, 12, 0),
                ),
            ),
        ),
        Comment(
            "chidi.anokwu",
            "A copy to the practice at the same time would spare the home a call to us.",
            at(-7, 18, 35),
        ),
    ),
    "what-will-you-need": (
        Comment(
            "mohammed.rafiq",
            "Could a fifth question be whether the home itself is a problem: damp, stairs, notice "
            "to leave? Housing takes weeks, so day two matters even more to us.",
            at(-11, 10, 5),
            reach=0.05,
        ),
        Comment(
            "bethany.crowther",
            "We could ask these in the emergency department while people wait for a bed.",
            at(-8, 4, 10),
        ),
    ),
    "equipment-store": (
        Comment(
            "piotr.walczak",
            "Could you add key safes and pendants? I can fit one in twenty minutes, but only if I "
            "have one in the van.",
            at(-16, 16, 20),
            replies=(
                Comment(
                    "gwen.maddocks",
                    "Yes. Ten of each to begin with. I am moving to a new post next week, so "
                    "Ngozi has kindly said that she will carry this on.",
                    at(-14, 9, 45),
                ),
            ),
        ),
        Comment(
            "andrew.pickersgill",
            "We would need to agree who pays for what is not returned. A small share each would be "
            "easier than an argument each time.",
            at(-10, 11, 55),
            appeal=0.7,
        ),
    ),
    "two-line-summary": (
        Comment(
            "folasade.williams",
            "Two lines that my team can act on would be worth more to us than six pages on Friday. "
            "Please put the date of anything that is to be repeated.",
            at(-7, 8, 30),
        ),
        Comment(
            "joseph.tholley",
            'Agreed, especially "nothing for you to do". We spend a good part of Monday finding '
            "that out for ourselves. @Amina Hussain, would your hub know it any sooner?",
            hours_ago(5, 20),
        ),
    ),
}
