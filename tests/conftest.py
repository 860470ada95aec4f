"""What every test stands on: keys made for the run, and a clock inside the season. 测试基础"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("YINGBAO_SECRET_KEY", "only for tests")
os.environ.setdefault("YINGBAO_LANG", "en")

# No test is timed: machines are shared. Where a change is judged, the same examples are tried each time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("judged", settings.get_profile("here"), derandomize=True)
settings.load_profile("judged" if os.environ.get("CI") else "here")
