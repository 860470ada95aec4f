"""What an enrolment still needs, and who has to see to it. 待办事项

Each kind of need is one condition in SQL. Lists filter by it, counts count it, and one child's page asks the
same condition of one row: so a number on the home page and the lines on a child's page cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.apps import apps
from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import Exact

from yingbao.agents.models import OrganisationKind
from yingbao.determination.counter import Decision
from yingbao.determination.explain import reasons
from yingbao.determination.rulebook import rules_of
from yingbao.enrolment.lifecycle import ENDED, ENROLLED
from yingbao.enrolment.versions import policy_at
from yingbao.people.models import BasicRegistration, Guardian, IdentityDocument, IdentityKind, SchoolRoll
from yingbao.policy.model import Policy
from yingbao.values.text import Text

if TYPE_CHECKING:
    from yingbao.enrolment.models import Enrolment

Helper = Literal["school", "community", "agency", "family"]
"""Who has to do something. 由谁办理"""


class Need(NamedTuple):
    """One thing that is missing for a child. 待办"""

    kind: str
    text: Text
    who: Helper


class Kind(NamedTuple):
    """A kind of need: when an enrolment has it, what it says, whose it is. 待办类别"""

    text: Text
    who: Helper | Literal["agent"]
    """`agent`: the school or community that works on the child"""
    holds: Callable[[], Q]


def _of_person(model: Any, **conditions: Any) -> Exists:
    return Exists(model.objects.filter(person=OuterRef("person"), **conditions))


def _document_is(kind: str) -> Q:
    # Asked as a value of each child: as "is there one of this kind" the database gathers a whole city's first.
    current = IdentityDocument.objects.filter(person=OuterRef("person"), replaced_at__isnull=True)
    return Q(Exact(Subquery(current.values("kind")[:1]), Value(kind)))


def _unregistered_at(*registrations: str) -> Callable[[], Q]:
    def holds() -> Q:
        known = _of_person(BasicRegistration, pooling_area=OuterRef("season__pooling_area"))
        return Q(registration__in=registrations) & ~Q(known)

    return holds


def _left_the_roll() -> Q:
    """Listed for a school on whose roll the child is no longer."""
    here = Exists(
        SchoolRoll.objects.filter(person=OuterRef("person"), school=OuterRef("organisation"), left_on__isnull=True)
    )
    return Q(organisation__kind=OrganisationKind.SCHOOL) & ~Q(here)


def _enrolled_elsewhere() -> Q:
    enrolments = apps.get_model("enrolment", "Enrolment").objects
    taken = enrolments.filter(person=OuterRef("person"), plan_year=OuterRef("plan_year"), state__in=sorted(ENROLLED))
    return Q(Exists(taken.exclude(pk=OuterRef("pk"))))


def _open_correction() -> Q:
    requests = apps.get_model("enrolment", "CorrectionRequest").objects
    return Q(Exists(requests.filter(enrolment=OuterRef("pk"), state="open")))


KINDS: dict[str, Kind] = {
    "ineligible": Kind(
        Text("不符合参保条件", "The child cannot be enrolled"), "family", lambda: Q(status="ineligible")
    ),
    "refer": Kind(
        Text("须由医保经办人员决定", "An officer of the insurance agency has to decide"),
        "agency",
        lambda: Q(status="refer"),
    ),
    "register_at_hukou_community": Kind(
        Text(
            "首次参保，先到户籍所在社区登记基本信息",
            "A first-timer: the basic data are registered at the community of the hukou first",
        ),
        "community",
        _unregistered_at("hukou_community"),
    ),
    "register_at_community": Kind(
        Text(
            "首次参保，先到社区登记基本信息",
            "A first-timer: the basic data are registered at the community first",
        ),
        "community",
        _unregistered_at("community", "residence_community"),
    ),
    "register_through_school": Kind(
        Text(
            "首次参保，由学校向社保经办机构登记基本信息",
            "A first-timer: the school has the basic data registered by the insurance agency",
        ),
        "school",
        _unregistered_at("school"),
    ),
    "register_by_points": Kind(
        Text(
            "积分入医已确认，但基本信息尚未登记，由社保经办机构补登",
            "Admitted by points, but the basic data are not on file; the insurance agency registers them",
        ),
        "agency",
        _unregistered_at("points"),
    ),
    "no_document": Kind(
        Text("没有证件号码，请补录", "There is no identity number; please enter it"),
        "agent",
        lambda: ~Q(_of_person(IdentityDocument, replaced_at__isnull=True)),
    ),
    "provisional_document": Kind(
        Text(
            "只有出生医学证明，取得身份证号后请提供",
            "There is only a birth certificate; give the identity number once the child has it",
        ),
        "family",
        lambda: _document_is(IdentityKind.BIRTH_CERTIFICATE),
    ),
    "no_birth_date": Kind(
        Text("没有出生日期，请补录", "The date of birth is missing; please enter it"),
        "agent",
        lambda: Q(person__birth_date__isnull=True),
    ),
    "no_hukou": Kind(
        Text(
            "有居民身份证但没有户籍所在地，请补录",
            "There is a resident identity number but no hukou; please enter it",
        ),
        "agent",
        lambda: Q(person__hukou="") & _document_is(IdentityKind.RESIDENT_ID),
    ),
    "no_guardian_phone": Kind(
        Text("没有监护人联系电话，请补录", "There is no guardian's phone number; please enter it"),
        "agent",
        lambda: ~Q(_of_person(Guardian, phone_index__isnull=False)),
    ),
    "contested_roll": Kind(
        Text(
            "两所学校的花名册都有这个孩子，请两校核实学籍",
            "Two schools' rosters name this child; both schools have to settle where it is",
        ),
        "school",
        lambda: Q(_of_person(SchoolRoll, left_on__isnull=True, contested=True)),
    ),
    "left_the_roll": Kind(
        Text(
            "孩子已不在本校学籍，请撤回，或在花名册中补上",
            "The child is no longer on this school's roll: withdraw it, or put it back on the roster",
        ),
        "school",
        _left_the_roll,
    ),
    "enrolled_elsewhere": Kind(
        Text(
            "本年度已在其他地方参保，请与家长核实",
            "The child is enrolled elsewhere for this year; please ask the family",
        ),
        "agent",
        _enrolled_elsewhere,
    ),
    "correction_open": Kind(
        Text("更正申请待医保经办机构处理", "A correction waits for the insurance agency"), "agency", _open_correction
    ),
}
"""Every kind of need, in the order in which a page shows them."""

DATA_KINDS = ("no_document", "no_birth_date", "no_hukou", "no_guardian_phone")
"""Gaps in what the agent itself has to enter. 资料缺项"""
REGISTRATION_KINDS = (
    "register_at_hukou_community", "register_at_community", "register_through_school", "register_by_points",
)  # fmt: skip
"""First-timers who are not registered yet. 待登记"""


def holds(*kinds: str) -> Q:
    """The condition that a live enrolment has a need of one of these kinds; of any kind, if none is named."""
    any_of = Q()
    for kind in kinds or KINDS:
        any_of |= KINDS[kind].holds()
    return ~Q(state__in=sorted(ENDED)) & any_of


def needs(enrolment: Enrolment) -> list[Need]:
    """What is missing for this child, and who has to do it. 待办事项"""
    return needs_of([enrolment])[enrolment.pk]


FLAGS = tuple(f"needs_{name}" for name in KINDS)
_COLUMNS = ("id", "state", "status", "registration", "premium_fen", "self_paid_fen", "subsidised_fen")
_WHICH = '"enrolment_enrolment"."id" = %s'


@cache
def flagged() -> tuple[str, tuple[Any, ...]]:
    """Enrolments with a column for each kind of need and `{where}` to be said which, worked out once. 待办标记"""
    rows = apps.get_model("enrolment", "Enrolment").objects.order_by().filter(pk=-1)
    held = [ExpressionWrapper(kind.holds(), BooleanField()) for kind in KINDS.values()]
    rows = rows.values(*_COLUMNS, "organisation__kind").annotate(**dict(zip(FLAGS, held, strict=True)))
    sql, values = rows.query.sql_with_params()
    *values, which = values
    if which != -1 or sql.count(_WHICH) != 1:
        raise AssertionError(sql)
    return sql.replace("{", "{{").replace("}", "}}").replace(_WHICH, "{where}"), tuple(values)


def needs_of(enrolments: Iterable[Enrolment] | QuerySet[Enrolment]) -> dict[int, list[Need]]:
    """What is missing for each of these children, by the enrolment's key, in one statement. 批量待办"""
    return needs_by([enrolment.pk for enrolment in enrolments])


def needs_by(keys: Iterable[int]) -> dict[int, list[Need]]:
    """The same by the enrolments' keys. 批量待办"""
    found: dict[int, list[Need]] = {key: [] for key in keys}
    rows, values = flagged()
    live = "enrolment_enrolment.id = ANY(%s) AND NOT enrolment_enrolment.state = ANY(%s)"
    asked = f"SELECT id, organisation__kind, {', '.join(FLAGS)} FROM ({rows.format(where=live)}) rows"  # noqa: S608  our own words
    with connection.cursor() as cursor:
        cursor.execute(asked, [*values, list(found), sorted(ENDED)])
        told = cursor.fetchall()
    for key, organisation_kind, *held in told:
        agent: Helper = "school" if organisation_kind == OrganisationKind.SCHOOL else "community"
        for (name, kind), holds_here in zip(KINDS.items(), held, strict=True):
            if holds_here:
                found[key].append(Need(name, kind.text, agent if kind.who == "agent" else kind.who))
    _explain(found)
    return found


def _explain(found: dict[int, list[Need]]) -> None:
    """Say in the policy's own words why a child cannot be enrolled."""
    keys = [key for key, needed in found.items() if any(need.kind == "ineligible" for need in needed)]
    rows = apps.get_model("enrolment", "Enrolment").objects.order_by().filter(pk__in=keys)
    told = rows.values_list("pk", "season__policy", "season__version", "because", "facts", "as_of") if keys else ()
    for key, policy, version, because, facts, as_of in told:
        if as_of is None:  # nothing was decided yet
            continue
        text = why_not(policy_at(policy, version), because, facts, as_of)
        found[key] = [need._replace(text=text) if need.kind == "ineligible" else need for need in found[key]]


def why_not(policy: Policy, because: str, facts: Mapping[str, object], as_of: date) -> Text:
    """The policy's own sentence for a child who cannot be enrolled, by the rules that the decision names. 为何不符合"""
    ids = tuple(because.split(";"))
    if not set(ids) <= rules_of(policy).keys():
        return KINDS["ineligible"].text  # another version is in force since; a refresh is under way
    decision = Decision(
        person_id="", status="ineligible", agent=None, registration=None, channel=None, phase="", premium_fen=0,
        self_paid_fen=0, subsidised_fen=0, paid_by=None, coverage_from=None, coverage_to=None, because=ids,
    )  # fmt: skip
    return reasons(policy, {"person_id": "child", **facts}, decision, as_of)[0].sentence
