"""What invented sponsors give in the demo, and who had some of it."""

from dataclasses import dataclass

from .shapes import When, at, prose


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Who gives rewards, with the motif and the colour of the logo."""

    key: str
    name: str
    words: str
    link: str
    motif: str
    colour: int
    desk: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Taken:
    """That a member redeemed points for it, and what became of the voucher."""

    member: str
    at: When
    used: When | None = None
    cancelled: When | None = None


@dataclass(frozen=True, slots=True)
class Reward:
    """Something that a sponsor gives; `shows` says what is on the picture of the motif."""

    key: str
    sponsor: str
    kind: str
    title: str
    text: str
    cost: int
    pence: int
    motif: str
    shows: str
    written: When
    stock: int = 0
    codes: tuple[str, ...] = ()
    published: bool = True
    per_member: int | None = 1
    starts: When | None = None
    ends: When | None = None
    given_for: str | None = None
    groups: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    # Who entered its draw, or pledged so many points of it for a group, and when.
    entered: tuple[tuple[str, When], ...] = ()
    pledged: tuple[tuple[str, str, int, When], ...] = ()


SPONSORS = (
    Sponsor(
        key="leisure",
        name="Aldersholme Leisure",
        words="Five pools, seven gyms and a lido, run for the borough. What we earn goes back into them.",
        link="https://www.aldersholme-leisure.example/",
        motif="waves",
        colour=0x0B6670,
        desk=("Rosie Tallentire", "desk@demo.example"),
    ),
    Sponsor(
        key="cafe",
        name="The Penner Mill Café",
        words="A café that its staff own, in the old mill by the river.",
        link="https://www.pennermill.example/",
        motif="cup",
        colour=0x8A3B12,
    ),
    Sponsor(
        key="theatre",
        name="The Aldersholme Playhouse",
        words="Plays, films and concerts in the old corn exchange.",
        link="",
        motif="stage",
        colour=0x5B2A86,
    ),
)

REWARDS = (
    Reward(
        key="swim",
        sponsor="leisure",
        kind="redeem",
        title="A swim for one",
        text=prose(
            """
            One swim at **any of our five pools**, whenever there is public swimming. Show the voucher
            at the desk, printed or on your phone.

            - Towels are not included
            - You can bring a child under four for nothing
            """
        ),
        cost=30,
        pence=550,
        motif="waves",
        shows="Waves of a pool with a swimmer’s head and arm above the water",
        written=at(-28, 9, 30),
        stock=200,
        per_member=3,
        taken=(
            Taken("man-yee.fung", at(-26, 12, 40), used=at(-25, 18, 5)),
            Taken("owen.llewellyn", at(-25, 7, 55), used=at(-20, 19, 30)),
            Taken("ffion.pritchard", at(-21, 17, 20), used=at(-12, 18, 45)),
            Taken("jasvinder.gill", at(-14, 12, 15)),
            Taken("stephen.holroyd", at(-9, 8, 50), cancelled=at(-8, 13, 10)),
            Taken("man-yee.fung", at(-6, 12, 30)),
            Taken("amina.hussain", at(-2, 12, 50)),
        ),
    ),
    Reward(
        key="gym",
        sponsor="leisure",
        kind="redeem",
        title="Two weeks at any gym",
        text=prose(
            """
            Two weeks of all seven gyms, with a first talk with one of our trainers. Your voucher holds a
            code of ours: type it in when you book your first visit.
            """
        ),
        cost=110,
        pence=2_400,
        motif="weights",
        shows="A barbell with round weights before an evening sky",
        written=at(-27, 10, 15),
        codes=tuple(f"GYM-{number:04}-{(number * 7919) % 9973:04}" for number in range(101, 131)),
        taken=(
            Taken("owen.llewellyn", at(-16, 20, 10)),
            Taken("karim.miah", at(-11, 6, 45)),
        ),
    ),
    Reward(
        key="coffee",
        sponsor="cafe",
        kind="redeem",
        title="Coffee and a slice of cake",
        text=prose(
            """
            Any hot drink and a slice of whatever came out of the oven this morning. There is always a vegan
            one.
            """
        ),
        cost=40,
        pence=620,
        motif="cup",
        shows="A cup with steam above it on a table",
        written=at(-26, 11, 0),
        stock=12,
        taken=(
            Taken("amina.hussain", at(-18, 15, 25)),
            Taken("sophie.ackroyd", at(-15, 10, 5)),
            Taken("niamh.orourke", at(-13, 16, 40)),
            Taken("yasmin.chaudhry", at(-10, 15, 0)),
            Taken("man-yee.fung", at(-7, 11, 20)),
            Taken("joanne.tasker", at(-3, 14, 35)),
        ),
    ),
    Reward(
        key="tennis",
        sponsor="leisure",
        kind="redeem",
        title="Table tennis for four",
        text="An hour at a table for four people, bats and balls included, at the Northside centre.",
        cost=25,
        pence=800,
        motif="bat",
        shows="A red table tennis bat and a ball",
        written=at(-12, 9, 45),
        stock=20,
        groups=("northside",),
    ),
    Reward(
        key="evening",
        sponsor="theatre",
        kind="draw",
        title="An evening at the theatre for two",
        text=prose(
            """
            Two seats in the stalls and a drink in the interval, for any play of the winter season. Three
            evenings are drawn.
            """
        ),
        cost=15,
        pence=4_800,
        motif="stage",
        shows="A stage with red curtains and a spotlight",
        written=at(-10, 14, 0),
        stock=3,
        ends=at(12, 12),
        entered=(
            ("patricia.lowndes", at(-9, 18, 15)),
            ("bethany.crowther", at(-8, 7, 30)),
            ("rajesh.solanki", at(-8, 12, 5)),
            ("wiktoria.lis", at(-6, 13, 20)),
            ("blessing.mensah", at(-5, 20, 45)),
            ("hyacinth.roberts", at(-4, 9, 10)),
            ("yasmin.chaudhry", at(-2, 17, 55)),
        ),
    ),
    Reward(
        key="concert",
        sponsor="theatre",
        kind="draw",
        title="Two tickets for the brass band",
        text="The borough’s brass band plays film music. Two pairs of tickets are drawn.",
        cost=10,
        pence=2_000,
        motif="stage",
        shows="A stage with red curtains and a spotlight",
        written=at(-24, 16, 30),
        stock=2,
        ends=at(-6, 12),
        entered=(
            ("amina.hussain", at(-20, 12, 25)),
            ("laura.hitchens", at(-19, 8, 5)),
            ("kwame.ofosu", at(-17, 21, 15)),
            ("nasreen.begum", at(-15, 13, 0)),
            ("paul.entwistle", at(-12, 16, 50)),
            ("leroy.anstead", at(-10, 10, 30)),
        ),
    ),
    Reward(
        key="breakfast",
        sponsor="cafe",
        kind="team",
        title="Breakfast for your whole team",
        text=prose(
            """
            We bring breakfast for up to twelve to where you work: rolls, fruit, tea and coffee. Pledge
            points together until there are enough; two teams can win one.
            """
        ),
        cost=240,
        pence=6_000,
        motif="plate",
        shows="A plate with a fried egg, and a fork and a knife beside it",
        written=at(-14, 8, 20),
        stock=2,
        ends=at(25, 17),
        pledged=(
            ("jasvinder.gill", "northside", 60, at(-11, 12, 30)),
            ("claire.ollerton", "northside", 15, at(-9, 17, 45)),
            ("karim.miah", "northside", 10, at(-7, 9, 0)),
            ("sophie.ackroyd", "weir-house", 40, at(-6, 10, 40)),
        ),
    ),
    Reward(
        key="welcome",
        sponsor="leisure",
        kind="gift",
        title="A first swim for everybody who joins",
        text="Welcome. Your first swim at any of our five pools is on us.",
        cost=0,
        pence=550,
        motif="waves",
        shows="Waves of a pool with a swimmer’s head and arm above the water",
        written=at(-27, 9, 40),
        stock=500,
        given_for="joined",
    ),
    Reward(
        key="helped",
        sponsor="cafe",
        kind="gift",
        title="Tea for a comment that helped",
        text="When an author says that your comment helped, the tea is on us.",
        cost=0,
        pence=280,
        motif="cup",
        shows="A cup with steam above it on a table",
        written=at(-20, 11, 30),
        stock=100,
        given_for="comment helped",
    ),
    Reward(
        key="yoga",
        sponsor="leisure",
        kind="redeem",
        title="Four evenings of yoga",
        text="For beginners and for people with tired backs, on four Thursdays. Mats are there.",
        cost=90,
        pence=2_000,
        motif="hill",
        shows="A low sun over two hills",
        written=at(-3, 15, 10),
        stock=15,
        starts=at(6, 9),
        ends=at(40, 17),
    ),
    Reward(
        key="bikes",
        sponsor="leisure",
        kind="redeem",
        title="A check of your bike",
        text="",
        cost=45,
        pence=1_500,
        motif="",
        shows="",
        written=at(-1, 16, 20),
        published=False,
    ),
)
