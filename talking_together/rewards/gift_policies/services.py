"""Setting what an organisation's rules on gifts allow."""

from typing import Any

from sqlalchemy import select

from talking_together.audit.services import record
from talking_together.core import clock
from talking_together.core.access import Actor, ensure_role
from talking_together.core.database import insert_into, locked
from talking_together.core.errors import InvalidInput, NotFound
from talking_together.core.formatting import pounds
from talking_together.extensions import db
from talking_together.organisations.models import Organisation
from talking_together.rewards.gift_policies.queries import get_allowance
from talking_together.rewards.models import GiftPolicy

# Far above what any rule on gifts allows; a typing mistake is likelier.
MOST_CEILING_PENCE = 100_000


def set_allowance(actor: Actor, *, organisation_id: int, opted_out: bool, ceiling_pence: int | None) -> bool:
    """Keep whether an organisation takes part and its ceiling a person and tax year, in pence; logged.

    Nobody loses what they were given before. Returns whether anything changed. Raises InvalidInput for
    a ceiling below nothing or above £1,000, and NotFound.
    """
    ensure_role(actor, "admin")
    if ceiling_pence is not None and not 0 <= ceiling_pence <= MOST_CEILING_PENCE:
        raise InvalidInput(f"The ceiling can be {pounds(MOST_CEILING_PENCE)} at most", field="ceiling")
    # Two admins at once: the log says what each of them changed.
    if db.session.scalar(locked(select(Organisation.id).where(Organisation.id == organisation_id))) is None:
        raise NotFound()
    before = get_allowance(organisation_id)
    if (before.opted_out, before.ceiling_pence) == (opted_out, ceiling_pence):
        return False
    values = {"opted_out": opted_out, "ceiling_pence": ceiling_pence, "changed_at": clock.now()}
    db.session.execute(
        insert_into(GiftPolicy)
        .values(organisation_id=organisation_id, **values)
        .on_conflict_do_update(index_elements=["organisation_id"], set_=values)
    )
    record(
        actor,
        "gift policy changed",
        subject_type="organisation",
        subject_id=organisation_id,
        subject_label=before.organisation,
        details={
            "before": _in_words(before.opted_out, before.ceiling_pence),
            "after": _in_words(opted_out, ceiling_pence),
        },
    )
    return True


def _in_words(opted_out: Any, ceiling_pence: int | None) -> str:
    part = "opted out of rewards" if opted_out else "takes part"
    return f"{part}, ceiling {'none' if ceiling_pence is None else pounds(ceiling_pence)}"
