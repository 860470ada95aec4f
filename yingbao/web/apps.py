"""网页"""

from __future__ import annotations

from datetime import datetime

from django.apps import AppConfig
from django.conf import settings

from yingbao.values import clock


class WebConfig(AppConfig):
    """Web as Django sees it. 网页"""

    name = "yingbao.web"

    def ready(self) -> None:
        """Let the clock of every process start where the settings say. 设定演示时钟"""
        if settings.CLOCK:
            moment = datetime.fromisoformat(settings.CLOCK)
            clock.set_to(moment if moment.tzinfo else moment.replace(tzinfo=clock.CHINA))
