"""What waits at the agency's desk when the demonstration begins: registrations, corrections. 待办事项

So that every list of the desk has something in it: asked for, sent back, wanted otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.demo import bodies
from yingbao.demo.bodies import SUZHOU
from yingbao.enrolment import actions, registering
from yingbao.enrolment.models import Enrolment, RegistrationRequest, Season
from yingbao.values.clock import CHINA

ASKED = datetime(2019, 11, 7, 9, 40, tzinfo=CHINA)
ANSWERED = datetime(2019, 11, 8, 14, 5, tzinfo=CHINA)
CORRECTED = datetime(2019, 11, 8, 16, 30, tzinfo=CHINA)
_ASKING = (bodies.MAIN, bodies.SENIOR, bodies.VOCATIONAL, bodies.SPECIAL)
_WANTED = (
    ("hukou", "吴中区", "户口今年迁到吴中，户口簿已核对"),
    ("guardian_phone", "19900001234", "家长换了手机号"),
    ("sex", "男", "花名册性别填反了，出生证明已核对"),
    ("assistance", "低保", "家长持有低保证，名单里没有"),
)
"""field, what is right, on what it rests"""


def begin(season: Season, clerks: Mapping[int, Appointment], *, spared: Collection[int]) -> None:
    """Let schools ask the agency for what it has to answer. 报送待办"""
    schools = Organisation.objects.filter(pooling_area=SUZHOU, code__in=_ASKING).order_by("pk")
    for school in schools:
        if (clerk := clerks.get(school.pk)) is not None:
            registering.ask_all(season=season, organisation=school, by=clerk, at=ASKED)
    officer = Appointment.objects.filter(desk=Desk.AGENCY, organisation__pooling_area=SUZHOU).order_by("pk").first()
    asked = registering.waiting(SUZHOU).exclude(enrolment__person__in=list(spared)).order_by("pk").first()
    if officer is not None and asked is not None:
        reason = "材料不齐，请补：父亲的本市户口簿"
        registering.send_back(request=RegistrationRequest(pk=asked.pk), reason=reason, by=officer, at=ANSWERED)
    _corrections(season, clerks, spared)


def _corrections(season: Season, clerks: Mapping[int, Appointment], spared: Collection[int]) -> None:
    main = next((school for school in clerks.values() if school.organisation.code == bodies.MAIN), None)
    if main is None:
        return
    rows = Enrolment.objects.of(season, main.organisation).ready().exclude(person__in=list(spared))
    children = rows.filter(person__documents__kind="resident_id").order_by("pk")[: len(_WANTED)]
    for one, (field, wanted, reason) in zip(children, _WANTED, strict=False):
        actions.ask_correction(enrolment=one, field=field, wanted=wanted, reason=reason, by=main, at=CORRECTED)
