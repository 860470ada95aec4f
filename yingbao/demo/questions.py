"""Questions in every state, and the answers of both cities that helped others, for the demonstration. 演示问题"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from yingbao.agents.models import KINDS_OF_DESK, Appointment, Desk, Organisation, User
from yingbao.agents.models import OrganisationKind as Kind
from yingbao.cases import asking, handing
from yingbao.cases.finding import grams_of
from yingbao.cases.handing import Family
from yingbao.cases.kinds import TOPICS
from yingbao.cases.models import Case, GeneralAnswer
from yingbao.demo import bodies
from yingbao.demo.bodies import SUZHOU, YUZHONG
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import Guardian
from yingbao.values.clock import CHINA

PUBLISHED = datetime(2019, 10, 22, 10, 0, tzinfo=CHINA)
EARLY = datetime(2019, 11, 4, 9, 50, tzinfo=CHINA)
NEXT_DAY = datetime(2019, 11, 5, 16, 5, tzinfo=CHINA)
LATE = datetime(2019, 11, 11, 14, 10, tzinfo=CHINA)
SINCE = datetime(2019, 8, 26, tzinfo=CHINA).date()
DESKS = {
    Kind.INSURANCE_AGENCY: Desk.AGENCY, Kind.TAX_AUTHORITY: Desk.TAX, Kind.SUB_DISTRICT: Desk.COMMUNITY,
    Kind.CARD_CENTRE: Desk.CARD,
}  # fmt: skip


class Known(NamedTuple):
    """An answer in the demonstration's own words; facts and clause are the notice's. 公开答复"""

    area: str
    topic: str
    body: Kind
    question: str
    answer: str
    clause: str
    staff_only: bool = False


_SUZHOU, _YUZHONG = "苏社基〔2019〕68号", "渝中区2020年度参保征收通知"
_AGENCY, _TAX, _CARD = Kind.INSURANCE_AGENCY, Kind.TAX_AUTHORITY, Kind.CARD_CENTRE
ANSWERS = (
    Known(SUZHOU, "policy", _AGENCY, "孩子归学校办还是归社区办？",
          "在市区学校、幼儿园有学籍的，由学校或幼儿园办。市区户籍、未满十八岁、没上学的，以及父母是本市户籍、在外地读书的，由社区办。",
          f"{_SUZHOU} 一"),
    Known(SUZHOU, "policy", _AGENCY, "今年哪天截止，过了还能补吗？",
          "学校要在2019年11月30日前办完申报缴费。结束后不再调整人员，也不再补缴，所以名单有错漏要在截止前申请更正。",
          f"{_SUZHOU} 二、五(一)"),
    Known(SUZHOU, "registration", _AGENCY, "第一次参保，先去哪里登记？",
          "市区户籍（姑苏、高新、吴中、相城）到户籍所在社区；取得积分入医资格的自动登记；外籍、港澳台、父母一方是本市户籍、"
          "园区等大市户籍的，由学校统一送经办机构登记。登记之后才能参保。", f"{_SUZHOU} 四(二)"),
    Known(SUZHOU, "registration", _AGENCY, "外地户籍的孩子错过了积分入医，今年还能参保吗？",
          "通过学校首次参保的，要在6月至9月10日之间办好积分入医；过期没办的，视为放弃这一年。高中、中专、技校、职校不需要积分。",
          f"{_SUZHOU} 四(三)"),
    Known(SUZHOU, "payment", _AGENCY, "哪些孩子不用家里缴钱，要交证明吗？",
          "本市户籍的低保、低保边缘、特困供养、孤儿、临救大病、重点优抚、建档立卡和困难残疾学生，由财政全额补助。"
          "名单由民政、总工会、残联送来，家里不用交证明。", f"{_SUZHOU} 三、四(五)"),
    Known(SUZHOU, "payment", _TAX, "学校怎么把钱缴上来？",
          "先在平台确认人数和金额并向税务申报，再银行转账（写上附言编号）或电子扣款；扣款要事先签协议。到账后由学校把电子票据发给学生。",
          f"{_SUZHOU} 四(六)", True),
    Known(SUZHOU, "policy", _AGENCY, "缴了费，从哪天起能用？",
          "在申报期内办妥的，2020年1月1日至12月31日。", f"{_SUZHOU} 五(二)"),
    Known(SUZHOU, "policy", _AGENCY, "新生儿什么时候办，按多少缴？",
          "出生三个月内，父母带新生儿户口簿到户籍所在社区申请；按全年标准缴，次月起享受待遇。", f"{_SUZHOU} 五(三)"),
    Known(SUZHOU, "card", _CARD, "市民卡什么时候能领，要交照片吗？",
          "缴费到账、照片交齐后一个月领取。7周岁以上没有卡的要按格式交照片，7周岁以下不用。", f"{_SUZHOU} 四(七)"),
    Known(YUZHONG, "payment", _TAX, "续保的学生在哪里缴费？",
          "参过居民医保的，可在微信、支付宝或“渝快办”上缴，缴费年度选2020年，可以替别人缴。",
          f"{_YUZHONG} 一(三)、附1"),
    Known(YUZHONG, "registration", _AGENCY, "第一次参保能直接在手机上缴吗？",
          "不能。先到户籍所在地或学校所在地的社区居委会登记，登记后当场缴，可以刷卡、微信、支付宝。",
          f"{_YUZHONG} 一(三)"),
    Known(YUZHONG, "policy", _AGENCY, "错过12月20日还能参保吗？",
          "可以补到2020年9月30日。6月30日之后缴的，还要加上当年财政补助那一部分。", f"{_YUZHONG} 一(一)(二)"),
    Known(YUZHONG, "policy", _AGENCY, "什么时候开始享受待遇？",
          "集中缴费期内缴的，2020年全年；1月、2月缴的，从次月1日起；3月1日以后缴的，等90天。都到2020年12月31日为止。",
          f"{_YUZHONG} 一(四)"),
    Known(YUZHONG, "school", _AGENCY, "学校收上来的疑难问题交给谁？",
          "先与所在街道社保所联系；街道解决不了的，由街道转医保、税务、教育部门，一个平台上提问、答复都能看到。",
          f"{_YUZHONG} 二(三)", True),
)  # fmt: skip


def prepare(clerks: Mapping[int, Appointment], seasons: Mapping[str, Season]) -> None:
    """Publish what is known, then ask. 建立问题与公开答复"""
    officers = {(area, kind): _officer(area, kind) for area in seasons for kind in DESKS}
    _publish(officers, seasons)
    _ask(clerks, seasons[YUZHONG], bodies.YUZHONG_PRIMARY, officers)
    _asked_by_families(clerks, seasons[SUZHOU])


def _publish(officers: Mapping[tuple[str, Kind], Appointment | None], seasons: Mapping[str, Season]) -> None:
    rows = []
    for number, one in enumerate(ANSWERS):
        by = officers[one.area, one.body]
        if by is None:
            continue
        words = (one.question, one.answer, one.clause, TOPICS[one.topic].name.zh)
        rows.append(GeneralAnswer(
            pooling_area=one.area, plan_year=seasons[one.area].plan_year, topic=one.topic, question=one.question,
            answer=one.answer, clause=one.clause, for_staff=True, for_families=not one.staff_only,
            once=f"demonstration{number}", published_by_body=by.organisation, published_by=by.user,
            published_at=PUBLISHED, grams=grams_of(*words),
        ))  # fmt: skip
    GeneralAnswer.objects.bulk_create(rows)


def _ask(
    clerks: Mapping[int, Appointment], season: Season, code: str,
    officers: Mapping[tuple[str, Kind], Appointment | None],
) -> None:  # fmt: skip
    """What a school has asked: one waits, one is late, one went on to the tax authority, one is answered."""
    school = Organisation.objects.filter(pooling_area=season.pooling_area, code=code).select_related("parent").first()
    by = clerks.get(school.pk) if school is not None else None
    tax = officers[season.pooling_area, Kind.TAX_AUTHORITY]
    if by is None or school is None or school.parent is None or tax is None:
        return
    street = _seat(school.parent, Desk.COMMUNITY)

    def ask(topic: str, words: str, once: str, at: datetime) -> Case:
        to = asking.proposed(by, topic) or school
        return asking.ask(topic=topic, question=words, to=to, season=season, once=once, by=by, at=at)

    ask("policy", "有家长问，孩子随军转来，户口还没迁，能不能按续保缴？", "demonstrationA", LATE)
    ask("registration", "三名学生在学校所在地登记过，缴费时仍提示没有登记信息，请核实。", "demonstrationB", EARLY)
    on = ask("payment", "家长用支付宝替两个孩子缴，只到了一笔，另一笔怎么查？", "demonstrationC", LATE)
    handing.pass_on(case=on, to=tax.organisation, reason="请税务查一下到账", by=street, at=LATE)
    done = ask("policy", "十二月底才缴的，待遇从哪天起？", "demonstrationD", EARLY)
    handing.settle(case=done, answer="12月20日以后缴的，从次月1日起，也就是2020年1月1日。", by=street, at=NEXT_DAY)


def _asked_by_families(clerks: Mapping[int, Appointment], season: Season) -> None:
    """What families of a school of Suzhou have asked: waiting, to be completed, answered, withdrawn."""
    school = Organisation.objects.filter(pooling_area=SUZHOU, code=bodies.JUNIOR).first()
    by = clerks.get(school.pk) if school is not None else None
    if by is None or school is None:
        return
    children = Enrolment.objects.filter(season=season, organisation=school).order_by("pk").values("person")[:40]
    found = Guardian.objects.filter(person__in=children, phone_index__isnull=False).select_related("person")
    asked = (
        ("payment", "告家长书上的金额和我听说的不一样，怎么算的？", "demonstrationE", LATE),
        ("card", "孩子的卡上学期丢了，补卡要不要重新交照片？", "demonstrationF", EARLY),
        ("registration", "孩子改过名字，保费还是原来的名字，会不会用不了？", "demonstrationG", EARLY),
        ("other", "多报了一次，请不要管了。", "demonstrationH", LATE),
    )
    for guardian, (topic, words, once, at) in zip(found.order_by("pk"), asked, strict=False):
        family = Family(bytes(guardian.phone_index or b""))
        case = asking.ask_as_family(
            topic=topic, question=words, season=season, to=school, once=once, phone_index=family.phone_index, at=at,
            person=guardian.person,
        )  # fmt: skip
        if once.endswith("F"):
            handing.turn_back(case=case, reason="请写明是哪一年领的卡。", by=by, at=at)
        elif once.endswith("G"):
            told = "请在平台申请更正，附户口簿；改好后票据和待遇都按新名字。"
            handing.settle(case=case, answer=told, by=by, at=NEXT_DAY)
        elif once.endswith("H"):
            handing.withdraw(case=case, by=family, at=at)


def _officer(area: str, kind: Kind) -> Appointment | None:
    """Somebody at the desk of a bureau; there is one of each but sub-districts."""
    if kind == Kind.SUB_DISTRICT:
        return None
    place = Organisation.objects.filter(pooling_area=area, kind=kind).order_by("pk").first()
    return _seat(place, DESKS[kind]) if place is not None else None


def _seat(place: Organisation, desk: Desk) -> Appointment:
    """Who works there, or a made-up colleague who cannot sign in. 经办人员"""
    assert place.kind in KINDS_OF_DESK[desk], "a desk stands where it may"
    held = Appointment.objects.filter(organisation=place, desk=desk, until__isnull=True).select_related(
        "user", "organisation"
    )
    found = held.order_by("pk").first()
    if found is not None:
        return found
    user = User.objects.create(username=f"answers-{place.pk}", name="演示经办员", password="!", is_active=False)  # noqa: S106
    return Appointment.objects.create(user=user, organisation=place, desk=desk, since=SINCE)
