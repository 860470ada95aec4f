"""What stood on file before a correction was granted, read from the history of changes. 更正前"""

from __future__ import annotations

from typing import Any, cast

from yingbao.enrolment.models import CorrectionRequest
from yingbao.people import history
from yingbao.people.models import IdentityDocument, Sex
from yingbao.values import divisions, identity
from yingbao.values.text import Text

_WHERE = {
    "name": ("people_person", "name"),
    "identity_number": ("people_identitydocument", "replaced_at"),
    "birth_date": ("people_person", "birth_date"),
    "sex": ("people_person", "sex"),
    "hukou": ("people_person", "hukou"),
    "parent_hukou": ("people_guardian", "hukou"),
    "guardian_phone": ("people_guardian", "phone_masked"),
    "registered_before": ("people_basicregistration", "registered_on"),
}
"""field → in which table and column its change is found"""


def stood_before(request: CorrectionRequest) -> Text | None:
    """What a granted correction has replaced, as a screen may show it; None where it has changed nothing here."""
    if request.state != CorrectionRequest.State.DONE or request.field not in _WHERE:
        return None
    table, column = _WHERE[request.field]
    changes = history.of(request.enrolment.person).filter(source=f"correction {request.pk}", table_name=table)
    for change in changes.order_by("pk"):
        if column not in {**(change.before or {}), **(change.after or {})}:
            continue
        if request.field == "identity_number":
            if change.before is None:
                continue  # the new document; the old one is the row that was changed
            return _document(change.row_id)
        return _said(request.field, (change.before or {}).get(column))
    return None


def _document(key: int) -> Text:
    old = IdentityDocument.objects.get(pk=key)
    kind = identity.NAMES[cast(identity.Kind, old.kind)]
    return Text(f"{kind.zh} {old.number_masked}", f"{kind.en} {old.number_masked}")


def _said(field: str, value: Any) -> Text:
    if not value:
        return Text("没有", "nothing")
    if field == "sex":
        return Text(Sex(value).label, str(value))
    said = divisions.full_name(value) if field in ("hukou", "parent_hukou") else str(value)
    return Text(said, said)
