"""The application's name in the database. 个案"""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Whose child it is, asked and followed to its end. 个案"""

    name = "yingbao.cases"
    label = "cases"
