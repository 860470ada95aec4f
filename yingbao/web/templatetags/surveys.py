"""A child's surveys on the family's pages. 家长页问卷"""

from __future__ import annotations

from typing import Any

from django import template

from yingbao.people.models import Person
from yingbao.web.survey.family import waiting_for

register = template.Library()


@register.simple_tag
def surveys_of(person: Person) -> list[dict[str, Any]]:
    """The surveys in which a child is asked for now and can answer, or has. 待填问卷"""
    return [one for one in waiting_for(person) if one["answered"] or not one["locked"]]
