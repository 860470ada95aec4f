"""A decision for facts that are sent, about somebody who need not be known; nothing is stored. 核定接口"""

from __future__ import annotations

import msgspec
from ninja import Router

from yingbao.agents.models import Scope
from yingbao.determination import explain
from yingbao.determination.counter import determine_one
from yingbao.enrolment.versions import in_force
from yingbao.values import clock
from yingbao.web.api.caller import Called, opens
from yingbao.web.api.shapes import REFUSALS, DecisionOut, FactsIn, ReasonOut, Words

OPENS = opens(Scope.DECISIONS)
router = Router(tags=["核定 determination"])


@router.post("/determine", **OPENS, response={200: DecisionOut, **REFUSALS}, summary="按所给事实核定")
def determine(request: Called, body: FactsIn) -> DecisionOut:
    """Decide by a policy's rules for the facts of the command-line contract, with the reasons. 核定"""
    policy, today = in_force(body.policy), clock.today()
    facts = {"person_id": "1", **{name: value for name, value in body.facts.items() if value is not None}}
    decision = determine_one(policy, facts, today)
    why = [
        ReasonOut(table=each.table, rule=each.rule, clause=each.clause, sentence=Words.of(each.sentence))
        for each in explain.reasons(policy, facts, decision, today)
    ]
    return DecisionOut(decision=msgspec.to_builtins(decision), reasons=why)
