"""参保"""

from __future__ import annotations

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    """Enrolment as Django sees it. 参保"""

    name = "yingbao.enrolment"
