"""Addresses of bank money at the tax desk. 银行收款网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.tax import debits, mandates, statements, suspense

urlpatterns = [
    path("statements/", statements.statements, name="tax-statements"),
    path("statements/upload", statements.upload, name="tax-statement-upload"),
    path("statements/<int:pk>/", statements.statement, name="tax-statement"),
    path("lines/<int:pk>/explain", statements.explain, name="tax-line-explain"),
    path("bank-files/<int:pk>/", statements.bank_file, name="tax-bank-file"),
    path("bank-files/<int:pk>/again", statements.again, name="tax-bank-file-again"),
    path("suspense/", suspense.suspense, name="tax-suspense"),
    path("arrivals/<int:pk>/", suspense.arrival, name="tax-arrival"),
    path("arrivals/<int:pk>/settle", suspense.settle, name="tax-arrival-settle"),
    path("arrivals/<int:pk>/undo", suspense.undo, name="tax-arrival-undo"),
    path("arrivals/<int:pk>/back", suspense.back, name="tax-arrival-back"),
    path("debits/", debits.debits, name="tax-debits"),
    path("debits/make", debits.make, name="tax-debit-make"),
    path("debits/results", debits.results, name="tax-debit-results"),
    path("debits/<int:pk>/", debits.batch, name="tax-debit-batch"),
    path("debits/<int:pk>/file", debits.download, name="tax-debit-file"),
    path("mandates/", mandates.mandates, name="tax-mandates"),
    path("mandates/<int:pk>/verify", mandates.act, {"act": "verify"}, name="tax-mandate-verify"),
    path("mandates/<int:pk>/refuse", mandates.act, {"act": "refuse"}, name="tax-mandate-refuse"),
    path("mandates/<int:pk>/end", mandates.act, {"act": "end"}, name="tax-mandate-end"),
    path("mandates/<int:pk>/number", mandates.number, name="tax-mandate-number"),
]
