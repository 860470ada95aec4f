"""Addresses at which the payment channels tell what happened. 渠道通知网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.notices.heard import account_events, heard_of, sms_reports

urlpatterns = [
    path("wechat", heard_of("wechat"), name="notice-wechat"),
    path("wechat/refunds", heard_of("wechat"), name="notice-wechat-refunds"),
    path("alipay", heard_of("alipay"), name="notice-alipay"),
    path("sms/<str:secret>", sms_reports, name="notice-sms"),
    path("wechat-account", account_events, name="notice-wechat-account"),
]
