"""Who serves at a sponsor's desk signs in like others, and is nowhere taken for one of the people."""

import pytest

from talking_together.accounts import placing, services
from talking_together.challenges.moderator_queries import get_managed
from talking_together.core import clock
from talking_together.core.errors import Conflict, InvalidInput
from talking_together.home.queries import admin_figures
from talking_together.ideas.people import people_like, people_named, people_with_ids
from talking_together.invitations.staff_lists.assessing import Assessed
from talking_together.invitations.staff_lists.known_people import AT_DESK, mark_known_people, mark_leavers
from tests.factories import make_admin, make_challenge, make_member, make_organisation, viewer_of
from tests.factories.desks import make_desk_member
from tests.factories.members import PASSWORD
from tests.support.client import Client


def test_they_sign_in_to_the_desk_and_see_nothing_else(client: Client) -> None:
    desk = make_desk_member(name="Dee Marsh")
    page = client.get("/sign-in").form("/sign-in").submit(email=desk.email, password=PASSWORD, status=303)
    assert client.get(page.location, status=302).location == "/desk"
    page = client.get("/challenges", status=403)
    paths = {link["href"] for link in page.query("header a, nav a")}
    assert paths == {"/desk", "/desk/used", "/me/password", "/me/sessions"}
    form = client.get("/me/password").form("/me/password")
    new = "seven lamps over a marble kettle"
    assert form.submit(current_password=PASSWORD, password=new, status=303).location == "/desk"


@pytest.mark.usefixtures("app")
def test_they_are_counted_and_offered_nowhere() -> None:
    organisation = make_organisation()
    admin = viewer_of(make_admin(organisation))
    staff = make_member(organisation, name="Dee Ashworth")
    challenge = make_challenge()
    desk = make_desk_member(name="Dee Marsh")
    assert [row.id for row in people_like(admin, challenge.id, "dee")] == [staff.id]
    assert people_with_ids(challenge.id, {staff.id, desk.id}) == {staff.id: "Dee Ashworth"}
    assert people_named(challenge.id, {"Dee Marsh"}) == {}
    counted = admin_figures().members
    make_desk_member()
    assert admin_figures().members == counted
    assert get_managed(challenge.id, at=clock.now()).people == counted


@pytest.mark.usefixtures("app")
def test_no_admin_and_no_list_makes_them_something_else() -> None:
    organisation = make_organisation()
    admin, desk = viewer_of(make_admin(organisation)), make_desk_member()
    with pytest.raises(Conflict, match="no other role"):
        services.change_role(admin, member_id=desk.id, role="staff", reason="Works here")
    with pytest.raises(InvalidInput, match="belongs to an organisation"):
        placing.place_member(admin, member_id=desk.id, organisation_id=organisation.id, group_ids=[])
    joining = Assessed(row=2, email=desk.email, outcome="new", cells=[])
    leaving = Assessed(row=3, email=desk.email, outcome="leaving", cells=[])
    mark_known_people([joining])
    mark_leavers([leaving], asked_by=admin.id)
    assert {(row.outcome, row.reason) for row in (joining, leaving)} == {("needs attention", AT_DESK)}
