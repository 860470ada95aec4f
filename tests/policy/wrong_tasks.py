"""A spoiled passage of a policy and what its author is told, and those of the season's tasks."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.policy.files import SUZHOU


class Wrong(NamedTuple):
    """A passage of a good file, what a hand made of it, and what its author is told."""

    old: str
    new: str
    at: str
    """the passage on whose line the problem stands"""
    what: str
    mend: str
    source: Path = SUZHOU


TASKS = {
    "three values where two are asked for": Wrong(
        "face_width_px: [179, 255]",
        "face_width_px: [179, 200, 255]",
        "face_width_px: [179, 200, 255]",
        "2 values are expected",
        "[a, b]",
    ),
    "a task of a body that does not own the phase": Wrong(
        "owners: [school]\n        seen_by: photos_in",
        "owners: [tax_authority]\n        seen_by: photos_in",
        "owners: [tax_authority]\n        seen_by: photos_in",
        "tax_authority does not own the phase cards",
        "Add it to the kinds",
    ),
    "a task that nobody is asked to do": Wrong(
        "en: points admission}\n    clause: 四(三)\n    owners:\n      - {zh: 市社保中心, en: social-security centre, "
        "kinds: [insurance_agency]}\n      - {zh: 学校和托幼机构, en: schools and kindergartens, kinds: [school]}",
        "en: points admission}\n    clause: 四(三)\n    owners:\n      - {zh: 市社保中心, en: social-security centre}",
        "id: tell_families_of_points",
        "Nobody is asked to do tell_families_of_points",
        "Give the owners their kinds",
    ),
    "a word that the platform cannot see": Wrong(
        "seen_by: photos_in", "seen_by: photo_in", "seen_by: photo_in", "Unknown value photo_in", "photos_in"
    ),
    "a kind of body that there is not": Wrong(
        "kinds: [card_centre]",
        "kinds: [card_center]",
        "kinds: [card_center]",
        "Unknown value card_center",
        "card_centre",
    ),
    "a task without an id that should be seen": Wrong(
        "- id: collect_material\n        zh:",
        "- seen_by: photos_in\n        zh:",
        "- seen_by: photos_in\n        zh:",
        "Without an id a task is not followed",
        "Give the task an id",
    ),
    "two tasks of one id": Wrong(
        "id: hand_out_letters",
        "id: collect_material # again",
        "id: collect_material # again",
        "is used twice",
        "an id of its own",
    ),
    "a task due after its phase": Wrong(
        "id: hand_out_letters",
        "id: hand_out_letters\n        due: 2019-10-01",
        "due: 2019-10-01",
        "deadline 2019-09-30 is before due 2019-10-01",
        "Mend one",
    ),
}
