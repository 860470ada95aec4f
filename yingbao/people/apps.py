"""人员"""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People as Django sees it. 人员"""

    name = "yingbao.people"
