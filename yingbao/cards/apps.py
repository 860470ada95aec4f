"""The application's name in the database. 市民卡"""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    """Who has no card yet, photos, batches to the card centre, cards handed out. 市民卡"""

    name = "yingbao.cards"
    label = "cards"
