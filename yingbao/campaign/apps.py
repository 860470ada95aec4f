"""The application's name in the database. 部署与宣传"""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """What bodies do for the season: tasks of its phases, letters, publicity, training. 部署与宣传"""

    name = "yingbao.campaign"
    label = "campaign"
