"""What every test stands on: keys made for the run, and a clock inside the season. 测试基础"""

from __future__ import annotations

import os

os.environ.setdefault("YINGBAO_SECRET_KEY", "only for tests")
os.environ.setdefault("YINGBAO_LANG", "en")
