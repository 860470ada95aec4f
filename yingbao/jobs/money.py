"""What the money does by itself each night: it follows what changed, is called to mind, and is checked. 夜间资金任务

Each step may run twice or be cut off; the next night it ends the same.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from yingbao.agents.models import Organisation
from yingbao.collection import adjusting, alarming, billing, closing
from yingbao.collection.audit import INVARIANTS
from yingbao.declaration import freezing
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration
from yingbao.enrolment import taking
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.jobs import bank
from yingbao.ledger.audit import Finding, examine

log = logging.getLogger(__name__)


def settle_the_night(*, at: datetime) -> list[Finding]:
    """Bill and match what was missed, let obligations follow, begin covers, remind of suspense; then audit. 夜间清理

    Returns the invariants that do not hold, which are logged too.
    """
    for season in Season.objects.order_by("pk"):
        log.info("season %s: %s billed", season.policy, len(billing.bill(season=season, at=at)))
    # Before anybody lapses: what came may be theirs.
    log.info("%s lines of statements recognised, %s transfers matched", *bank.settle_by_night(at=at))
    for season in Season.objects.order_by("pk"):
        closing.lapse_since(season=season, at=at)
        adjusted = adjusting.follow_all(season=season, at=at)
        covered = taking.cover(season=season, on=china_day(at), at=at)
        log.info("season %s: followed %s, cover began for %s", season.policy, adjusted, covered)
        correct_declarations(season=season, at=at)
    alarming.remind_of_suspense(at=at)
    findings = examine(INVARIANTS)
    for finding in findings:
        log.error("invariant %s does not hold: %s rows", finding.invariant.id, len(finding.rows))
    return findings


def correct_declarations(*, season: Season, at: datetime, person_ids: Sequence[int] | None = None) -> int:
    """Supplement the declarations whose children owe other sums since; returns how many supplements. 更正申报

    Of the agents of these persons only, if any are named. An agent with an open declaration gets none now; the night
    comes back to it.
    """
    declared = Declaration.objects.filter(season=season, state__in=sorted(STANDING))
    if person_ids is not None:
        declared = declared.filter(lines__enrolment__person__in=list(person_ids))
    agents = Organisation.objects.filter(pk__in=declared.values("organisation")).order_by("pk")
    made = [freezing.correct_declared(season=season, organisation=agent, because="名单变动", at=at) for agent in agents]
    return sum(one is not None for one in made)
