"""Words in two languages inside templates. 模板中的双语文字"""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

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
