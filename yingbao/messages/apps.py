"""The application's name in the database: `messages` is one of Django's own. 消息"""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """What guardians and clerks are told. 消息"""

    name = "yingbao.messages"
    label = "outbox"
