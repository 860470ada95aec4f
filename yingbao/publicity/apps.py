"""The application's name in the database. 告家长书与宣传"""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """Letters to parents, handed out and tracked; other ways of telling them. 告家长书与宣传"""

    name = "yingbao.publicity"
    label = "publicity"
