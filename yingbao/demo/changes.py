"""A change of policy that waits for a second pair of eyes, as an agency would have one. 待复核的政策修订"""

from __future__ import annotations

from datetime import datetime

from yingbao.agents.models import Appointment, Desk
from yingbao.demo.bodies import SUZHOU
from yingbao.enrolment import proposing, simulating, versions
from yingbao.enrolment.models import Enrolment, Season
from yingbao.policy import catalogue
from yingbao.values.clock import CHINA

WRITTEN = datetime(2019, 11, 11, 16, 20, tzinfo=CHINA)
BEFORE, AFTER = "last: 2019-09-10", "last: 2019-09-30"
"""the end of the points procedure"""
RECKONED_AT_MOST = 50_000
"""With more children it stays a draft, and the demonstration begins sooner."""


def propose(season: Season) -> None:
    """One officer has written and reckoned it; another one has to decide. 起草修订"""
    officers = Appointment.objects.filter(organisation__pooling_area=SUZHOU, desk=Desk.AGENCY).order_by("pk")
    by = officers.select_related("organisation", "user").first()
    text = versions.text_in_force(season.policy)
    if by is None or BEFORE not in text:
        return
    proposal = proposing.write(
        text=text.replace(BEFORE, AFTER),
        reason="积分入医补办期延至9月30日（演示）",
        clause="演示文件 一",
        by=by,
        at=WRITTEN,
    )
    if Enrolment.objects.filter(season=season).count() > RECKONED_AT_MOST:
        return
    target = proposing.target_of(proposal)
    policy = catalogue.policy_in(proposal.text, "policy.yaml")
    told = simulating.simulate(season=season, policy=policy, on=WRITTEN.date())
    proposing.note_simulation(proposal=proposal, target=target, told=told, at=WRITTEN)
    proposal.refresh_from_db()
    proposing.ask(proposal=proposal, by=by, at=WRITTEN, seen=proposing.mark_of(proposal))
