"""Addresses of the audit desk. 审计网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.audit.home import home, verify
from yingbao.web.audit.search import export, find, trail
from yingbao.web.audit.strange import strange

urlpatterns = [
    path("", home, name="audit-home"),
    path("verify", verify, name="audit-verify"),
    path("trail/", trail, name="audit-trail"),
    path("trail/find", find, name="audit-find"),
    path("trail/export", export, name="audit-export"),
    path("unusual/", strange, name="audit-unusual"),
]
