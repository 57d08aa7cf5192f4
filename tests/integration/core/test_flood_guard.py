"""The coarse limit in front of the forms that anybody can post to."""

from talking_together.accounts import views
from tests.support.client import Client


def test_a_flood_of_posts_to_sign_in_is_stopped_in_words(client: Client) -> None:
    allowed = int(views.FLOOD.split()[0])
    token = client.token()
    answers = set()
    for _ in range(allowed + 1):
        # As in service, each in an app context of its own: nothing that one read is held for the next.
        with client.app.app_context():
            response = client.browser.post(
                "/sign-in",
                data={"csrf_token": token, "email": "", "password": ""},
                base_url=client.origin,
                headers={"Referer": f"{client.origin}/"},
            )
        answers.add(response.status_code)
    assert answers == {400, 429}
    assert "Wait" in response.get_data(as_text=True) or "wait" in response.get_data(as_text=True)


def test_pages_have_no_such_limit(client: Client) -> None:
    for _ in range(700):
        with client.app.app_context():
            assert client.browser.get("/healthz", base_url=client.origin).status_code == 200
