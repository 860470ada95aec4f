"""Jobs as Django sees them. 后台任务"""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers every kind of long work when Django is ready. 后台任务"""

    name = "yingbao.jobs"

    def ready(self) -> None:
        for module in (
            "rosters",
            "seasons",
            "assisted",
            "payments",
            "refunds",
            "bank",
            "receipts",
            "trail",
            "policies",
            "messages",
            "occasions",
            "questions",
            "reminding",
            "campaign",
            "nightly",
            "standing",
            "unlisted",
            "families",
            "survey",
            "cards",
        ):
            import_module(f"yingbao.jobs.{module}")
