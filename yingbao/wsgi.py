"""The web application as a WSGI server sees it. 网站入口"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yingbao.settings")
application = get_wsgi_application()
