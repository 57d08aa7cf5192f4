"""What community nurses and pharmacy teams said to each other about medicines at home."""

from .shapes import Comment, at, hours_ago

THREADS = {
    "one-chart": (
        Comment(
            "wiktoria.lis",
            "I would be glad to own the printed part. It needs a rule for weekends, when there is "
            "no practice pharmacist.",
            at(-2, 12, 55),
            reach=0.4,
            replies=(
                Comment(
                    "ffion.pritchard",
                    "At weekends the duty matron could strike a line through and add by hand, with "
                    "a message to you for Monday.",
                    at(-2, 17, 15),
                    reach=0.3,
                ),
            ),
        ),
        Comment(
            "amina.hussain",
            "Two charts in one house is what worries me most on a late visit. I would try this on "
            "my own round tomorrow.",
            hours_ago(11, 40),
            reach=0.3,
        ),
    ),
    "tell-us-before-the-pack": (
        Comment(
            "yasmin.chaudhry",
            "We can do this. Please send me the address of the shared inbox, and I will put it on "
            "the checklist for the ward pharmacists.",
            at(-2, 9, 20),
            reach=0.4,
            replies=(
                Comment(
                    "wiktoria.lis",
                    "Sent this morning. Thank you for being so quick.",
                    at(-1, 8, 45),
                    reach=0.2,
                ),
            ),
        ),
    ),
}
