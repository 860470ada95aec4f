"""网页"""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate

from yingbao.values import clock


class WebConfig(AppConfig):
    """Web as Django sees it. 网页"""

    name = "yingbao.web"

    def ready(self) -> None:
        """Let the clock start where the settings say, and the wall stand after every migration. 启动"""
        clock.start(settings.CLOCK, settings.CLOCK_SINCE)
        # Whatever migrates the database, and a test's too: no table is ever without its wall (ADR 22).
        from yingbao.web.wall.raising import raise_wall

        post_migrate.connect(raise_wall, sender=self)
