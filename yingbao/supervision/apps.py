"""The application's name in the database. 督察与通报"""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """How far a season is, as a curve and as reports to the education bureau. 督察与通报"""

    name = "yingbao.supervision"
    label = "supervision"
