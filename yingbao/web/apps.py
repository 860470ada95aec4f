"""网页"""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Web as Django sees it. 网页"""

    name = "yingbao.web"
