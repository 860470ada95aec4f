"""Where people who are stuck find whom to ask: the directory, the help lines, and the questions most asked. 帮助

Open to everyone. Schools, sub-districts, contacts and phones are published ones; no child is looked up here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.steps import pays_through_school
from yingbao.policy.model import Policy
from yingbao.policy.outcomes import in_general
from yingbao.values.text import Text

MOST_FOUND = 20
LONGEST_TERM = 40


class Question(NamedTuple):
    """A question that people have, what to do, and where to do it. 常见问题"""

    asked: Text
    answer: Text
    url: str = ""
    """the name of an address"""
    words: Text = Text("", "")


MONEY_AT_SCHOOL = Question(
    Text("钱交给谁？", "Whom do I pay?"),
    Text(
        "本地由学校或社区统一申报、缴费，家长不用自己在手机上缴；孩子的金额在学校发的告家长书上。",
        "Here the school or community declares and pays for all; families do not pay by phone. Your child's sum stands "
        "in the letter that the school hands out.",
    ),
)
MONEY_BY_FAMILY = Question(
    Text("钱怎么缴？", "How do I pay?"),
    Text(
        "参过保的孩子在手机上缴，可以替别人缴；头一次参保的先到社区登记，当场缴。",
        "A child enrolled before is paid for by phone, by anyone; a first-timer is registered at the community first "
        "and paid for there.",
    ),
    "pay-guide", Text("看缴费指南", "How to pay"),
)  # fmt: skip
QUESTIONS = (
    Question(
        Text("缴费时说“没有登记信息”", "Paying says that there is no registration"),
        Text(
            "孩子头一次参保，要先登记基本信息再缴费。在学校的问班主任或学校经办人；没上学的到户籍所在社区，带户口簿。",
            "A first-timer is registered before anything is paid. Ask the school if the child goes to one; otherwise "
            "go to the community of the hukou with the household book.",
        ),
    ),
    Question(
        Text("缴了费，查不到参保", "I paid, and the child is not shown as covered"),
        Text(
            "缴费到账、参保生效是两步。到账后一般次日可查；待遇从规定的日期起。保存好缴费凭证，{whom}。",
            "Money that arrived and cover that began are two steps. It usually shows the next day; cover begins on the "
            "day that the policy sets. Keep the proof of payment and {whom}.",
        ),
    ),
    Question(
        Text("缴了两次，或者不该缴的缴了", "I paid twice, or for a child who is exempt"),
        Text(
            "多缴的钱平台会留住，原路退回，不用申请；一个月还没退的，{whom}。",
            "What was paid too much is held and goes back the way it came, without an application. After a month, "
            "{whom}.",
        ),
    ),
    Question(
        Text("票据是不是真的？", "Is this receipt genuine?"),
        Text("扫票据上的二维码，或输入号码和校验码。", "Scan its QR code, or enter its number and check code."),
        "verify", Text("查验票据", "Verify a receipt"),
    ),
)  # fmt: skip


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """The questions, whom to call, and a search for a school's contacts. 帮助页"""
    seasons = {one.pooling_area: one for one in Season.objects.order_by("plan_year")}
    own = getattr(request, "appointment", None)
    asked = request.GET.get("area", "") or (own.organisation.pooling_area if own else "")
    area = asked if asked in seasons else next(iter(sorted(seasons, reverse=True)), "")
    term = " ".join(str(request.GET.get("school", "")).split())[:LONGEST_TERM]
    context: dict[str, Any] = {
        "areas": [(key, policy_of(one).name) for key, one in sorted(seasons.items(), reverse=True)],
        "area": area,
        "term": term,
    }
    if area:
        policy, directory = policy_of(seasons[area]), sub_districts(area)
        found = list(schools_named(area, term)[: MOST_FOUND + 1]) if term else []
        context |= {
            "policy": policy,
            "who": who_enrols(policy),
            "questions": questions(policy, has_directory=bool(directory)),
            "found": found[:MOST_FOUND],
            "more": len(found) > MOST_FOUND,
            "sub_districts": directory,
        }
    return render(request, "front/help.html", context)


def questions(policy: Policy, *, has_directory: bool) -> list[Question]:
    """The common questions; whom to ask is what this very page shows. 常见问题"""
    if any(line.phones for line in policy.help_lines):
        whom = Text("打本页的咨询电话", "call the help lines on this page")
    elif has_directory:
        whom = Text("找本页列出的街道联系人", "ask the contact of the sub-district on this page")
    else:
        whom = Text("问学校或社区的经办人", "ask the clerk of the school or the community")
    money = MONEY_AT_SCHOOL if pays_through_school(policy) else MONEY_BY_FAMILY
    return [one._replace(answer=one.answer.filled(whom=whom)) for one in (money, *QUESTIONS)]


def who_enrols(policy: Policy) -> list[dict[str, Any]]:
    """Each way to be enrolled, with who does it and the clause, in the policy's own words. 由谁办理"""
    return [
        {"agent": rule.agent, "because": in_general(rule), "clause": rule.clause}
        for rule in policy.tables.entitlement
        if rule.agent
    ]


def schools_named(area: str, term: str) -> QuerySet[Organisation]:
    """The schools of an area whose name holds these characters. 查学校"""
    schools = Organisation.objects.filter(pooling_area=area, kind=OrganisationKind.SCHOOL, active=True)
    return schools.filter(name__icontains=term).select_related("parent").order_by("name")


def sub_districts(area: str) -> list[dict[str, Any]]:
    """Every sub-district with its contact, phone and schools. 街道联系表"""
    rows = Organisation.objects.filter(pooling_area=area, kind=OrganisationKind.SUB_DISTRICT, active=True)
    schools: dict[int | None, list[str]] = {}
    below = Organisation.objects.filter(parent__in=rows, kind=OrganisationKind.SCHOOL, active=True).order_by("pk")
    for parent, name in below.values_list("parent", "name"):
        schools.setdefault(parent, []).append(name)
    return [{"one": one, "schools": schools.get(one.pk, [])} for one in rows.order_by("pk")]
