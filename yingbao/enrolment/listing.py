"""Lists of enrolments, narrowed to what someone may see and to what they look for. 名单筛选"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.enrolment.lifecycle import ENDED, State
from yingbao.enrolment.needs import holds
from yingbao.people.models import SchoolRoll

if TYPE_CHECKING:
    from yingbao.enrolment.models import Enrolment, Season  # noqa: F401  the first is named in the base class below

MUST_PAY = Q(status="enrolled", self_paid_fen__gt=0) & ~Q(state__in=sorted(ENDED))
EXEMPT = Q(status="enrolled", self_paid_fen=0, premium_fen__gt=0) & ~Q(state__in=sorted(ENDED))
INELIGIBLE = Q(status="ineligible") & ~Q(state__in=sorted(ENDED))
FIRST_TIMER = ~Q(registration="") & ~Q(state__in=sorted(ENDED))
READY = Q(state=State.DETERMINED, status="enrolled")
"""Nothing but the agent's word is missing."""


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments, narrowed."""

    def of(self, season: Season, organisation: Organisation) -> EnrolmentQuerySet:
        """The children an organisation works on in a season. 本单位名单"""
        return self.filter(season=season, organisation=organisation)

    def visible_to(self, appointment: Appointment) -> EnrolmentQuerySet:
        """What a desk may see. 可见范围

        A school: its own children, and those who are on its roll while another school claims them too. A community:
        its own children, and first-timers who have to come to it to be registered. A sub-district: all agents below
        it. The insurance agency: its pooling area. Other desks see no single child here.
        """
        organisation = appointment.organisation
        match appointment.desk:
            case Desk.SCHOOL:
                claimed = SchoolRoll.objects.filter(
                    person=OuterRef("person"), school=organisation, contested=True, left_on__isnull=True
                )
                same_area = Q(season__pooling_area=organisation.pooling_area)
                return self.filter(Q(organisation=organisation) | same_area & Q(Exists(claimed)))
            case Desk.COMMUNITY if organisation.kind == OrganisationKind.COMMUNITY:
                # Each by its own index: as one condition they cost a walk through the whole city.
                everybody = self.model._default_manager.order_by()
                own = everybody.filter(organisation=organisation).values("pk")
                due = everybody.filter(registered_at(organisation)).values("pk")
                return self.filter(pk__in=own.union(due, all=True))
            case Desk.COMMUNITY:
                below = Organisation.objects.under([organisation.pk])
                return self.filter(organisation__in=below.values("pk"))
            case Desk.AGENCY:
                return self.filter(season__pooling_area=organisation.pooling_area)
            case _:
                return self.none()

    def live(self) -> EnrolmentQuerySet:
        """Those that someone still works on. 办理中"""
        return self.exclude(state__in=sorted(ENDED))

    def must_pay(self) -> EnrolmentQuerySet:
        """Those whose family pays. 需缴费"""
        return self.filter(MUST_PAY)

    def exempt(self) -> EnrolmentQuerySet:
        """Those whose whole premium someone else pays. 免缴"""
        return self.filter(EXEMPT)

    def ineligible(self) -> EnrolmentQuerySet:
        """Those who cannot be enrolled. 不符合条件"""
        return self.filter(INELIGIBLE)

    def first_timers(self) -> EnrolmentQuerySet:
        """Those whose basic data this season sends through a registration. 首次参保"""
        return self.filter(FIRST_TIMER)

    def ready(self) -> EnrolmentQuerySet:
        """Those that can be confirmed now. 可确认"""
        return self.filter(READY)

    def needing_something(self, *kinds: str) -> EnrolmentQuerySet:
        """Those that have a need, see `needs`; of these kinds, if any is named. 有待办"""
        return self.filter(holds(*kinds))


def registered_at(community: Organisation) -> Q:
    """First-timers who still have to come to this community to have their basic data registered. 待本社区登记

    `hukou_community`: the community of the hukou's division. `community`: that one, or the one where the school
    stands (Yuzhong 一(三)1).
    """
    here = Q(person__hukou=community.division)
    near = Q(organisation__kind=OrganisationKind.SCHOOL, organisation__division=community.division)
    return Q(state=State.DRAFT, season__pooling_area=community.pooling_area) & (
        Q(registration="hukou_community") & here
        | Q(registration__in=["community", "residence_community"]) & (here | near)
    )
