"""Words, days and sums in two languages inside templates. 模板中的双语文字"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.translation import get_language

from yingbao.determination.explain import said_day
from yingbao.values.clock import CHINA
from yingbao.values.text import Language, Text

register = template.Library()


def language() -> Language:
    """The language of this request."""
    return "en" if (get_language() or "").startswith("en") else "zh"


@register.simple_tag
def t(zh: str, en: str, **values: object) -> str:
    """`{% t "共 {n} 名" "{n} pupils" n=total %}`: the sentence in the reader's language."""
    text = Text(zh, en)
    return (text.filled(**values) if values else text).said(language())


@register.filter
def said(text: object) -> str:
    """A Text, or the same kept as JSON, in the reader's language."""
    if isinstance(text, dict):
        return str(text.get(language(), ""))
    return text.said(language()) if isinstance(text, Text) else str(text or "")


@register.filter
def day(when: date | datetime | None) -> str:
    """A day, or the China day of a moment, in the reader's language."""
    if when is None:
        return ""
    return said_day(when.astimezone(CHINA).date() if isinstance(when, datetime) else when).said(language())


@register.filter
def moment(when: datetime | None) -> str:
    """2019年11月30日 09:05, 30 November 2019, 09:05; always China time. 时刻"""
    if when is None:
        return ""
    between = " " if language() == "zh" else ", "
    return f"{day(when)}{between}{when.astimezone(CHINA):%H:%M}"


@register.filter
def yuan(fen: int | None) -> str:
    """12300 → 123元, 123 yuan; jiao and fen only where there are any. 金额"""
    return f"{figure(fen)}元" if language() == "zh" else f"{figure(fen)} yuan"


@register.filter
def figure(fen: int | None) -> str:
    """12300 → 123, without the unit."""
    whole, rest = divmod(fen or 0, 100)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"


@register.filter
def thousands(number: int | None) -> str:
    """12345 → 12,345."""
    return f"{number or 0:,}"


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: object) -> str:
    """The page's own query string with some values changed; None or empty takes a value out. 改查询条件"""
    query = {name: value for name, value in context["request"].GET.items() if name not in ("before", "after", "page")}
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + urlencode(query)
