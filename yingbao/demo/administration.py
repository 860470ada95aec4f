"""What waits for the three administrators of each city: desks that were asked for, one refused, a token. 演示管理事项

Nobody can sign in to these new accounts before the system administrator gives them a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from yingbao.agents import requesting, tokens
from yingbao.agents.accounts import open_account
from yingbao.agents.models import Appointment, Desk, Organisation, Scope, User
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.values.clock import CHINA

_AT = datetime(2019, 11, 11, 9, 20, tzinfo=CHINA)
_UNTIL = date(2019, 11, 30)
NEWCOMERS = (
    (SUZHOU, Desk.SCHOOL, "cover-he", "何静", _UNTIL, ""),
    (SUZHOU, Desk.SCHOOL, "new-qin", "秦朗", None, ""),
    (SUZHOU, Desk.COMMUNITY, "new-jin", "金梅", None, "社区没有上报此人，请社区盖章后再申请"),
    (YUZHONG, Desk.SCHOOL, "cover-tang", "唐蕾", _UNTIL, ""),
    (YUZHONG, Desk.COMMUNITY, "new-deng", "邓洁", None, ""),
)
"""city, desk, user name, name, last day, and why it was refused"""


def ask_for_desks(organisations: Mapping[tuple[str, str], Organisation]) -> None:
    """Colleagues who are new, each asked for by the city's own administrator; done once. 申请任职"""
    seats = {
        (each.organisation.pooling_area, each.desk): each
        for each in Appointment.objects.filter(desk__in=[Desk.SYSTEM, Desk.SECURITY]).select_related(
            "user", "organisation"
        )
    }
    places = sorted(organisations.values(), key=lambda one: (one.pooling_area, one.name))
    for area, desk, username, name, until, because in NEWCOMERS:
        place = next((one for one in places if (one.pooling_area, one.kind) == (area, desk.value)), None)
        asks, decides = seats.get((area, Desk.SYSTEM)), seats.get((area, Desk.SECURITY))
        if place is None or asks is None or decides is None or User.objects.filter(username=username).exists():
            continue
        user, _ = open_account(username=username, name=name, organisation=place, at=_AT)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        asked = requesting.request(
            user=user, organisation=place, desk=desk, since=_AT.date(), until=until, by=asks, at=_AT
        )
        if because:
            requesting.refuse(request=asked, because=because, by=decides, at=_AT)
    for area in (SUZHOU, YUZHONG):
        place = next((one for one in places if (one.pooling_area, one.kind) == (area, "education_bureau")), None)
        asks = seats.get((area, Desk.SYSTEM))
        if place is not None and asks is not None and not place.tokens.exists():
            tokens.issue(
                organisation=place, desk=Desk.EDUCATION, scopes=[Scope.STATISTICS], label="督察报表程序",
                expires_at=datetime(2020, 9, 1, tzinfo=CHINA), by=asks, at=_AT,
            )  # fmt: skip
