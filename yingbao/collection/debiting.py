"""Batches of direct debits: what a bank is asked to take, frozen child by child. 批扣

A declaration is in one batch at a time. What each debit is for is kept with it, so that money taken for a child who
became exempt in the meantime goes back, and no other child gets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Sum

from yingbao.agents.models import Appointment
from yingbao.collection import matching
from yingbao.collection.advising import check_collector
from yingbao.collection.lifecycle import DebitState
from yingbao.collection.models import BankAccount, DebitBatch, DebitItem, DebitPart, Mandate, Obligation
from yingbao.collection.whole import whole
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration
from yingbao.enrolment.seasons import china_day
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LIVE = (DebitState.PENDING, DebitState.SUCCEEDED)
MOST_ITEMS = 9_999


def ready(*, pooling_area: str) -> list[tuple[Declaration, Mandate, int]]:
    """The declarations that can be debited now, each with its agreement and what is unpaid in fen. 可扣款申报表"""
    rows = Declaration.objects.filter(state__in=STANDING, method="debit", season__pooling_area=pooling_area)
    rows = rows.exclude(debit_items__state__in=LIVE).select_related("organisation", "season").order_by("pk")
    agents = {one.organisation_id for one in rows}
    mandates = {one.organisation_id: one for one in Mandate.objects.filter(organisation__in=agents, state="verified")}
    owed = Obligation.objects.filter(declaration__in=[one.pk for one in rows if one.organisation_id in mandates])
    owed = owed.filter(due_fen__gt=0, paid_fen=0, ended_at__isnull=True)
    # Summed where it lies: an area's declarations owe for hundreds of thousands of children.
    unpaid = dict(owed.order_by().values_list("declaration").annotate(fen=Sum("due_fen")))
    return [(one, mandates[one.organisation_id], unpaid[one.pk]) for one in rows if one.pk in unpaid]


def ready_sum(*, pooling_area: str) -> tuple[int, int]:
    """How many declarations can be debited now, and the fen that would come of it. 可扣款合计"""
    agreed = Mandate.objects.filter(state="verified").values("organisation")
    owed = Obligation.objects.filter(
        declaration__state__in=STANDING, declaration__method="debit", declaration__season__pooling_area=pooling_area,
        declaration__organisation__in=agreed, due_fen__gt=0, paid_fen=0, ended_at__isnull=True,
    ).exclude(declaration__debit_items__state__in=LIVE)  # fmt: skip
    sums = owed.aggregate(n=Count("declaration", distinct=True), fen=Sum("due_fen", default=0))
    return sums["n"], sums["fen"]


def make_batch(
    *, pooling_area: str, account: BankAccount, collect_on: date, by: Appointment, at: datetime
) -> DebitBatch:
    """A batch of all that can be debited now, frozen. 生成批次

    Raises Refused if there is nothing to debit, the day is over, or the account is another area's.
    """

    def deed() -> DebitBatch:
        check_collector(pooling_area, by)
        own = BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if own.pooling_area != pooling_area or not own.active:
            what = Text("收款账户不属于本统筹区或已停用", "the account is another area's, or is no longer used")
            raise _refused(own.number, what, Text("另选收款账户", "choose another account"))
        if collect_on < china_day(at):
            what = Text("扣款日已过", "the day of collection is over")
            raise _refused(str(collect_on), what, Text("选今天或以后的日子", "choose today or a later day"))
        return _frozen(own, collect_on, by, at)

    return whole(deed)


def mark_sent(*, batch: DebitBatch, by: Appointment, at: datetime) -> None:
    """Its file was handed out for the bank; the first time counts. 已下载送银行"""
    check_collector(batch.pooling_area, by)
    DebitBatch.objects.filter(pk=batch.pk, sent_at__isnull=True).update(sent_at=at)


def items_of(batch: DebitBatch) -> Sequence[DebitItem]:
    """The debits of a batch in their order. 批次明细"""
    rows = DebitItem.objects.filter(batch=batch).select_related("mandate", "declaration__organisation", "arrival")
    return list(rows.annotate(heads=Count("parts")).order_by("ordinal"))


def _frozen(account: BankAccount, collect_on: date, by: Appointment, at: datetime) -> DebitBatch:
    area = account.pooling_area
    asked = [one.pk for one, _, _ in ready(pooling_area=area)]
    # Under their locks once more: another officer may have made a batch of them.
    list(Declaration.objects.filter(pk__in=asked).order_by("pk").select_for_update(no_key=True))
    due = [each for each in ready(pooling_area=area) if each[0].pk in asked][:MOST_ITEMS]
    signed = [each for each in due if each[1].signed_on <= collect_on]
    if not signed:
        what = Text("现在没有可以扣款的申报表", "there is no declaration to debit now")
        mend = Text(
            "已受理、缴款方式为扣款、协议已核验、尚有未缴且不在其他批次的申报表才能扣款",
            "only accepted ones by debit, with a verified agreement, something unpaid, and in no other batch",
        )
        raise _refused(account.number, what, mend)
    unpaid = matching.unpaid_of(one.pk for one, _, _ in signed)
    with transaction.atomic():
        batch = DebitBatch.objects.create(
            pooling_area=area, account=account, number=_number(area, at), collect_on=collect_on, made_at=at,
            made_by=by.user, total_fen=sum(fen for _, _, fen in signed), heads=sum(map(len, unpaid.values())),
        )  # fmt: skip
        items = DebitItem.objects.bulk_create(
            [
                DebitItem(
                    batch=batch, ordinal=ordinal, end_to_end=f"{batch.number}{ordinal:04}", mandate=mandate,
                    declaration=one, amount_fen=fen,
                )
                for ordinal, (one, mandate, fen) in enumerate(signed, 1)
            ]
        )  # fmt: skip
        DebitPart.objects.bulk_create(
            [
                DebitPart(item=item, obligation=owed, amount_fen=owed.due_fen)
                for item in items
                for owed in unpaid[item.declaration_id]
            ]
        )
    return batch


def _number(area: str, at: datetime) -> str:
    """K, area, day, and a number of that day: sixteen signs that a bank's texts carry whole."""
    day = f"K{area}{china_day(at):%y%m%d}"
    made = DebitBatch.objects.filter(number__startswith=day).count()
    return f"{day}{made + 1:03}"


def _refused(where: str, what: Text, mend: Text) -> Refused:
    return Refused(where=where, what=what, mend=mend)
