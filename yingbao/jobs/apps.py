"""后台任务"""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs as Django sees it. 后台任务"""

    name = "yingbao.jobs"
