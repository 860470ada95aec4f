"""Addresses of messages. 消息网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.messages import mine, outbox, reminders, stopping

urlpatterns = [
    path("", outbox.outbox, name="outbox"),
    path("<int:pk>/again", outbox.again, name="outbox-again"),
    path("<int:pk>/stop", outbox.stop, name="outbox-stop"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/run", reminders.run, name="reminders-run"),
    path("mine", mine.mine, name="my-messages"),
    path("stop/<str:token>", stopping.stop, name="messages-stop"),
]
