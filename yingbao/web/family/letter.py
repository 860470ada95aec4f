"""The letter to parents, for one child: as a page and to print. 告家长书"""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yingbao.paper.letter import draw_letters
from yingbao.publicity.composing import worded
from yingbao.publicity.handing import note_read
from yingbao.values import clock
from yingbao.web.family.leaving import listed
from yingbao.web.family.outcome import code
from yingbao.web.family.visiting import Visiting, is_in_wechat, visited, ward


@require_GET
@never_cache
@visited
def letter(request: Visiting, pk: int) -> HttpResponseBase:
    """To read on the phone. 告家长书"""
    binding = ward(request, pk)
    one = listed(binding)
    (paper,) = worded([one], on=clock.today())
    note_read(one, at=clock.now())
    context = {"binding": binding, "paper": paper, "code": code(paper.family_url), "wechat": is_in_wechat(request)}
    return render(request, "family/letter.html", context)


@require_GET
@never_cache
@visited
def as_pdf(request: Visiting, pk: int) -> HttpResponse:
    """To print. 打印告家长书"""
    binding = ward(request, pk)
    one = listed(binding)
    pdf = draw_letters(worded([one], on=clock.today()))
    note_read(one, at=clock.now())
    answer = HttpResponse(pdf, content_type="application/pdf")
    name = quote(f"告家长书-{binding.person.name}.pdf")
    answer["Content-Disposition"] = f"inline; filename=\"letter.pdf\"; filename*=UTF-8''{name}"
    return answer
