"""Which addresses answer when they are opened, and where to go from one that only takes a form. 可打开的网址"""

from __future__ import annotations

import inspect
from typing import Any

from django.urls import Resolver404, resolve, reverse


def opens(path: str) -> bool:
    """Whether there is a page at this address, and it can be read, not only sent to. 是否可直接打开

    A view says so itself, by `require_POST` and its like; each of its wrappers is asked.
    """
    try:
        view: Any = resolve(path).func
    except Resolver404:
        return False
    while inspect.isfunction(view):
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None and "GET" not in methods:
            return False
        view = getattr(view, "__wrapped__", None)
    return True


def page_of(path: str) -> str:
    """The page at this address, else the nearest above it, where its form stands: /pay/ of /pay/add. 所在页面"""
    while path not in ("", "/"):
        if opens(path):
            return path
        above = path.rstrip("/").rpartition("/")[0]
        path = above if not path.endswith("/") and opens(above) else f"{above}/"
    return reverse("home")
