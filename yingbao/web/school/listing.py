"""The list of a school's pupils as its address asks for it: filters, order, one page. 学生名单

The address carries filters only. What was searched for stays in the session under a number (`find`), because a
name, and all the more an identity number, has no place in an address or a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.db.models import Case, F, FilteredRelation, IntegerField, Q, Value, When
from django.db.models.expressions import Func

from yingbao.agents.models import Appointment
from yingbao.enrolment.counting import Counting, Of, in_need
from yingbao.enrolment.lifecycle import ENROLLED, STATE_NAMES, TAKEN, State
from yingbao.enrolment.listing import EXEMPT, FIRST_TIMER, INELIGIBLE, MUST_PAY, READY, EnrolmentQuerySet
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.needs import DATA_KINDS, KINDS, REGISTRATION_KINDS, Need, holds, needs_by
from yingbao.enrolment.standing import MISSING, of_bodies, total
from yingbao.enrolment.tallying import by_agent, summed
from yingbao.people.grades import STAGES, grade_name
from yingbao.people.models import IdentityDocument, Person, SchoolRoll
from yingbao.people.search import search
from yingbao.values.text import Text
from yingbao.web.standing import WORKED, as_of, children_of
from yingbao.web.wall import by_platform

PAGE_SIZE = 50


class View(NamedTuple):
    """A way to look at the list. 视图"""

    name: Text
    holds: Q
    counted: Of
    """the same, as it is counted beside the others"""


def _view(name: Text, condition: Q) -> View:
    return View(name, condition, Of(condition))


def _needing(name: Text, *kinds: str) -> View:
    return View(name, holds(*kinds), in_need(*kinds))


@cache
def views() -> dict[str, View]:
    """The views of the list, in the order in which they are offered. 名单视图"""
    return {
        "": _view(Text("全部", "All"), Q()),
        "ready": _view(Text("待确认", "To confirm"), READY),
        "needs": _needing(Text("有待办", "Need something")),
        "data": _needing(Text("待补资料", "Data missing"), *DATA_KINDS),
        "register": _needing(Text("待登记", "To be registered"), *REGISTRATION_KINDS),
        "must-pay": _view(Text("需缴费", "Must pay"), MUST_PAY),
        "exempt": _view(Text("免缴", "Exempt"), EXEMPT),
        "enrolled": _view(Text("已确认参保", "Confirmed"), Q(state__in=sorted(ENROLLED))),
        "unpaid": _view(Text("已申报待缴费", "Declared, to be paid"), Q(state=State.DECLARED)),
        "paid": _view(Text("已缴费或免缴", "Paid or exempt"), Q(state__in=sorted(TAKEN - {State.DECLARED}))),
        "first": _view(Text("首次参保", "First-timers"), FIRST_TIMER),
        "ineligible": _view(Text("不能参保", "Not eligible"), INELIGIBLE),
    }


_COUNTING = Counting(lambda: {key: view.counted for key, view in views().items()})
_PLAINLY = Counting(lambda: {key: view.counted for key, view in views().items() if not view.counted.kinds})
MANY = 2_000
"""On a longer list, a sub-district's, what children need is not counted beside the views: each has to be asked for."""


COUNTED = 300
"""Children of other bodies are counted up to so many: in a division of a city they may be tens of thousands."""


def counted_up_to(rows: EnrolmentQuerySet, most: int = COUNTED) -> dict[str, Any]:
    """How many there are, and whether there are more than that. 有限计数"""
    with by_platform("heads, up to a limit, of children who come to the desk; who they are is asked behind the wall"):
        n = rows.order_by()[: most + 1].count()
    return {"n": min(n, most), "more": n > most}


COSTLY = frozenset({"needs", "data", "register"})
"""The views whose conditions ask other tables, child by child."""
CLAIMED = "claimed"
"""The view of children on this school's roster whom another school works on. 两校同时在册"""


class Group(NamedTuple):
    """A class of the school. 班级"""

    stage: str
    grade: int | None
    class_name: str

    @property
    def key(self) -> str:
        """The class as the address names it."""
        return f"{self.stage}.{'' if self.grade is None else self.grade}.{self.class_name}"

    @property
    def text(self) -> Text:
        """The class as it is called: 一年级 2班."""
        grade = grade_name(self.stage, self.grade)
        return Text(f"{grade.zh} {self.class_name}".strip(), f"{grade.en}, {self.class_name}".strip(" ,"))

    @staticmethod
    def read(key: str) -> Group | None:
        """The class that an address names, or None."""
        stage, _, rest = key.partition(".")
        grade, _, class_name = rest.partition(".")
        if stage not in STAGES or not (grade == "" or (grade.isascii() and grade.isdigit() and len(grade) < 3)):
            return None
        return Group(stage, int(grade) if grade else None, class_name)


@dataclass
class Row:
    """A line of the list. 名单行"""

    enrolment: Any
    needs: list[Need]
    number: str
    """masked"""

    @property
    def first_need(self) -> Text | None:
        """What is needed first, in short; the child's page tells the whole of it."""
        return KINDS[self.needs[0].kind].text if self.needs else None

    @property
    def ready(self) -> bool:
        """Whether the child can be confirmed now."""
        return bool(self.enrolment.state == State.DETERMINED and self.enrolment.status == "enrolled")

    @property
    def group(self) -> Group | None:
        """The child's class; None for one who is no longer on the roll."""
        one = self.enrolment
        return Group(one.stage_now, one.grade_now, one.class_now) if one.stage_now else None


STAGE_ORDER = Case(*(When(roll__stage=stage, then=Value(n)) for n, stage in enumerate(STAGES)), default=Value(99))
CLASS_NUMBER = Func(
    F("roll__class_name"), template=r"substring(%(expressions)s from '\d{1,6}')::int", output_field=IntegerField()
)
"""2班 comes before 10班."""


class Addresses(NamedTuple):
    """Where a list and what belongs to it is found, by the names of the addresses. 名单网址"""

    list: str = "pupils"
    child: str = "pupil"
    find: str = "pupils-search"
    confirm: str = "pupils-confirm"
    export: str = "pupils-export"


class Listing:
    """One page of the list. 名单页"""

    at = Addresses()
    title = Text("学生名单", "Pupils")
    by_class = True
    """whether the children are in classes"""
    claimed_name = Text("两校同时在册", "On two rosters")

    def __init__(
        self, *, appointment: Appointment, season: Season, asked: Mapping[str, str], finds: Mapping[str, Any]
    ) -> None:
        self.appointment, self.season = appointment, season
        self.show = asked.get("show", "") if asked.get("show", "") in {*views(), CLAIMED} else ""
        self.state = asked.get("state", "") if asked.get("state", "") in STATE_NAMES else ""
        self.line = asked.get("line", "") if asked.get("line", "") in WORKED else ""
        self.group = Group.read(asked.get("class", ""))
        self.sort = "name" if asked.get("sort") == "name" or not self.by_class else "class"
        self.find = asked.get("find", "") if asked.get("find", "") in finds else ""
        self.found: dict[str, Any] = dict(finds[self.find]) if self.find else {}
        wanted = asked.get("page", "1")
        self.wanted_page = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1

    @property
    def asked(self) -> dict[str, str]:
        """What the address says, without the page."""
        said = {
            "show": self.show,
            "state": self.state,
            "line": self.line,
            "class": self.group.key if self.group else "",
            "sort": self.sort if self.by_class and self.sort != "class" else "",
            "find": self.find,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def seen(self) -> EnrolmentQuerySet:
        """Every child of the season that this desk sees."""
        return Enrolment.objects.visible_to(self.appointment).filter(season=self.season)

    @property
    def own(self) -> EnrolmentQuerySet:
        """The children that this school works on."""
        return Enrolment.objects.of(self.season, self.appointment.organisation)

    @property
    def acted_on(self) -> Q:
        """The children for whom this desk may do something."""
        return Q(organisation=self.appointment.organisation)

    @property
    def bodies(self) -> list[int]:
        """The bodies whose children the list holds."""
        return [self.appointment.organisation_id]

    @cached_property
    def missing(self) -> list[dict[str, Any]]:
        """Why children of the list are not insured yet, how many, each a way to these children. 未参保原因"""
        as_of(self.season, self.bodies)
        reasons = total(of_bodies(self.season, self.bodies).values()).reasons
        return [
            {"key": reason, "name": MISSING[reason], "n": reasons[reason], "here": reason == self.line}
            for reason in WORKED
            if reasons.get(reason)
        ]

    @property
    def claimed(self) -> EnrolmentQuerySet:
        """The children on this school's roster, too, that another school works on."""
        ours = self.appointment.organisation
        twice = SchoolRoll.objects.filter(school=ours, contested=True, left_on__isnull=True)
        return self.seen.filter(person__in=twice.values("person")).exclude(organisation=ours)

    def with_roll(self, rows: EnrolmentQuerySet) -> Any:
        """Beside each child where it is on this school's roll, if it is."""
        here = Q(person__rolls__left_on__isnull=True, person__rolls__school=self.appointment.organisation_id)
        return rows.annotate(roll=FilteredRelation("person__rolls", condition=here))

    @cached_property
    def held(self) -> list[int]:
        """The children of a view that asks many tables, found once for its count, its page and what is confirmed."""
        return list(self.own.filter(views()[self.show].holds).values_list("pk", flat=True))

    @cached_property
    def narrowed(self) -> Any:
        """The children that all filters leave, without an order: an EnrolmentQuerySet with `roll` beside it."""
        rows = self.with_roll(self.claimed if self.show == CLAIMED else self.own)
        if self.show in COSTLY:
            rows = rows.filter(pk__in=self.held)
        elif self.show in views():
            rows = rows.filter(views()[self.show].holds)
        if self.state:
            rows = rows.filter(state=self.state)
        if self.line:
            rows = rows.filter(person__in=children_of(self.season, self.bodies, self.line))
        if self.group:
            rows = rows.filter(
                roll__stage=self.group.stage, roll__grade=self.group.grade, roll__class_name=self.group.class_name
            )
        if "people" in self.found:
            rows = rows.filter(person__in=self.found["people"])
        elif "text" in self.found:
            rows = rows.filter(person__in=search(Person.objects.all(), str(self.found["text"])))
        return rows

    @cached_property
    def total(self) -> int:
        """How many children the filters leave."""
        if set(self.asked) <= {"show", "sort"}:
            known = next(view["count"] for view in self.offered if view["here"])
            if known is not None:
                return int(known)
        return int(self.narrowed.count())

    @property
    def pages(self) -> int:
        """How many pages they fill."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def page(self) -> int:
        """The page shown; one past the end is the last."""
        return min(max(1, self.wanted_page), self.pages)

    @property
    def before(self) -> int:
        """The page before."""
        return self.page - 1

    @property
    def after(self) -> int:
        """The page after."""
        return self.page + 1

    @cached_property
    def rows(self) -> list[Row]:
        """The lines of the page."""
        by_class: list[Any] = [STAGE_ORDER, "roll__grade", CLASS_NUMBER, "roll__class_name"]
        order = [*(by_class if self.sort == "class" else []), "person__name_pinyin", "person__name", "pk"]
        first = (self.page - 1) * PAGE_SIZE
        # The keys alone are sorted: a school's rows with all their facts are ten times as wide.
        narrowed = self.narrowed
        with by_platform("keys of the list in order and what these need; only whom the desk sees itself is shown"):
            keys = list(narrowed.order_by(*order).values_list("pk", flat=True)[first : first + PAGE_SIZE])
            missing = needs_by(keys)
        found = (
            self.with_roll(self.seen.filter(pk__in=keys))
            .annotate(stage_now=F("roll__stage"), grade_now=F("roll__grade"), class_now=F("roll__class_name"))
            .select_related("person", "organisation")
            .in_bulk()
        )
        page = [found[key] for key in keys if key in found]
        people = [one.person_id for one in page]
        current = IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True)
        numbers = dict(current.values_list("person_id", "number_masked"))
        return [Row(one, missing[one.pk], numbers.get(one.person_id, "")) for one in page]

    @cached_property
    def offered(self) -> list[dict[str, Any]]:
        """The views that hold anyone, and how many each; all of them and the present one always. 视图及人数"""
        with by_platform("heads of the desk's own list; child by child, the wall asks for each a dozen times"):
            many = summed(by_agent(self.season, self.bodies).values()).listed > MANY
            counted = (_PLAINLY if many else _COUNTING).of(season=self.season.pk, organisations=self.bodies)
        offered = [
            {"key": key, "name": view.name, "count": counted.get(key), "more": False, "here": key == self.show}
            for key, view in views().items()
        ]
        claimed = counted_up_to(self.claimed)
        offered.append(
            {"key": CLAIMED, "name": self.claimed_name, "count": claimed["n"], "more": claimed["more"],
             "here": self.show == CLAIMED}
        )  # fmt: skip
        return [view for view in offered if view["count"] != 0 or view["key"] in ("", self.show)]

    @cached_property
    def groups(self) -> list[Group]:
        """The classes that have children on the list, in order. 班级"""
        rolls = (
            self.with_roll(self.own)
            .filter(roll__isnull=False)
            .order_by(STAGE_ORDER, "roll__grade", CLASS_NUMBER, "roll__class_name")
            .values_list("roll__stage", "roll__grade", "roll__class_name")
            .distinct()
        )
        return [Group(*roll[:3]) for roll in rolls]

    @property
    def states(self) -> list[tuple[str, Text]]:
        """The states that can be asked for. 状态"""
        return [(state.value, STATE_NAMES[state]) for state in State]
