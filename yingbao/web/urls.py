"""Every address of the platform. 网址"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yingbao.web.front.urls")),
    path("cards/", include("yingbao.web.card.urls")),
    path("api/", include("yingbao.web.api.urls")),
    path("community/", include("yingbao.web.community.urls")),
    path("cases/", include("yingbao.web.cases.urls")),
    path("reports/", include("yingbao.web.supervision.urls")),
    path("verify/", include("yingbao.web.verify.urls")),
    path("pay/", include("yingbao.web.family.urls")),
    path("family/", include("yingbao.web.family.child_urls")),
    path("family/", include("yingbao.web.survey.family_urls")),
    path("survey/", include("yingbao.web.survey.urls")),
    path("calculator/", include("yingbao.web.calculator.urls")),
    path("messages/", include("yingbao.web.messages.urls")),
    path("notices/", include("yingbao.web.notices.urls")),
    path("season/training/", include("yingbao.web.campaign.training_urls")),
    path("season/", include("yingbao.web.campaign.urls")),
    path("school/", include("yingbao.web.school.urls")),
    path("letters/", include("yingbao.web.letters.urls")),
    path("lists/", include("yingbao.web.lists.urls")),
    path("tax/", include("yingbao.web.tax.urls")),
    path("agency/requests/", include("yingbao.web.agency.requests_urls")),
    path("agency/", include("yingbao.web.agency.urls")),
    path("system/", include("yingbao.web.system.urls")),
    path("security/", include("yingbao.web.security.urls")),
    path("audit/", include("yingbao.web.audit.urls")),
    path("education/", include("yingbao.web.education.urls")),
]

handler400 = "yingbao.web.front.errors.bad_request"
handler404 = "yingbao.web.front.errors.not_found"
handler403 = "yingbao.web.front.errors.forbidden"
handler500 = "yingbao.web.front.errors.broken"
