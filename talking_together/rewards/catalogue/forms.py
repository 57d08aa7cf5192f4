"""The forms that rewards are set up with."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from talking_together.challenges.forms import LondonTimeField, NumberField, wall_time
from talking_together.core.formatting import pounds
from talking_together.core.forms import Form, line_field, strip, text_field
from talking_together.core.money import pence_in
from talking_together.core.rich_text import MAX_SOURCE
from talking_together.files.forms import PICTURE_HINT, PictureForm, picture_field
from talking_together.rewards.catalogue.contents import (
    GIVEN_FOR,
    MOST_DAYS,
    MOST_PER_MEMBER,
    MOST_STOCK,
    MOST_TITLE,
    RewardContent,
)
from talking_together.rewards.models import MOST_PENCE, MOST_POINTS

NOT_MONEY = "Enter an amount in pounds, such as £4.50 or 12"


class MoneyField(StringField):
    """An amount of money, typed as "£12.50"; `pence` is what it comes to, 0 where nothing was typed."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, filters=[strip], **kwargs)

    @property
    def pence(self) -> int:
        """Return the amount in pence."""
        return (pence_in(self.data) or 0) if self.data else 0

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms hands it over
        """Refuse what is no amount, and what is more than any reward is worth."""
        pence = pence_in(self.data) if self.data else 0
        if pence is None:
            raise ValidationError(NOT_MONEY)
        if pence > MOST_PENCE:
            raise ValidationError(f"Enter an amount from £0 to {pounds(MOST_PENCE)}")


class RewardForm(Form):
    """What is given, by whom, to whom, for how many points, how many of it, and when."""

    sponsor_id = SelectField("Who gives it?", coerce=int, choices=[])
    kind = RadioField(
        "What kind of reward is it?",
        choices=[
            SelectChoice("redeem", "A voucher for points"),
            SelectChoice("draw", "A prize draw"),
            SelectChoice("team", "A team prize"),
            SelectChoice("gift", "A gift"),
        ],
        default="redeem",
        validators=[InputRequired("Choose what kind of reward it is")],
    )
    given_for = SelectField(
        "What is it given for?", choices=[SelectChoice(*each) for each in GIVEN_FOR.items()], default="joined"
    )
    title = line_field("Title", most=MOST_TITLE, required="Enter a title")
    body = text_field(
        "Text",
        most=MAX_SOURCE,
        hint="What it is, where it can be used, and what people should bring or know.",
    )
    cost = NumberField(
        "Cost in points",
        0,
        MOST_POINTS,
        default=0,
        description="Of a voucher, of a place in the draw, or of all that a group pledges. 0 for a gift.",
    )
    face_value = MoneyField(
        "Face value",
        description="What it would cost to buy, such as £4.50. It goes into the register of gifts.",
    )
    stock_kind = RadioField(
        "How many are there?",
        choices=[
            SelectChoice("number", "A number of them"),
            SelectChoice("codes", "As many as the sponsor gives codes"),
        ],
        default="number",
    )
    stock = NumberField("Number", 0, MOST_STOCK, default=0, description="For a draw, how many are drawn.")
    per_member = NumberField(
        "Most for one person",
        1,
        MOST_PER_MEMBER,
        default=1,
        description="How many vouchers, or places in the draw. Leave it empty for no limit.",
    )
    valid_days = NumberField("Days that a voucher is good for", 1, MOST_DAYS, default=90)
    starts_at = LondonTimeField("From", description="Leave it empty to begin when it is published.")
    ends_at = LondonTimeField(
        "Until", description="A draw takes place at this time. Leave it empty to give until none are left."
    )
    audience = RadioField(
        "Who may have it?",
        choices=[
            SelectChoice("everyone", "Everyone whose organisation takes part"),
            SelectChoice("chosen", "People of chosen organisations and groups"),
        ],
        default="everyone",
    )
    organisations = SelectMultipleField("Organisations", coerce=int, choices=[])
    groups = SelectMultipleField("Staff groups", coerce=int, choices=[])
    version = HiddenField()

    def offer(
        self,
        *,
        sponsors: Sequence[tuple[int, str]],
        organisations: Sequence[tuple[int, str]],
        groups: Sequence[tuple[int, str]],
    ) -> None:
        """Set what can be chosen from."""
        self.sponsor_id.choices = [SelectChoice(*each) for each in sponsors]
        self.organisations.choices = [SelectChoice(*each) for each in organisations]
        self.groups.choices = [SelectChoice(*each) for each in groups]

    def content(self) -> RewardContent:
        """Return what was written, for the service."""
        kind = self.kind.data
        return RewardContent(
            sponsor_id=self.sponsor_id.data,
            kind=kind,
            title=self.title.data or "",
            body=self.body.data or "",
            cost=self.cost.data or 0,
            face_value_pence=self.face_value.pence,
            stock_kind=self.stock_kind.data,
            stock=self.stock.data or 0,
            per_member=self.per_member.data,
            valid_days=self.valid_days.data or 0,
            # The choice stands in the form of every kind.
            given_for=self.given_for.data if kind == "gift" else None,
            starts_at=self.starts_at.moment,
            ends_at=self.ends_at.moment,
            organisation_ids=frozenset(self.organisations.data or ()),
            group_ids=frozenset(self.groups.data or ()),
            is_for_everyone=self.audience.data == "everyone",
        )


class RewardPictureForm(PictureForm):
    """The picture of a reward, with what is said in place of it."""

    picture = picture_field(
        "Picture",
        required="Choose a picture",
        hint=f"{PICTURE_HINT}. At least 800 pixels wide; it is cut to a wide strip.",
    )


def form_values(reward: Any) -> dict[str, Any]:
    """Return what the form of a stored reward starts with."""
    return {
        "sponsor_id": reward.sponsor_id,
        "kind": reward.kind,
        "given_for": reward.given_for or "joined",
        "title": reward.title,
        "body": reward.body_source,
        "cost": reward.cost,
        "face_value": pounds(reward.face_value_pence),
        "stock_kind": reward.stock_kind,
        "stock": reward.stock,
        "per_member": reward.per_member,
        "valid_days": reward.valid_days,
        "starts_at": wall_time(reward.starts_at),
        "ends_at": wall_time(reward.ends_at),
        "audience": "chosen" if reward.organisation_ids or reward.group_ids else "everyone",
        "organisations": reward.organisation_ids,
        "groups": reward.group_ids,
        "version": reward.version,
    }
