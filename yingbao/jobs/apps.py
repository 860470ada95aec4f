"""Jobs as Django sees them. 后台任务"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig

from yingbao import jobs


class JobsConfig(AppConfig):
    """Registers every kind of long work when Django is ready. 后台任务"""

    name = "yingbao.jobs"

    def ready(self) -> None:
        """Every module of the package: a worker knows all kinds of work, whatever pages it never imports. 登记"""
        for module in iter_modules(jobs.__path__, f"{jobs.__name__}."):
            if not module.ispkg:
                import_module(module.name)
