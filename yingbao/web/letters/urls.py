"""Addresses of letters and publicity. 告家长书网址"""

from __future__ import annotations

from yingbao.web.letters import handing, making, progress, publicity, school, wording

urlpatterns = [
    *school.urlpatterns,
    *making.urlpatterns,
    *handing.urlpatterns,
    *publicity.urlpatterns,
    *progress.urlpatterns,
    *wording.urlpatterns,
]
