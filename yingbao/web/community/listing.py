"""The list of a community's own children; of a sub-district, those of its communities. 儿童名单"""

from __future__ import annotations

from django.db.models import Q

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.enrolment.listing import EnrolmentQuerySet, registered_at
from yingbao.enrolment.models import Enrolment
from yingbao.values.text import Text
from yingbao.web.school.listing import Addresses, Listing


def own_bodies(place: Organisation) -> Q:
    """The enrolments of a community, or of all communities below a sub-district. 本级社区"""
    if place.kind == OrganisationKind.COMMUNITY:
        return Q(organisation=place)
    below = Organisation.objects.under([place.pk]).filter(kind=OrganisationKind.COMMUNITY)
    return Q(organisation__in=below.values("pk"))


class Children(Listing):
    """One page of the children outside school. 儿童名单"""

    at = Addresses("children", "child", "children-search", "children-confirm", "children-export")
    title = Text("儿童名单", "Children")
    by_class = False
    claimed_name = Text("来本社区登记的首次参保学生", "First-timers of schools who register here")

    @property
    def own(self) -> EnrolmentQuerySet:
        """The children whom this desk works on."""
        return Enrolment.objects.filter(own_bodies(self.appointment.organisation), season=self.season)

    @property
    def bodies(self) -> list[int]:
        """The community, or those below a sub-district."""
        place = self.appointment.organisation
        if place.kind == OrganisationKind.COMMUNITY:
            return [place.pk]
        below = Organisation.objects.under([place.pk]).filter(kind=OrganisationKind.COMMUNITY)
        return list(below.values_list("pk", flat=True))

    @property
    def acted_on(self) -> Q:
        """The children for whom this desk may do something."""
        return own_bodies(self.appointment.organisation)

    @property
    def claimed(self) -> EnrolmentQuerySet:
        """The first-timers of schools who come to this community to be registered."""
        place = self.appointment.organisation
        if place.kind != OrganisationKind.COMMUNITY:
            return Enrolment.objects.none()
        # Not by way of all that is seen, whose two parts would be put together whole before anything is counted.
        return Enrolment.objects.filter(registered_at(place), season=self.season).exclude(organisation=place)
