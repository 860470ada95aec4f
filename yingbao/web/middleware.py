"""Which desk a signed-in user sits at in this request. 当前岗位"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def desk(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Put the appointment that the user works under on the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware
