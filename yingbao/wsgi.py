"""The web application as a WSGI server sees it. 网站入口"""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yingbao.settings")
application = get_wsgi_application()
# All pages and what they rest on are imported now, by one thread, and not by the first requests that come together.
get_resolver().url_patterns  # noqa: B018  asking for them imports them
# What was imported stays: walking through all of it again and again would hold up a page for a tenth of a second.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
