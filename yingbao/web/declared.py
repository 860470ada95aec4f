"""What pages and papers show of a frozen declaration, the same for every desk. 申报表内容"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum

from yingbao.collection.models import BankAccount, Obligation
from yingbao.declaration.freezing import digest_of
from yingbao.declaration.lifecycle import STANDING, State
from yingbao.declaration.models import Declaration, DeclarationLine
from yingbao.enrolment.seasons import china_day, last_day, policy_of
from yingbao.paper import declaration_form as paper
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.values import clock, divisions, money
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.phases import until

FAMILY = Text("家庭", "the family")
PAYING = Text("家庭缴费", "the family pays")
EXEMPT = Text("免缴", "exempt")
NO_CLASS = Text("未编班", "no class")
CHANGES = {
    "add": Text("新增", "added"),
    "correct": Text("更正金额", "sums corrected"),
    "remove": Text("退出", "taken off"),
}
METHODS = {
    "transfer": Text("银行转账", "bank transfer"),
    "debit": Text("电子扣款", "direct debit"),
    "none": Text("无需缴费", "nothing to pay"),
}
TONES = {
    "frozen": "warn", "submitted": "accent", "accepted": "good", "partly_accepted": "good", "returned": "bad",
    "discarded": "",
}  # fmt: skip


class CategoryRow(NamedTuple):
    """One line of the sums by category. 分类合计"""

    category: Text
    payer: Text
    listed_by: str
    heads: int
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int


class Group(NamedTuple):
    """The lines of one class, or of one kind of change, in their order. 班级明细"""

    name: Text
    lines: list[DeclarationLine]
    heads: int
    self_paid_fen: int


class Paid(NamedTuple):
    """How much of what a declaration owes has come in. 到账进度"""

    owed: int
    """children whose family owes something by this declaration"""
    paid: int
    owed_fen: int
    paid_fen: int

    @property
    def rest_fen(self) -> int:
        """What is still to come."""
        return self.owed_fen - self.paid_fen


def title(declaration: Declaration) -> Text:
    """首次申报, or 补充申报（第2次）."""
    if not declaration.is_supplement:
        return Text("首次申报", "Declaration")
    return Text("补充申报（第{n}次）", "Supplement {n}").filled(n=declaration.ordinal - 1)


def category_of(line: DeclarationLine, policy: Policy) -> Text:
    """What a child is declared as: one whose family pays, or the category that exempts it. 类别"""
    if line.category:
        return terms.ASSISTANCE[line.category]
    return PAYING if line.self_paid_fen else EXEMPT


def sums(declaration: Declaration) -> list[CategoryRow]:
    """Heads and sums of the added children by category, listing body and payer. 分类合计"""
    policy = policy_of(declaration.season)
    rows = (
        declaration.lines.filter(change=DeclarationLine.ADD)
        .values("paid_by", "category", body=F("listed_by__name"))
        .annotate(
            heads=Count("pk"), premium=Sum("premium_fen"), self_paid=Sum("self_paid_fen"), other=Sum("subsidised_fen")
        )
        .order_by("paid_by", "category", "body")
    )
    return [
        CategoryRow(
            terms.ASSISTANCE[row["category"]] if row["category"] else (EXEMPT if row["paid_by"] else PAYING),
            payer(row["paid_by"], policy),
            row["body"] or "",
            row["heads"],
            row["premium"],
            row["self_paid"],
            row["other"],
        )
        for row in rows
    ]


def payer(paid_by: str, policy: Policy) -> Text:
    """Who pays: the family, or the body that the policy names. 缴费方"""
    return policy.subsidy_payers.get(paid_by, Text(paid_by, paid_by)) if paid_by else FAMILY


def groups(lines: Iterable[DeclarationLine]) -> list[Group]:
    """The lines, in the order of their ordinals, by class; corrections and removals after them. 按班级"""
    found = []
    for (change, label), each in groupby(lines, key=lambda line: (line.change, line.class_label)):
        own = list(each)
        name = Text(label, label) if label else NO_CLASS
        if change != DeclarationLine.ADD:
            name = Text("{change} · {name}", "{change} · {name}").filled(change=CHANGES[change], name=name)
        found.append(Group(name, own, len(own), sum(line.self_paid_fen for line in own)))
    return found


def lines_of(declaration: Declaration) -> QuerySet[DeclarationLine]:
    """All lines in their order, with what a page needs beside each."""
    return declaration.lines.select_related("enrolment", "listed_by").order_by("ordinal")


def paid(declaration: Declaration) -> Paid:
    """How much of what it owes is in, by the obligations that came of it and still stand. 到账进度"""
    figures = Obligation.objects.filter(declaration=declaration, ended_at__isnull=True, due_fen__gt=0).aggregate(
        owed=Count("pk"),
        paid=Count("pk", filter=Q(paid_fen=F("due_fen"))),
        owed_fen=Sum("due_fen", default=0),
        paid_fen=Sum("paid_fen", default=0),
    )
    return Paid(**figures)


def to_pay(declaration: Declaration) -> int:
    """What is to be paid by it, in fen: the frozen sum, and once it is taken, what of that is still owed. 应缴金额

    After an acceptance in part, a withdrawal or a payment that is less than was frozen: whoever transferred the frozen
    sum would overpay.
    """
    return paid(declaration).rest_fen if declaration.state in STANDING else declaration.self_paid_fen


def account_of(declaration: Declaration) -> BankAccount | None:
    """The account into which the pooling area's premiums are transferred. 收款账户"""
    accounts = BankAccount.objects.filter(pooling_area=declaration.season.pooling_area, active=True)
    return accounts.order_by("pk").first()


def shown(declaration: Declaration) -> dict[str, Any]:
    """What every page about a declaration shows. 页面内容"""
    rest, policy = to_pay(declaration), policy_of(declaration.season)
    return {
        "one": declaration,
        "title": title(declaration),
        "tone": TONES[declaration.state],
        "method": METHODS[declaration.method],
        "sums": sums(declaration),
        "total": declaration.self_paid_fen + declaration.subsidised_fen,
        "to_pay": rest,
        "capitals": money.capitals(rest),
        "figures": money.figures(rest),
        "account": account_of(declaration),
        **until(policy, clock.today()),
        "paid": paid(declaration),
        "digest": bytes(declaration.digest).hex(),
        "intact": digest_of(declaration) == bytes(declaration.digest),
        "policy": policy,
    }


def form(declaration: Declaration) -> bytes:
    """The declaration as a PDF to stamp and sign. 申报表"""
    policy = policy_of(declaration.season)
    organisation = declaration.organisation
    return paper.draw_declaration_form(
        paper.DeclarationPaper(
            school_name=organisation.name,
            school_code=organisation.code,
            pooling_area_name=divisions.name(declaration.season.pooling_area).zh,
            season=policy.name,
            number=f"{declaration.season.plan_year}-{organisation.code}-{declaration.ordinal}",
            supplement=declaration.ordinal - 1,
            remittance_reference=declaration.reference,
            payee=_payee(declaration),
            deadline=last_day(policy, china_day(declaration.frozen_at)).day,
            sums=[
                paper.CategorySum(
                    row.category, row.payer, row.heads, row.premium_fen, row.self_paid_fen, row.subsidised_fen
                )
                for row in sums(declaration)
            ],
            classes=[
                paper.DeclaredClass(
                    group.name.zh,
                    [
                        paper.DeclaredPupil(
                            line.name,
                            line.number_masked,
                            category_of(line, policy),
                            line.premium_fen,
                            line.self_paid_fen,
                            line.subsidised_fen,
                        )
                        for line in group.lines
                    ],
                )
                for group in groups(lines_of(declaration))
            ],
            to_pay_fen=declaration.self_paid_fen,
            hash=bytes(declaration.digest).hex(),
            frozen_at=declaration.frozen_at,
            simulated=settings.DEMO,
        )
    )


def notice(declaration: Declaration) -> bytes:
    """The notice by which the agent's accountant transfers what is owed at this moment. 缴款通知

    Raises Refused if nothing is to be paid by it, or as long as the account to pay into is not published.
    """
    organisation, standing = declaration.organisation, declaration.state in STANDING
    owed = paid(declaration)
    if not to_pay(declaration) or declaration.state in (State.RETURNED, State.DISCARDED):
        raise Refused(
            where=declaration.reference,
            what=Text("这份申报现在没有要缴的款", "Nothing is to be paid by this declaration now"),
            mend=Text("无需转账。", "Transfer nothing."),
        )
    if account_of(declaration) is None:
        raise Refused(
            where=declaration.reference,
            what=Text("收款账户还没有公布", "The account to pay into is not published yet"),
            mend=Text("请先联系主管税务部门，不要转账。", "Ask the tax authority before you transfer."),
        )
    return paper.draw_payment_notice(
        paper.NoticePaper(
            school_name=organisation.name,
            school_code=organisation.code,
            season=policy_of(declaration.season).name,
            declaration_number=f"{declaration.season.plan_year}-{organisation.code}-{declaration.ordinal}",
            heads=owed.owed - owed.paid if standing else declaration.payers,
            amount_fen=to_pay(declaration),
            remittance_reference=declaration.reference,
            payee=_payee(declaration),
            deadline=last_day(policy_of(declaration.season), clock.today()).day,
            issued_on=clock.today(),
            simulated=settings.DEMO,
        )
    )


def _payee(declaration: Declaration) -> paper.Payee:
    account = account_of(declaration)
    if account is None:
        return paper.Payee("", "", "")
    return paper.Payee(account.holder, account.number, account.bank)
