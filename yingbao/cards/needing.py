"""Who has no card, who needs a photo for it, and how far each child has come. 未制卡名单

A child who enrols and has no card that is ordered, made, ready or held has none. Age is reckoned on the first day of
the plan year's cover, as everywhere (MISSION, fixed readings): so the list of those who need a photo stands still
while photos are being collected.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from yingbao.cards.lifecycle import LIVE_CARD, CardState, PhotoState
from yingbao.cards.models import Card, Photo
from yingbao.collection.models import Obligation
from yingbao.determination.cover import months_after
from yingbao.enrolment.lifecycle import ENROLLED, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.people.models import Person
from yingbao.policy.model import CardRule, Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MONEY_IN = frozenset({State.PAID, State.EXEMPT, State.COVERED})
"""States in which the family owes nothing any more. 缴费到账"""


class Standing(StrEnum):
    """How far a child has come to a card. 制卡进度"""

    PHOTO = "photo"
    LOOK = "look"
    MONEY = "money"
    ORDER = "order"
    MAKING = "making"
    READY = "ready"
    HELD = "held"

    @property
    def text(self) -> Text:
        """What it is called on a page."""
        return STANDING_NAMES[self]


STANDING_NAMES = {
    Standing.PHOTO: Text("缺照片", "photo missing"),
    Standing.LOOK: Text("照片待审", "photo to look at"),
    Standing.MONEY: Text("待缴费到账", "money to come"),
    Standing.ORDER: Text("待制卡", "to be ordered"),
    Standing.MAKING: Text("制卡中", "being made"),
    Standing.READY: Text("可领取", "ready"),
    Standing.HELD: Text("已持卡", "has a card"),
}
WITHOUT = (Standing.PHOTO, Standing.LOOK, Standing.MONEY, Standing.ORDER)
"""Children who have no card and for whom none is being made. 未制卡"""


def rule_of(season: Season) -> CardRule:
    """The season's rule for cards. 制卡规定

    Raises Refused where the policy knows of none.
    """
    rule = policy_of(season).card
    if rule is None:
        raise Refused(
            where=season.policy,
            what=Text("本地政策没有制卡规定", "this policy says nothing of cards"),
            mend=Text("卡由当地另行发放，不用在这里办理。", "Cards are issued elsewhere; there is nothing to do here."),
        )
    return rule


def photo_needed_until(policy: Policy) -> date | None:
    """Who was born on this day or before needs a photo; None where no child needs one. 须交照片的出生日期"""
    if policy.card is None or policy.card.photo is None:
        return None
    first, age = policy.cover_from, policy.card.photo_from_age
    return date(first.year - age, first.month, first.day)


def needs_photo(person: Person, policy: Policy) -> bool:
    """Whether the child's card needs a photo; of an unknown birth date it is asked for. 是否须交照片"""
    last = photo_needed_until(policy)
    return last is not None and (person.birth_date is None or person.birth_date <= last)


def with_standing(season: Season, rows: QuerySet[Enrolment] | None = None) -> QuerySet[Enrolment]:
    """Those who enrol in a season, each with `standing`, `card_key`, `photo_key`. 制卡名单"""
    last, area = photo_needed_until(policy_of(season)), season.pooling_area
    held = Card.objects.filter(person=OuterRef("person"), pooling_area=area, state__in=sorted(LIVE_CARD))
    photo = Photo.objects.filter(person=OuterRef("person"), pooling_area=area, purged_at__isnull=True)
    young = Q(person__birth_date__gt=last) if last else Q(pk__isnull=False)
    found = Enrolment.objects.all() if rows is None else rows
    found = found.filter(season=season, state__in=sorted(ENROLLED)).annotate(
        card_state=Subquery(held.values("state")[:1]),
        card_key=Subquery(held.values("pk")[:1]),
        photo_state=Subquery(photo.values("state")[:1]),
        photo_key=Subquery(photo.values("pk")[:1]),
    )
    return found.annotate(
        standing=Case(
            When(card_state=CardState.HELD, then=Value(Standing.HELD.value)),
            When(card_state=CardState.READY, then=Value(Standing.READY.value)),
            When(card_state__isnull=False, then=Value(Standing.MAKING.value)),
            When(photo_state=PhotoState.WAITING, then=Value(Standing.LOOK.value)),
            When(~young & Q(photo_state__isnull=True), then=Value(Standing.PHOTO.value)),
            When(~Q(state__in=sorted(MONEY_IN)), then=Value(Standing.MONEY.value)),
            default=Value(Standing.ORDER.value),
            output_field=CharField(),
        )
    )


def to_order(season: Season) -> QuerySet[Enrolment]:
    """Children whose money is in and whose photo is accepted or not needed, without a card. 待制卡

    Asked with the conditions themselves: so only those who paid are looked through, and not a whole city. Nobody where
    the policy has no rule for cards.
    """
    policy = policy_of(season)
    if policy.card is None:
        return Enrolment.objects.none()
    last, area = photo_needed_until(policy), season.pooling_area
    held = Card.objects.filter(person=OuterRef("person"), pooling_area=area, state__in=sorted(LIVE_CARD))
    photos = Photo.objects.filter(person=OuterRef("person"), pooling_area=area, purged_at__isnull=True)
    rows = Enrolment.objects.filter(season=season, state__in=sorted(MONEY_IN)).exclude(Exists(held))
    fit = Exists(photos.filter(state=PhotoState.ACCEPTED))
    young = Q(person__birth_date__gt=last) & ~Exists(photos) if last else ~Exists(photos)
    return rows.filter(fit | young)


def money_day(enrolment: Enrolment) -> date:
    """The day on which nothing was owed any more: the payment's, else that of the acceptance. 到账日期"""
    owed = Obligation.objects.filter(enrolment=enrolment, ended_at__isnull=True).first()
    return _money_day(enrolment, owed)


def money_days(enrolments: list[Enrolment]) -> dict[int, date]:
    """The same for many, by enrolment. 到账日期"""
    live = Obligation.objects.filter(enrolment__in=enrolments, ended_at__isnull=True)
    owed = {one.enrolment_id: one for one in live}
    return {one.pk: _money_day(one, owed.get(one.pk)) for one in enrolments}


def _money_day(enrolment: Enrolment, owed: Obligation | None) -> date:
    if owed is None:
        return china_day(enrolment.state_at)
    return owed.paid_on or china_day(owed.assessed_at)


def ready_on(rule: CardRule, *days: date | None) -> date:
    """The day on which a card is ready: so many calendar months after the last of these days. 可领日期

    The days on which money and photo came in, and the one on which a former card was reported lost. Where the month
    has no such day, its last.
    """
    return months_after(max(day for day in days if day is not None), rule.ready_after_months)


def photo_day(photo: Photo | None) -> date | None:
    """The day on which a photo that passed was handed in, not the one on which somebody looked at it."""
    return china_day(photo.handed_in_at) if photo else None


def cards_of(person: Person, area: str) -> list[Card]:
    """All cards of a child in a pooling area, the newest first. 历次卡片"""
    return list(Card.objects.filter(person=person, pooling_area=area).select_related("batch").order_by("-pk"))


def photo_of(person: Person, area: str) -> Photo | None:
    """The photo whose picture is there, if there is one. 现有照片"""
    return Photo.objects.filter(person=person, pooling_area=area, purged_at__isnull=True).first()


def is_due(card: Card, at: datetime) -> bool:
    """Whether the day on which the card should be ready is over without it. 是否超期"""
    waited = card.state == CardState.ORDERED and card.ready_on is not None
    return waited and card.ready_on is not None and card.ready_on < china_day(at)
