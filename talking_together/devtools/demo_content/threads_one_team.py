"""What people said to each other about working as one team."""

from .shapes import Comment, Edit, at

THREADS = {
    "morning-huddle": (
        Comment(
            "owen.llewellyn",
            "I would come to this every day if it really was fifteen minutes. Standing up helps.",
            at(-76, 9, 5),
            reach=0.05,
        ),
        Comment(
            "folasade.williams",
            "At 8.45 every practice is at its busiest. I am for it, but please find a way for us "
            "to take part without leaving the desk.",
            at(-75, 13, 40),
            reach=0.06,
            replies=(
                Comment(
                    "jasvinder.gill",
                    "What would suit you? We could ring round at 8.15, or you could send a message "
                    "only when there is something.",
                    at(-75, 17, 20),
                    replies=(
                        Comment(
                            "folasade.williams",
                            "A message when there is something. I can promise that.",
                            at(-74, 8, 10),
                        ),
                    ),
                ),
                Comment(
                    "stephen.holroyd",
                    "The same for us. Most days there would be nothing, which is good news in itself.",
                    at(-73, 12, 25),
                ),
            ),
        ),
        Comment(
            "tunde.ogunbiyi",
            "Could someone from Towpath dial in for the third question? They know who is coming "
            "out before any of us.",
            at(-71, 18, 50),
            replies=(
                Comment(
                    "laura.hitchens",
                    "Yes, one of us can. We would be glad to hear who is ready for whom.",
                    at(-70, 8, 55),
                ),
            ),
        ),
        Comment(
            "catrin.howells",
            "Please hold it by phone, at least to start with. Ten minutes' driving each way would "
            "finish it off.",
            at(-69, 20, 5),
        ),
    ),
    "whos-who": (
        Comment(
            "amina.hussain",
            "Yes please, and put the hub number first. People ring my mobile when I am driving.",
            at(-75, 19, 40),
            reach=0.05,
        ),
        Comment(
            "claire.ollerton",
            "It would help if it said what each of us does **not** do. I am often asked for things "
            "that I cannot arrange.",
            at(-74, 10, 15),
            reach=0.06,
            edit=Edit(
                at(-74, 10, 50),
                "It would help if it said what each of us does not do.",
            ),
        ),
        Comment(
            "manjit.sandhu",
            "Please add the walking groups and the lunch clubs. They are part of the team too.",
            at(-66, 16, 0),
        ),
        Comment(
            "imran.sattar",
            "Not everyone wants their photograph on a wall. Could it be by choice?",
            at(-50, 15, 30),
            reach=0.05,
            replies=(
                Comment(
                    "man-yee.fung",
                    "Of course. Name and job would be enough, and a drawing of the building if people like.",
                    at(-49, 12, 40),
                ),
            ),
        ),
    ),
    "joint-first-visits": (
        Comment(
            "gwen.maddocks",
            "It worked because we agreed in the car who would ask what. I would put that in the guidance.",
            at(-73, 9, 25),
        ),
        Comment(
            "jasvinder.gill",
            "Our assessment has parts that the law says we must cover. Would a nurse's version count?",
            at(-70, 13, 10),
            removed=at(-67, 9, 0),
            replies=(
                Comment(
                    "ffion.pritchard",
                    "That is the question we need the two employers to settle. I would not want to "
                    "start until they have.",
                    at(-69, 18, 30),
                    replies=(
                        Comment(
                            "nasreen.begum",
                            "It has been settled for leaving hospital, so there is wording that we "
                            "could borrow.",
                            at(-68, 12, 15),
                        ),
                    ),
                ),
            ),
        ),
    ),
    "visiting-desks": (
        Comment(
            "tunde.ogunbiyi",
            "The badge is the hard part. I carry four at present.",
            at(-74, 18, 0),
            reach=0.06,
        ),
        Comment(
            "harriet.sowerby",
            "I have asked the three landlords to meet. Could people say here which buildings they "
            "would use most?",
            at(-68, 11, 20),
            replies=(
                Comment(
                    "joanne.tasker",
                    "Quarry Road clinic and Weir House, mostly around noon.",
                    at(-67, 20, 30),
                ),
            ),
        ),
    ),
    "shadow-half-day": (
        Comment(
            "paul.entwistle",
            "Reablement would take two people a month. Sensible shoes, and be ready to make toast.",
            at(-70, 8, 45),
            reach=0.05,
        ),
        Comment(
            "leroy.anstead",
            "Wards would need notice of a week or so. Nights are worth seeing as well, if anyone is willing.",
            at(-68, 22, 15),
        ),
    ),
    "record-for-link-workers": (
        Comment(
            "anjali.deshmukh",
            "I understand the need, but my patients agreed to share their record with those who "
            "treat them. We would have to ask them again, and properly.",
            at(-71, 19, 20),
            reach=0.07,
            appeal=0.75,
            replies=(
                Comment(
                    "karim.miah",
                    "We would want that too. Most people I meet assume that I can see it already, "
                    "and are surprised that I can't.",
                    at(-70, 10, 35),
                    reach=0.05,
                ),
            ),
        ),
    ),
    "pool-cars": (
        Comment(
            "hyacinth.roberts",
            "The council has six cars at Weir House that mostly stand still after 2pm. Could those "
            "be shared first?",
            at(-66, 11, 5),
            reach=0.06,
        ),
    ),
}
