"""Back to the form whose session ended: with what was typed, to be sent again. 继续提交"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yingbao.web import typed
from yingbao.web.access import is_ours
from yingbao.web.front.account import own


@require_GET
@own
def resume(request: Any) -> HttpResponseBase:
    """Offer to send again what was kept. 继续提交"""
    held = typed.held_for(request, request.user, timezone.now())
    if held is None:
        return redirect("home")
    fields = typed.fields_of(held)
    context = {
        "typed": held,
        "fields": [(name, value) for name, values in fields for value in values],
        "page": held.page if is_ours(request, held.page) else reverse("home"),
        "ago": max(1, round((timezone.now() - held.kept_at).total_seconds() / 60)),
    }
    return render(request, "front/resume.html", context)


@require_POST
@own
def drop(request: Any) -> HttpResponse:
    """Do not send it: back to the page where it stood. 不再提交"""
    held = typed.held_for(request, request.user, timezone.now())
    page = held.page if held is not None and is_ours(request, held.page) else reverse("home")
    if held is not None:
        held.delete()
    answer = HttpResponseRedirect(page)
    answer.delete_cookie(typed.COOKIE, samesite="Lax")
    return answer
