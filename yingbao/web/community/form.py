"""What is typed to register one child, read field by field: each slip is answered beside its field. 登记表"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.cases.newcomer import WITHOUT_HUKOU
from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson
from yingbao.people.checking import agreed_birth_date, checked_document, checked_name, kind_of
from yingbao.policy import terms
from yingbao.values import divisions, identity, phones
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

FIELDS = (
    "name", "kind", "number", "birth_date", "sex", "hukou", "school", "community",
    "one_relation", "one_name", "one_phone", "one_hukou", "two_relation", "two_name", "two_phone", "two_hukou",
    "not_same",
)  # fmt: skip
LONGEST = 120
RELATIONS = {"father": Text("父亲", "father"), "mother": Text("母亲", "mother"),
             "grandparent": Text("祖父母", "grandparent"), "other": Text("其他", "other")}  # fmt: skip
EMPTY = {
    "name": Text("请填写姓名。", "Please fill in the name."),
    "number": Text("请填写证件号码。", "Please fill in the number."),
    "hukou": Text("请填写户籍所在地。", "Please fill in the hukou."),
}
T = TypeVar("T")
OLDEST = 30
"""years: whoever is older is no child by any policy, and the year was mistyped"""


class Filled(NamedTuple):
    """The form as it was read. 已读表单"""

    person: NewPerson | None
    """None as long as anything is wrong"""
    school: Organisation | None
    """the school at which the child is said to be"""
    wrong: dict[str, Text]


def typed_in(data: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, as it is shown again. 原样保留"""
    return {name: str(data.get(name, "")).strip()[:LONGEST] for name in FIELDS}


def read(typed: Mapping[str, str], *, place: Organisation, on: date) -> Filled:
    """Read every field; nothing is stored. 读表"""
    wrong: dict[str, Text] = {}
    name = _read(wrong, "name", lambda: checked_name(_given(typed["name"])))
    document = _document(typed, wrong, on)
    birth = _birth(typed, document, wrong, on)
    hukou = _hukou(typed["hukou"], "hukou", wrong, place.division)
    if not typed["hukou"] and typed["kind"] not in WITHOUT_HUKOU:
        wrong["hukou"] = EMPTY["hukou"]
    school = _school(typed["school"], place, wrong)
    guardians = [_guardian(typed, side, wrong, place.division) for side in ("one", "two")]
    if not any(one is not None and one.phone for one in guardians) and "one_phone" not in wrong:
        wrong["one_phone"] = Text("至少留一个监护人的电话。", "At least one guardian's phone is needed.")
    sex = typed["sex"] if typed["sex"] in ("male", "female") else ""
    if document is not None:
        told = identity.sex(kind_of(document), document.number)
        if told and sex and told != sex:
            wrong["sex"] = Text("与证件号码里的性别不一致，请核对。", "The number says otherwise; please check.")
        sex = told or sex
    if wrong or name is None or document is None:
        return Filled(None, school, wrong)
    person = NewPerson(
        name=name, sex=sex, birth_date=birth, hukou=hukou, documents=(document,),
        guardians=tuple(one for one in guardians if one is not None),
    )  # fmt: skip
    return Filled(person, school, {})


def choices() -> dict[str, Any]:
    """What the form offers. 选项"""
    return {"kinds": list(terms.IDENTITY_TYPES.items()), "relations": list(RELATIONS.items())}


def _given(text: str) -> str:
    if not text:
        raise Fault(EMPTY["name"], Text("", ""))
    return text


def _read(wrong: dict[str, Text], field: str, reader: Callable[[], T]) -> T | None:
    """What the reader makes of a field; what is wrong with it stands beside the field."""
    try:
        return reader()
    except (Refused, Fault) as error:
        place = error.where if isinstance(error, Refused) and error.where in FIELDS else field
        wrong[place] = _said(error.what, error.mend)
        return None


def _said(what: Text, mend: Text) -> Text:
    if not mend.zh:
        return what
    return Text(f"{what.zh.rstrip('。')}。{mend.zh.rstrip('。')}。", f"{what.en.rstrip('.')}. {mend.en.rstrip('.')}.")


def _document(typed: Mapping[str, str], wrong: dict[str, Text], on: date) -> NewDocument | None:
    if typed["kind"] not in terms.IDENTITY_TYPES:
        wrong["kind"] = Text("请选择证件类型。", "Please choose the kind of document.")
        return None
    if not typed["number"]:
        wrong["number"] = EMPTY["number"]
        return None
    return _read(wrong, "number", lambda: checked_document(NewDocument(typed["kind"], typed["number"]), on=on))


def _birth(typed: Mapping[str, str], document: NewDocument | None, wrong: dict[str, Text], on: date) -> date | None:
    birth = None
    if typed["birth_date"]:
        try:
            birth = date.fromisoformat(typed["birth_date"])
        except ValueError:
            wrong["birth_date"] = Text("请写成 2019-09-01 这样的日期。", "Give a date such as 2019-09-01.")
            return None
        if birth > on or birth.year < on.year - OLDEST:
            wrong["birth_date"] = Text("出生日期不对，请核对年份。", "This cannot be the birth date; check the year.")
            return None
    if document is not None:
        known = birth
        birth = _read(wrong, "birth_date", lambda: agreed_birth_date(known, document))
    if birth is None and "birth_date" not in wrong and document is not None:
        wrong["birth_date"] = Text(
            "证件号码里没有出生日期，请填写。", "The number does not hold it; please fill it in."
        )
    return birth


def _hukou(text: str, field: str, wrong: dict[str, Text], near: str) -> str:
    if not text:
        return ""
    return _read(wrong, field, lambda: divisions.code_of(text, near=near)) or ""


def _school(text: str, place: Organisation, wrong: dict[str, Text]) -> Organisation | None:
    if not text:
        return None
    found = Organisation.objects.filter(
        name=text, pooling_area=place.pooling_area, kind=OrganisationKind.SCHOOL, active=True
    ).order_by("pk")
    school = found.first()
    if school is None:
        wrong["school"] = Text(
            "本统筹区没有这个名称的学校；在外地就读的请留空。",
            "No school here has this name; leave it empty for a child at school elsewhere.",
        )
    return school


def _guardian(typed: Mapping[str, str], side: str, wrong: dict[str, Text], near: str) -> NewGuardian | None:
    field = {name: f"{side}_{name}" for name in ("relation", "name", "phone", "hukou")}
    if not any(typed[one] for one in field.values()):
        return None
    relation = typed[field["relation"]]
    if relation not in RELATIONS:
        wrong[field["relation"]] = Text("请选择与孩子的关系。", "Please choose what they are to the child.")
    name, phone = typed[field["name"]], typed[field["phone"]]
    if name:
        name = _read(wrong, field["name"], lambda: checked_name(typed[field["name"]])) or ""
    if phone:
        phone = _read(wrong, field["phone"], lambda: phones.check(typed[field["phone"]])) or ""
    return NewGuardian(
        name=name, relation=relation, phone=phone, hukou=_hukou(typed[field["hukou"]], field["hukou"], wrong, near)
    )
