"""The application's name in the database. 申报"""

from django.apps import AppConfig


class DeclarationConfig(AppConfig):
    """What agents declare. 申报"""

    name = "yingbao.declaration"
    label = "declaration"
