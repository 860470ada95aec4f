"""What an enrolment still needs, and who has to see to it. 待办事项

Each kind of need is one condition in SQL. Lists filter by it, counts count it, and one child's page asks the
same condition of one row: so a number on the home page and the lines on a child's page cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.apps import apps
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

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


def _document(**conditions: Any) -> Exists:
    return _of_person(IdentityDocument, replaced_at__isnull=True, **conditions)


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
        lambda: ~Q(_document()),
    ),
    "provisional_document": Kind(
        Text(
            "只有出生医学证明，取得身份证号后请提供",
            "There is only a birth certificate; give the identity number once the child has it",
        ),
        "family",
        lambda: Q(_document(kind=IdentityKind.BIRTH_CERTIFICATE)),
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
        lambda: Q(person__hukou="") & Q(_document(kind=IdentityKind.RESIDENT_ID)),
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


def needs_of(enrolments: Iterable[Enrolment] | QuerySet[Enrolment]) -> dict[int, list[Need]]:
    """What is missing for each of these children, by the enrolment's key, in one statement. 批量待办"""
    model = apps.get_model("enrolment", "Enrolment")
    held_here = {f"needs_{name}": ExpressionWrapper(kind.holds(), BooleanField()) for name, kind in KINDS.items()}
    keys = [enrolment.pk for enrolment in enrolments]
    rows = (
        model.objects.filter(pk__in=keys)
        .exclude(state__in=sorted(ENDED))
        .annotate(**held_here)
        .values_list(
            "pk", "organisation__kind", "season__policy", "season__version", "because", "facts", "as_of", *held_here
        )
    )
    found: dict[int, list[Need]] = {key: [] for key in keys}
    for key, organisation_kind, policy, version, because, facts, as_of, *held in rows:
        agent: Helper = "school" if organisation_kind == OrganisationKind.SCHOOL else "community"
        for (name, kind), holds_here in zip(KINDS.items(), held, strict=True):
            if holds_here:
                text = why_not(policy_at(policy, version), because, facts, as_of) if name == "ineligible" else kind.text
                found[key].append(Need(name, text, agent if kind.who == "agent" else kind.who))
    return found


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
