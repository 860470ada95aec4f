"""The application's name in the database. 审计轨迹"""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Who did and saw what, sealed in a chain. 审计轨迹"""

    name = "yingbao.trail"
    label = "trail"
