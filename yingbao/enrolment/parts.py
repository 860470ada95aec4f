"""In which part someone acts on an enrolment, and whether that part may. 办理权限"""

from __future__ import annotations

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.enrolment.lifecycle import EDGES, Act, Who
from yingbao.enrolment.models import Enrolment
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

REGISTRATION_PLACES = {
    "hukou_community": Text("户籍所在地的社区", "the community of the hukou"),
    "residence_community": Text("居住地的社区", "the community where the child lives"),
    "community": Text("户籍或学校所在地的社区", "the community of the hukou or of the school"),
    "school": Text("学校，由社保经办机构登记", "the school, through the insurance agency"),
    "points": Text("积分入医确认时自动登记", "none: the points admission registers by itself"),
}
"""Where a first-timer's basic data are registered. 登记地点"""


def parts_of(by: Appointment, enrolment: Enrolment) -> frozenset[Who]:
    """The parts that someone plays towards an enrolment. 办理身份"""
    parts = set()
    if is_agent(by, enrolment.organisation):
        parts.add(Who.AGENT)
    if _is_registrar(by, enrolment):
        parts.add(Who.REGISTRAR)
    if by.desk == Desk.AGENCY and by.organisation.pooling_area == enrolment.season.pooling_area:
        parts.add(Who.AGENCY)
    return frozenset(parts)


def is_agent(by: Appointment, agent: Organisation) -> bool:
    """Whether this is the agent's own desk; for a community also the sub-district's above it. 是否代办单位"""
    if agent.kind == OrganisationKind.SCHOOL:
        return by.desk == Desk.SCHOOL and by.organisation_id == agent.pk
    own = by.organisation_id in (agent.pk, agent.parent_id)
    return by.desk == Desk.COMMUNITY and own


def _is_registrar(by: Appointment, enrolment: Enrolment) -> bool:
    """The communities that register; through a school it is the insurance agency that does (Suzhou 四(二))."""
    if by.desk != Desk.COMMUNITY or by.organisation.pooling_area != enrolment.season.pooling_area:
        return False
    near = {enrolment.person.hukou}
    if enrolment.registration in ("community", "residence_community"):
        near.add(enrolment.organisation.division)
    return enrolment.registration not in ("points", "school") and by.organisation.division in near


def may(act: Act, by: Appointment, enrolment: Enrolment) -> bool:
    """Whether someone may do this to an enrolment in any state of it. 是否有权"""
    if act == Act.CORRECT:
        # An agent for its children; the agency where a family wrote to it. Who asked does not decide (`correcting`).
        return bool({Who.AGENT, Who.AGENCY} & parts_of(by, enrolment))
    allowed = frozenset().union(*(edge.who for edge in EDGES if edge.act == act))
    return bool(allowed & parts_of(by, enrolment))


def check_may(act: Act, by: Appointment, enrolment: Enrolment) -> None:
    """Raise Refused unless `may`; the organisation that may is named inside its own pooling area only."""
    if may(act, by, enrolment):
        return
    agent = enrolment.organisation
    if agent.pooling_area == by.organisation.pooling_area:
        what = Text("这个孩子由“{agent}”办理", "This child is worked on by {agent}").filled(agent=agent.name)
    else:
        what = Text("这个孩子由其他统筹区办理", "This child is worked on in another pooling area")
    if act == Act.REGISTER and enrolment.registration:
        place = REGISTRATION_PLACES[enrolment.registration]
        mend = Text("基本信息登记地点：{place}。", "The basic data are registered at: {place}.").filled(place=place)
    else:
        mend = Text("请由办理单位操作。", "Leave it to them.")
    raise Refused(where=enrolment.person.name, what=what, mend=mend)
