"""What is held about a child: to read, and to take away. 查看与导出保存的信息"""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yingbao.agents.models import OrganisationKind
from yingbao.families.models import Binding
from yingbao.people.models import Look, Person
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.text import Text
from yingbao.web.family.holdings import KEPT, TABLES, Held
from yingbao.web.family.in_words import said
from yingbao.web.family.visiting import Visiting, is_in_wechat, visited, ward
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

MOST = 300
"""rows of one table that a page shows; the file has all"""
ALL_OF_ONE = "a guardian reads all that is held about the own child; no desk reads every table, and holdings narrows it"
LOOKS = {
    "page": Text("查看页面", "a page"), "list": Text("查看名单", "a list"), "export": Text("导出", "an export"),
    "search": Text("查找", "a search"), "full_number": Text("查看完整号码", "the whole number"),
}  # fmt: skip


@require_GET
@never_cache
@visited
def held(request: Visiting, pk: int) -> HttpResponseBase:
    """All of it, table by table, and who looked. 保存的信息"""
    binding = ward(request, pk)
    with by_platform(ALL_OF_ONE):
        context = {"binding": binding, "tables": tables(binding, MOST), "looks": looks(binding.person)}
    return render(request, "family/held.html", context | {"wechat": is_in_wechat(request)})


@require_GET
@never_cache
@visited
def export(request: Visiting, pk: int) -> HttpResponse:
    """The same as a file. 导出"""
    binding = ward(request, pk)
    with by_platform(ALL_OF_ONE):
        content = taken_away(binding)
    answer = HttpResponse(json.dumps(content, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="yingbao-child.json"'
    return answer


def taken_away(binding: Binding) -> dict[str, Any]:
    """All of it, as the file has it. 导出内容"""
    return {
        "made_at": clock.now().isoformat(),
        "tables": [
            {"title": one["title"].said(language()), "kept": one["kept"].said(language()), "rows": one["rows"]}
            for one in tables(binding, None)
        ],
        "looks": [
            {"day": one["day"].isoformat(), "office": one["office"], "what": one["what"].said(language())}
            for one in looks(binding.person)
        ],
    }


def tables(binding: Binding, most: int | None) -> list[dict[str, Any]]:
    """Every table with its rows, each as label → words. 各类信息"""
    persons = [binding.person_id, *Person.objects.filter(merged_into=binding.person).values_list("pk", flat=True)]
    found = []
    for one in TABLES:
        rows = rows_of(one, persons, bytes(binding.phone_index))
        shown = [lines(one, row) for row in (rows[:most] if most else rows)]
        found.append({"title": one.title, "kept": KEPT[one.kept], "rows": shown, "total": rows.count()})
    return found


def rows_of(one: Held, persons: list[int], phone_index: bytes) -> QuerySet[Model]:
    """A table's rows about the child; where another may stand in it, those with this phone. 记录"""
    model = apps.get_model(one.model)
    rows: QuerySet[Model] = model._default_manager.filter(**{f"{one.lookup}__in": persons})
    if one.only_if_set:
        rows = rows.filter(**{f"{one.only_if_set}__isnull": False})
    return (rows.filter(**{one.phone_at: phone_index}) if one.own_phone else rows).order_by("pk")


def lines(one: Held, row: Model) -> dict[str, str]:
    """A row as label → words, without what is empty. 一条记录"""
    found = {label.said(language()): said(row, field) for field, label in one.columns.items()}
    return {label: words for label, words in found.items() if words}


def looks(person: Person) -> list[dict[str, Any]]:
    """Who looked at this child: the office and the day, never who sat there. 查阅记录"""
    rows = (
        Look.objects.filter(person=person)
        .annotate(day=TruncDate("at", tzinfo=CHINA))
        .values_list("day", "organisation__name", "organisation__kind", "what")
        .distinct()
        .order_by("-day", "organisation__name")
    )
    kinds = dict(OrganisationKind.choices)
    return [
        {"day": when, "office": office, "kind": kinds.get(kind, ""), "what": LOOKS.get(what, Text(what, what))}
        for when, office, kind, what in rows[:MOST]
    ]
