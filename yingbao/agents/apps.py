"""机构与用户"""

from __future__ import annotations

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """Agents as Django sees it. 机构与用户"""

    name = "yingbao.agents"
