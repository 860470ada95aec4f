"""The letters to the parents of any number of children, as their decisions stand. 告家长书"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings

from yingbao.agents.models import Organisation
from yingbao.cases.responsible import contact_of
from yingbao.determination.explain import said_day
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.parts import REGISTRATION_PLACES
from yingbao.enrolment.reasons import as_it_stands, reasons
from yingbao.enrolment.seasons import last_day_of, policy_of, windows
from yingbao.families.stages import who_pays_rest
from yingbao.paper.letter import LetterPaper, LetterReason
from yingbao.people.grades import grade_name
from yingbao.people.models import IdentityDocument, SchoolRoll
from yingbao.policy.model import Policy
from yingbao.values import money
from yingbao.values.text import Text

PAGE = "/family/"
THROUGH_SCHOOL = Text(
    "把钱交给学校，由学校统一申报缴费；学校申报后，也可扫码用微信或支付宝缴。",
    "Hand the money to the school, which declares and pays; once declared, it can be paid by phone too.",
)


def letters_of(enrolments: Sequence[Enrolment], *, on: date) -> list[LetterPaper]:
    """What stands on each child's letter, in their order; two statements for a whole class. 告家长书内容

    The enrolments come with person, season and organisation.
    """
    persons = [one.person_id for one in enrolments]
    documents = IdentityDocument.objects.filter(person__in=persons, replaced_at__isnull=True)
    masks = dict(documents.values_list("person", "number_masked"))
    stays = SchoolRoll.objects.filter(person__in=persons, left_on__isnull=True)
    rolls = {(stay.person_id, stay.school_id): stay for stay in stays}
    # A school has one number, asked for once and not with every child.
    phones = {one.organisation_id: _phone(one.organisation) for one in enrolments}
    return [_letter(one, masks.get(one.person_id, ""), rolls.get((one.person_id, one.organisation_id)),
                    phones[one.organisation_id], on) for one in enrolments]  # fmt: skip


def _phone(organisation: Organisation) -> str:
    found = contact_of(organisation)
    return found.phone if found else ""


def _letter(one: Enrolment, masked: str, stay: SchoolRoll | None, phone: str, on: date) -> LetterPaper:
    policy = policy_of(one.season)
    rest = who_pays_rest(one, policy)
    return LetterPaper(
        child_name=one.person.name,
        identity_masked=masked,
        class_label=f"{grade_name(stay.stage, stay.grade).zh}{stay.class_name}" if stay else "",
        agent_name=one.organisation.name,
        agent_phone=phone,
        title=policy.name,
        notice_number=policy.source.number or "",
        plan_year=one.plan_year,
        amount_fen=one.self_paid_fen,
        premium_fen=one.premium_fen,
        verdict=as_it_stands(one).text,
        rest=Text("另由{payer}缴 {sum}", "{payer} pays another {sum}").filled(
            payer=rest, sum=money.said(one.subsidised_fen)
        ) if rest else None,
        reasons=[LetterReason(each.sentence, each.clause) for each in reasons(one, policy)],
        cover=(one.coverage_from, one.coverage_to) if one.coverage_from and one.coverage_to else None,
        deadline=last_day_of(one, on).day,
        ways=ways(one, policy),
        help_lines=[(line.about, "、".join(line.phones)) for line in policy.help_lines if line.phones],
        family_url=f"{settings.PLATFORM_URL}{PAGE}",
        issued_on=on,
        simulated=settings.DEMO,
        dates=later_days(policy),
    )  # fmt: skip


def later_days(policy: Policy) -> list[tuple[Text, Text]]:
    """The days after the open period in which one can still enrol, on other terms. 补缴期"""
    return [
        (window.name, Text("{first}至{last}", "{first} to {last}").filled(
            first=said_day(window.first), last=said_day(window.last)))
        for window in windows(policy) if window.phase == "late"
    ]  # fmt: skip


def ways(one: Enrolment, policy: Policy) -> list[Text]:
    """What this child's family does, in order: register, then pay by the child's own channel. 办理步骤"""
    steps = []
    if one.status != "enrolled":
        return [Text("对结果有疑问，请联系办理单位或拨打咨询电话。", "If in doubt, ask the office or a help line.")]
    if one.registration in REGISTRATION_PLACES:
        steps.append(
            Text("首次参保，先登记基本信息：{place}。", "A first-timer is registered first: {place}.").filled(
                place=REGISTRATION_PLACES[one.registration]
            )
        )
    if not one.self_paid_fen:
        return [
            *steps,
            Text("家庭不用缴费；凡要求为此转账的都是诈骗。", "Nothing to pay; who asks for money is a fraud."),
        ]
    routes = [route for route in policy.payment_routes if route.for_ == "family" and one.channel == "online"]
    for route in routes:
        text = "；".join(step.zh for step in route.steps)
        steps.append(Text(f"{route.name.zh}：{text}。", f"{route.name.en}: " + "; ".join(s.en for s in route.steps)))
    if one.channel == "school":
        steps.append(THROUGH_SCHOOL)
    if one.channel == "community":
        steps.append(Text("带孩子证件到社区缴费：{agent}。", "Pay at the community: {agent}.").filled(
            agent=one.organisation.name))  # fmt: skip
    if one.channel == "online" and not routes:
        steps.append(Text("扫码用微信或支付宝缴费。", "Scan and pay with WeChat or Alipay."))
    return [*steps, Text("缴费后在家长页面取电子票据。", "The receipt is on the families' page.")]
