"""The application's name in the database. 季内任务与培训"""

from django.apps import AppConfig


class CampaignConfig(AppConfig):
    """What bodies do for the season: tasks of its phases, training. 季内任务与培训"""

    name = "yingbao.campaign"
    label = "campaign"
