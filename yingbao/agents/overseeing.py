"""Whom the administrators of a pooling area look after. 管理范围"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from yingbao.agents.models import Appointment, Organisation, User


def looked_after(appointment: Appointment) -> QuerySet[User]:
    """The accounts of the area: of who is employed there; without an employer, of who sits there. 本区账户"""
    area = appointment.organisation.pooling_area
    return User.objects.filter(
        Q(organisation__pooling_area=area) | Q(organisation__isnull=True) & Exists(_sits_in(area))
    )


def with_rights(appointment: Appointment) -> QuerySet[User]:
    """Those and whoever else holds or held a desk in the area. 本区授权对象"""
    area = appointment.organisation.pooling_area
    return User.objects.filter(Q(organisation__pooling_area=area) | Exists(_sits_in(area)))


def places_of(appointment: Appointment) -> QuerySet[Organisation]:
    """The organisations of the area. 本区机构"""
    return Organisation.objects.filter(pooling_area=appointment.organisation.pooling_area)


def holding(day: date) -> Q:
    """Appointments that hold on that day. 当日有效"""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gte=day))


def _sits_in(area: str) -> QuerySet[Appointment]:
    return Appointment.objects.filter(user=OuterRef("pk"), organisation__pooling_area=area)
