"""The application's name in the database. 征收"""

from django.apps import AppConfig


class CollectionConfig(AppConfig):
    """What is owed and what arrived. 征收"""

    name = "yingbao.collection"
    label = "collection"
