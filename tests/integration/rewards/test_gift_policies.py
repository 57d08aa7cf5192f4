"""What an organisation's rules on gifts allow, as an admin sets it."""

import pytest
from sqlalchemy import select

from talking_together.audit.models import AuditEntry
from talking_together.extensions import db
from talking_together.rewards.gift_policies.queries import Allowance, get_allowance
from tests.factories import make_admin, make_member, make_organisation, viewer_of
from tests.support.client import Client


def test_an_admin_sets_what_an_organisation_allows(client: Client) -> None:
    organisation = make_organisation(name="Riverside Trust")
    staff = make_member(organisation)
    assert viewer_of(staff).has_rewards
    assert get_allowance(organisation.id) == Allowance(organisation.id, "Riverside Trust", False, None)
    path = f"/admin/organisations/{organisation.id}/gifts"
    assert client.sign_in(staff).get("/help").query("a[href='/rewards']")
    client.sign_in(make_admin())
    form = client.get(path, statements=2).form(path)
    form.submit(ceiling="£37.50", status=303, statements=8)
    assert get_allowance(organisation.id).ceiling_pence == 3750
    page = client.get(path).form(path)
    assert page.fields["ceiling"] == "£37.50"
    page.submit(takes_part="no", ceiling="", status=303)
    page.submit(takes_part="no", ceiling="", status=303)
    assert get_allowance(organisation.id) == Allowance(organisation.id, "Riverside Trust", True, None)
    assert not viewer_of(staff).has_rewards
    client.sign_in(staff)
    assert not client.get("/help").query("a[href='/rewards']")
    assert "does not take part in rewards" in client.get("/rewards").text
    logged = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.details for entry in logged if entry.action == "gift policy changed"] == [
        {"before": "takes part, ceiling none", "after": "takes part, ceiling £37.50"},
        {"before": "takes part, ceiling £37.50", "after": "opted out of rewards, ceiling none"},
    ]


@pytest.mark.parametrize("typed", ["-5", "£1e9", "1,000.01", "5" * 5000, "nothing"])
def test_a_ceiling_that_is_no_amount_is_refused_beside_its_field(client: Client, typed: str) -> None:
    organisation = make_organisation()
    path = f"/admin/organisations/{organisation.id}/gifts"
    client.sign_in(make_admin())
    page = client.get(path).form(path).submit(ceiling=typed, status=400)
    assert page.query("#ceiling-error")
    assert page.form(path).fields["ceiling"] == typed
    assert get_allowance(organisation.id).ceiling_pence is None
