"""Words, days and sums in two languages inside templates. 模板中的双语文字"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from yingbao.determination.explain import said_day
from yingbao.values.clock import CHINA
from yingbao.values.text import Language, Text

register = template.Library()


def language() -> Language:
    """The language of this request."""
    return "en" if (get_language() or "").startswith("en") else "zh"


class Sentence(template.Node):
    """One sentence of a template in both languages. 双语句子

    A node of its own, because a page has hundreds: what a general tag does anew for each of them is done when the
    template is read.
    """

    def __init__(
        self, zh: FilterExpression, en: FilterExpression, values: dict[str, FilterExpression], kept_as: str
    ) -> None:
        self.sentences: dict[str, FilterExpression | str] = {"zh": _constant(zh), "en": _constant(en)}
        self.values, self.kept_as = values, kept_as

    def render(self, context: Context) -> SafeString:
        """The sentence in the reader's language, its values put in. 显示"""
        # Asked once for a page: to find out what a thread speaks costs more than to say a sentence.
        spoken = context.render_context.__dict__.get("spoken")
        if spoken is None:
            spoken = context.render_context.__dict__["spoken"] = language()
        sentence = self.sentences[spoken]
        if isinstance(sentence, FilterExpression):
            sentence = str(sentence.resolve(context))
        if self.values:
            sentence = sentence.format(**{name: self._value(name, context, spoken) for name in self.values})
        if self.kept_as:
            context[self.kept_as] = sentence
            return SafeString("")
        return conditional_escape(sentence) if context.autoescape else SafeString(sentence)

    def _value(self, name: str, context: Context, spoken: Language) -> object:
        value = self.values[name].resolve(context)
        return value.said(spoken) if isinstance(value, Text) else value


def _constant(written: FilterExpression) -> FilterExpression | str:
    """What stands in the template in quotes, else what has to be looked up each time."""
    return written if written.is_var or written.filters else str(written.var)


@register.tag("t")
def t(parser: Parser, token: Token) -> Sentence:
    """`{% t "共 {n} 名" "{n} pupils" n=total %}`: the sentence in the reader's language; `as x` keeps it for later."""
    zh, en, *values = token.split_contents()[1:]
    kept_as = values.pop() if values[-2:-1] == ["as"] else ""
    if kept_as:
        values.pop()
    named = token_kwargs(values, parser)
    if values:
        raise template.TemplateSyntaxError(f"t takes two sentences and name=value, not {values}")
    return Sentence(parser.compile_filter(zh), parser.compile_filter(en), named, kept_as)


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
