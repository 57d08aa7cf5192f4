"""Where honest use ends and a sign begins: every number, and why it is that one.

They are set so that an honest team, a quick reader and a drop-in session stay well on this side of
them (`tests.support.gaming_figures` measures it). A sign is for a moderator to look at, so that a
missed one costs little and an honest person shown as one costs much.
"""

from datetime import timedelta

# How far back from where the last one got to a sweep looks for who did something, from now at most,
# and how many of them it looks at.
LOOK_BACK = timedelta(days=1)
MOST_LOOK_BACK = timedelta(days=14)
MOST_VOTERS = 3_000
MOST_SIGNS = 50

# Rings: members whose thumbs up go nearly only to one another.
RING_MEMBERS = 3
RING_MOST_MEMBERS = 12
RING_THUMBS = 6
RING_TIE = 0.06
RING_SHARE = 0.7
RING_LIFT = 3.0
OUTSIDE_THUMBS = 30

# Many votes in seconds.
BURST_VOTES = 15
BURST_SECONDS = 10

# An account whose votes go to one author only.
TARGET_UP = 8
TARGET_DOWN = 6
TARGET_SHARE = 0.9
TARGET_LIFT = 3.0

# One's own ideas in a challenge, nearly the same.
OWN_TITLES = 0.45
OWN_TEXTS = 0.7
OWN_SHORTEST = 4
OWN_MOST = 30
MOST_IDEAS = 2_000

# Accounts that join in a burst.
JOINS_LOOK_BACK = timedelta(days=7)
MOST_JOINS = 2_000
JOINS_AT_ONCE = 40
JOINS_AT_ONCE_WITHIN = timedelta(minutes=10)
JOINS_FOR_ONE = 5
JOINS_FOR_ONE_WITHIN = timedelta(minutes=30)
JOINED_THUMBS = 2
JOINED_SHARE = 0.6
JOINED_WROTE = 1.0

# A sign that was set aside comes back only when it has grown by both.
GROWN_TIMES = 1.5
GROWN_BY = 5

REASONS = {
    "LOOK_BACK": "What somebody does in an evening is seen whole, whenever a sweep comes.",
    "MOST_LOOK_BACK": "A worker that stood still for longer was missed by somebody; it bounds what the first "
    "look after that costs.",
    "MOST_VOTERS": "More than vote on a busy day of 20,000 members; it bounds what a sweep costs.",
    "MOST_SIGNS": "Nobody looks at more new ones; what is left is found by the next sweep.",
    "RING_MEMBERS": "Two colleagues who like each other's ideas are no ring, nor are two pairs who each "
    "write together: three must vote for each other. A pair that votes for nobody else shows as votes "
    "for one person only.",
    "RING_MOST_MEMBERS": "More people who vote for one another are a department.",
    "RING_THUMBS": "Whoever gave fewer thumbs up has hardly voted, and has nobody else to show.",
    "RING_TIE": "A thumb among two dozen happens; that each gives the other one in sixteen is a tie.",
    "RING_SHARE": "Honest teams favour colleagues with up to six in ten of their thumbs.",
    "RING_LIFT": "In a small site everybody votes for the few who write: others must do so much less.",
    "OUTSIDE_THUMBS": "With fewer thumbs of others there is nothing to compare with.",
    "BURST_VOTES": "With the next: three votes in two seconds, time and again.",
    "BURST_SECONDS": "One minute, the fastest honest page, takes a person at least a second a vote.",
    "TARGET_UP": "Fewer can be a first look at a colleague's ideas.",
    "TARGET_DOWN": "Thumbs down are rarer, so that fewer tell as much.",
    "TARGET_SHARE": "Somebody who uses the site votes for a second person soon.",
    "TARGET_LIFT": "Of an author who wrote most of what there is, many votes say little.",
    "OWN_TITLES": "Titles of one plan, said again, share about half of their runs of letters.",
    "OWN_TEXTS": "And texts most of them; a plan for another ward is told in other words.",
    "OWN_SHORTEST": "Of fewer words any two may look alike.",
    "OWN_MOST": "The latest of one author in one challenge; more would be compared for ever.",
    "MOST_IDEAS": "The newest ideas; it bounds what a sweep costs.",
    "JOINS_LOOK_BACK": "What new accounts do shows in the days after.",
    "MOST_JOINS": "More than any week brings by codes and words.",
    "JOINS_AT_ONCE": "With the next: in a room with a poster somebody joins every quarter of a minute.",
    "JOINS_AT_ONCE_WITHIN": "See above.",
    "JOINS_FOR_ONE": "A ward at its break joins together; that it also votes for one person does not happen.",
    "JOINS_FOR_ONE_WITHIN": "A break.",
    "JOINED_THUMBS": "Whoever gave a single thumb up may have come for just that.",
    "JOINED_SHARE": "Of the thumbs of those who came together, to one author.",
    "JOINED_WROTE": "People who came to take part write something: ideas and comments for each account.",
    "GROWN_TIMES": "Somebody looked and found it honest; a little more of the same is the same.",
    "GROWN_BY": "So that one vote more on two is not much more.",
}
