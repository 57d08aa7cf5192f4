"""`/join`: the way in for those whose mail program changes or blocks the link."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from talking_together.accounts.throttle import count_guess, forgive_guesses
from talking_together.core.access import public
from talking_together.core.commits import in_transaction
from talking_together.invitations.blueprint import blueprint
from talking_together.invitations.joining import queries, services
from talking_together.invitations.joining.forms import CodeForm
from talking_together.mail.addresses import normal_address

WHAT = "invitation code"
# The same whatever is wrong, so that nobody learns who is invited.
WRONG = "This code does not belong to this email address. Check both, letter by letter"
TOO_MANY = "There were too many wrong codes for this address. Wait 15 minutes, or use the link in the email"


@blueprint.route("/join", methods=["GET", "POST"])
@public
def join_by_code() -> ResponseReturnValue:
    """Lead from an address and the code in its email to the page that the link would have opened."""
    if request.method != "POST":
        return _page(CodeForm(formdata=None))
    form = CodeForm()
    if not form.validate():
        return _page(form), 400
    email = normal_address(form.email.data or "")
    # Counted before it is looked at: parallel guesses cannot slip past.
    if not in_transaction(lambda: count_guess(WHAT, email)):
        form.add_error("code", TOO_MANY)
        return _page(form), 429
    token = queries.find_token_by_code(email=email, code=form.code.data or "")
    if token is None:
        form.add_error("code", WRONG)
        return _page(form), 400
    in_transaction(lambda: _note_right(email, token))
    return redirect(f"/invitations/{token}", 303)


def _note_right(email: str, token: str) -> None:
    forgive_guesses(WHAT, email)
    services.note_opened(token)


def _page(form: CodeForm) -> str:
    return render_template("invitations/joining/by_code.html", form=form)
