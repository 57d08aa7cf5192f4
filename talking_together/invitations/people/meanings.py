"""What the state of an invitation means, in words for an admin."""

MEANINGS = {
    "draft": "Nothing has been sent yet. The phase is being prepared.",
    "queued": "Waits for its turn, by the hours and the rate of its phase.",
    "sending": "On its way to the mail server.",
    "sent": "The mail server took it. Nobody has joined with it yet.",
    "joined": "The person has joined.",
    "outcome unknown": (
        "The connection or the worker stopped while the email was leaving. It may have arrived, or not. "
        "Nothing is sent twice by itself: send it again if a second email does no harm."
    ),
    "failed": "The mail server refused it for good. Its words are below.",
    "bounced": "A mail system sent it back. Its words are below. The link works all the same.",
    "declined": "The person said that it is not for them. They may still change their mind.",
    "revoked": "An admin took it back, or the phase was stopped before it left. Its link lets nobody join.",
    "expired": "Its time is over. The person can ask for a new one on its page.",
    "already a member": "The person joined in another way.",
    "suppressed": "Nothing is sent to this address until an admin lifts it.",
}
