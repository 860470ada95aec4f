"""Addresses of the agency's policies, seasons, organisations, hand-over and close. 医保经办网址"""

from __future__ import annotations

from django.urls import path

from yingbao.agents.models import Desk
from yingbao.web import comparing
from yingbao.web.agency import (
    analysing,
    close,
    directory,
    handover,
    home,
    organisations,
    policies,
    proposals,
    roll_over,
    seasons,
    writing,
)

urlpatterns = [
    path("", home.home, name="agency-home"),
    path("policies/", policies.policies, name="agency-policies"),
    path("policies/versions/<int:pk>/", policies.version, name="agency-version"),
    path("policies/new", writing.new, name="agency-proposal-new"),
    path("policies/<int:pk>/", proposals.proposal, name="agency-proposal"),
    path("policies/<int:pk>/edit", writing.edit, name="agency-proposal-edit"),
    path("policies/<int:pk>/words", analysing.words, name="agency-proposal-words"),
    path("policies/<int:pk>/try", analysing.try_, name="agency-proposal-try"),
    path("policies/<int:pk>/figures", analysing.figures, name="agency-proposal-figures"),
    path("policies/<int:pk>/figures.xlsx", analysing.workbook, name="agency-proposal-workbook"),
    path("policies/<int:pk>/simulate", proposals.simulate, name="agency-proposal-simulate"),
    path("policies/<int:pk>/ask", proposals.ask, name="agency-proposal-ask"),
    path("policies/<int:pk>/publish", proposals.publish, name="agency-proposal-publish"),
    path("policies/<int:pk>/return", proposals.send_back, name="agency-proposal-return"),
    path("policies/<int:pk>/drop", proposals.drop, name="agency-proposal-drop"),
    path("seasons/", seasons.seasons, name="agency-seasons"),
    path("seasons/open", seasons.open_next, name="agency-season-open"),
    path("seasons/<int:year>/roll-over/", roll_over.roll_over, name="agency-roll-over"),
    path("seasons/<int:year>/roll-over/outlook", roll_over.look_ahead, name="agency-roll-over-outlook"),
    path("seasons/<int:year>/roll-over/start", roll_over.start, name="agency-roll-over-start"),
    path("organisations/", organisations.organisations, name="agency-organisations"),
    path("organisations/directory", directory.directory, name="agency-directory"),
    path("organisations/<int:pk>/", organisations.organisation, name="agency-organisation"),
    path("organisations/<int:pk>/contact", organisations.contact, name="agency-organisation-contact"),
    path("organisations/<int:pk>/close", organisations.close, name="agency-organisation-close"),
    path("declarations/", handover.declarations, name="agency-declarations"),
    path("declarations/compare", handover.compare, name="agency-declarations-compare"),
    path("declarations/compare.xlsx", comparing.workbook_at(Desk.AGENCY), name="agency-declarations-workbook"),
    path("close/", close.close, name="agency-close"),
]
