"""The application's name in the database. 家长"""

from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    """Parents on a phone: the children they look after, their consent. 家长"""

    name = "yingbao.families"
    label = "families"
