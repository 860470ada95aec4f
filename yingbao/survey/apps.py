"""The application's name in the database. 问卷"""

from django.apps import AppConfig


class SurveyConfig(AppConfig):
    """Parents are asked, schools report, sub-districts sum. 问卷"""

    name = "yingbao.survey"
    label = "survey"
