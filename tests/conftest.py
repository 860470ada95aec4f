"""What every test stands on: keys made for the run, and a clock inside the season. 测试基础"""

from __future__ import annotations

import os

import django.conf
from hypothesis import HealthCheck, settings

from yingbao.sealing.keys import make_keys

os.environ.setdefault("YINGBAO_KEYS", make_keys())
os.environ.setdefault("YINGBAO_SECRET_KEY", "only for tests")
# pytest-django has read the settings by now.
django.conf.settings.SECRET_KEY = os.environ["YINGBAO_SECRET_KEY"]
django.conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.conf.settings.SECOND_FACTOR = False  # the tests of it switch it on
os.environ.setdefault("YINGBAO_LANG", "en")

# No test is timed: machines are shared. Where a change is judged, the same examples are tried each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("judged", settings.get_profile("here"), derandomize=True)
settings.load_profile("judged" if os.environ.get("CI") else "here")
