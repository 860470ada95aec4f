"""Pictures of figures inside templates; how they are drawn stands in `paper.picture`. 图示"""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from yingbao.enrolment.standing import Standing
from yingbao.paper.picture import portions
from yingbao.supervision.curves import BROAD, NARROW, Curve
from yingbao.web.templatetags.words import language

register = template.Library()


@register.simple_tag
def drawn(curve: Curve, *, narrow: bool = False) -> SafeString:
    """A season's curve for a desk, or narrow for a phone. 进度曲线"""
    # Built as a tree of elements, so names in it are escaped.
    return SafeString(curve.drawn(language(), width=NARROW if narrow else BROAD))


@register.simple_tag
def rate_bar(insured: int, should: int) -> SafeString:
    """Who is insured of who should be, as a bar in a table's cell; its number stands beside it. 参保率条"""
    return SafeString(portions([("insured", insured)], should))


@register.filter
def missing_bar(standing: Standing) -> SafeString:
    """Who is insured, and who is missing by what can be done: by work, by the family's decision. 构成条"""
    ended = sum(standing.reasons.get(reason, 0) for reason in ("declined", "elsewhere", "moved", "withdrawn"))
    parts = [("insured", standing.insured), ("work", standing.missing - ended), ("decided", ended)]
    return SafeString(portions(parts, standing.should))
