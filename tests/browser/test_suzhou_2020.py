"""The notice of Suzhou walked from its first day to its last, each person at the own desk. 苏社基〔2019〕68号走查"""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser import season as acts
from tests.browser.season import gateways, keep, press, windows
from tests.browser.suzhou import (
    GUSU,
    LAST_DAY,
    NUMBERS,
    SCHOOL,
    SENIOR,
    WHOLE_YEAR,
    Story,
    confirm_list,
    hand_in,
    morning,
    page_of,
    pay_by_transfer,
    row_of,
    story,
    try_the_rules,
    type_child,
    verdict,
)
from tests.browser.test_family import code_for, come_in
from tests.collection.signing import authority, signing
from tests.spreadsheet.assisted_lists import file_of
from tests.spreadsheet.rosters import pupil, workbook
from yingbao.collection.audit import INVARIANTS
from yingbao.jobs import receipts
from yingbao.ledger.audit import examine
from yingbao.people.models import Person
from yingbao.values import clock

__all__ = ["authority", "gateways", "signing", "story", "windows"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_season_of_the_notice_from_its_first_day_to_its_last(story):
    the_window_opens_and_every_desk_shows_its_last_day(story)
    the_points_office_hands_in_who_was_admitted(story)
    a_school_registers_all_its_pupils_online(story)
    every_child_has_its_enrolling_agent(story)
    who_missed_the_points_has_waived_the_year(story)
    first_timers_are_registered_through_their_channels(story)
    three_bodies_lists_make_children_exempt(story)
    a_child_costs_240_yuan_and_an_exempt_one_nothing(story)
    a_family_reads_its_own_letter(story)
    the_school_declares_and_pays_and_hands_out_receipts(story)
    a_list_that_arrives_after_payment_refunds(story)
    the_agency_corrects_inside_the_window(story)
    after_the_close_nothing_is_added_changed_or_paid(story)
    the_bureau_sees_who_is_missing_and_anybody_whom_to_ask(story)
    cover_begins_with_the_year_and_the_card_is_announced(story)
    a_newborn_is_enrolled_through_its_community(story)
    assert examine(INVARIANTS) == []


def the_window_opens_and_every_desk_shows_its_last_day(story: Story) -> None:
    """S2 二: from 1 September to 30 November 2019, both days included, in China's time."""
    anybody = story.anybody()
    days = {"2019-08-31": "未开始", "2019-09-01": "可以参保", "2019-11-30": "可以参保", "2019-12-01": "已结束"}
    for day, words in days.items():
        try_the_rules(anybody, paid_on=day, school_stage="primary")
        expect(anybody.locator(".verdict")).to_contain_text(words)
    morning(story, "2019-09-02")
    for who in ("school", "community", "agency", "education", "civil"):
        expect(story.at_desk(who).get_by_role("main")).to_contain_text(LAST_DAY)
    keep(story.at_desk("school"), "suzhou-s02-window")


def the_points_office_hands_in_who_was_admitted(story: Story) -> None:
    """S6 四(三): the list of who was admitted between June and 10 September; a day later does not count."""
    morning(story, "2019-09-12")
    rows = [
        {"姓名": name, "身份证号": NUMBERS[name], "积分入医日期": day}
        for name, day in (("林知远", "2019-08-20"), ("闻晚舟", "2019-09-11"))
    ]
    page = story.at_desk("points")
    hand_in(page, "/lists/", workbook(rows), "积分入医.xlsx")
    confirm_list(page)


def a_school_registers_all_its_pupils_online(story: Story) -> None:
    """S7 四(四): a roster in Excel is uploaded, looked at and confirmed, and all pupils stand on the list."""
    morning(story, "2019-09-16")
    rows = [pupil(姓名=name, 身份证号=number, 户籍所在地=number[:6]) for name, number in NUMBERS.items()]
    page = story.at_desk("school")
    foreign = pupil(
        姓名="欧文", 学籍号="", 证件类型="护照", 身份证号="E20190916", 出生日期="2012-08-15", 国籍="新加坡",
        户籍所在地="", 父母户籍所在地="",
    )  # fmt: skip
    parents = {"何嘉树": GUSU}
    ours = [row | {"证件类型": "居民身份证", "父母户籍所在地": parents.get(row["姓名"], "")} for row in rows[:-1]]
    hand_in(page, "/school/roster/", workbook([*ours, foreign]), "2019级花名册.xlsx")
    keep(page, "suzhou-s07-roster")
    confirm_list(page)
    senior = story.at_desk("senior")
    hand_in(senior, "/school/roster/", workbook([rows[-1] | {"年级": "高一"}]), "高一.xlsx")
    confirm_list(senior)
    page.goto("/school/pupils/")
    expect(page.locator("#list tbody tr")).to_have_count(11)


def every_child_has_its_enrolling_agent(story: Story) -> None:
    """S1 一: the school of the roll; the community for who is not at school, or studies elsewhere."""
    school = story.at_desk("school")
    page_of(school, "school/pupils", "陈启昂")
    expect(school.locator(".why").first).to_contain_text("由所在学校或托幼机构代办参保")
    keep(school, "suzhou-s01-school")
    community = story.at_desk("community")
    type_child(community, "查亦菲", born=date(2017, 3, 1))
    verdict(community).to_contain_text("可以参保，家庭缴240元")
    expect(community.locator(".why").first).to_contain_text("由户籍所在社区代办参保")
    keep(community, "suzhou-s01-community", top="#result")
    press(community, "登记，接着收费")
    anybody = story.anybody()
    elsewhere = {"school_division": "上海市黄浦区", "parent_hukou": "苏州市姑苏区", "hukou": "上海市黄浦区"}
    try_the_rules(anybody, school_stage="primary", **elsewhere)
    expect(anybody.locator(".verdict")).to_contain_text("社区代办")
    try_the_rules(anybody, school_stage="none", school_division="", birth_date="2001-12-31")
    expect(anybody.locator(".verdict")).to_contain_text("已满18周岁")


def who_missed_the_points_has_waived_the_year(story: Story) -> None:
    """S6 四(三): on the list in time, enrolled; missed it, waived; senior stage and a parent's hukou need none."""
    school, agency, senior = (story.at_desk(who) for who in ("school", "agency", "senior"))
    morning(story, "2019-09-17")
    agency.goto("/agency/points/")
    listed = agency.get_by_role("table", name="未办积分入医的孩子")
    expect(listed.get_by_role("row")).to_have_count(3)
    expect(listed).to_contain_text("程雨晴")
    expect(listed.get_by_role("row").filter(has_text="闻晚舟")).to_contain_text("不在期内")
    keep(agency, "suzhou-s06-points")
    page_of(school, "school/pupils", "程雨晴")
    expect(school.locator(".why").first).to_contain_text("按自动放弃处理")
    expect(school.get_by_role("button", name="确认参保")).to_have_count(0)
    keep(school, "suzhou-s06-waived")
    page_of(school, "school/pupils", "林知远")
    verdict(school).to_contain_text("可以参保，家庭缴240元")
    expect(school.get_by_role("button", name="确认参保")).to_be_visible()
    page_of(senior, "school/pupils", "高远")
    expect(senior.locator(".why").first).to_contain_text("不纳入积分入医管理")


def first_timers_are_registered_through_their_channels(story: Story) -> None:
    """S5 四(二): through the school by the agency, at the community of the hukou; nobody enrols before that."""
    school, agency, community = (story.at_desk(who) for who in ("school", "agency", "community"))
    for name in ("顾子墨", "陆清和", "欧文", "何嘉树"):
        page_of(school, "school/pupils", name)
        verdict(school).to_contain_text("240元")
        expect(school.get_by_role("button", name="确认参保")).to_have_count(0)
    school.goto("/school/pupils/")
    expect(school.locator("form.note")).to_contain_text("3 名首次参保的学生要由医保经办机构登记")
    press(school, "全部报送")
    agency.goto("/agency/registrations/")
    agency.get_by_role("link", name="顾子墨").click()
    verdict(agency).to_contain_text("登记后：可以参保，家庭缴240元")
    keep(agency, "suzhou-s05-agency")
    press(agency, "材料无误，登记")
    agency.goto("/agency/registrations/")
    agency.get_by_label("审核通过").select_option("all")
    press(agency, "下一步")
    agency.get_by_role("button", name=re.compile(r"^登记 2 名$")).click()
    page_of(community, "community/children", "陆清和")
    keep(community, "suzhou-s05-community")
    press(community, "登记基本信息")
    expect(community.get_by_role("status").first).to_contain_text(f"接着由“{SCHOOL}”确认参保")
    for name in ("顾子墨", "陆清和", "欧文", "何嘉树"):
        page_of(school, "school/pupils", name)
        expect(school.get_by_role("button", name="确认参保")).to_be_visible()


def three_bodies_lists_make_children_exempt(story: Story) -> None:
    """S8 四(五): bodies send lists, no family brings papers; a child on two of them is paid once."""
    morning(story, "2019-09-20")
    lists = {"civil": {"汪晓雯": "低保", "韩若冰": "孤儿"}, "disabled": {"韩若冰": "困难残疾学生"}}
    for who, categories in lists.items():
        rows = [row_of(name, category) for name, category in categories.items()]
        page = story.at_desk(who)
        hand_in(page, "/lists/", file_of(rows), "名单.xlsx")
        if who == "civil":
            keep(page, "suzhou-s08-list")
        confirm_list(page)
    school = story.at_desk("school")
    page_of(school, "school/pupils", "韩若冰")
    verdict(school).to_contain_text("家庭不用缴费")
    verdict(school).to_contain_text("财政 240元")


def a_child_costs_240_yuan_and_an_exempt_one_nothing(story: Story) -> None:
    """S3 三: 240 yuan of the family; of an exempt child nothing, and 240 of the treasury."""
    page = story.at_desk("school")
    page_of(page, "school/pupils", "陈启昂")
    verdict(page).to_contain_text("可以参保，家庭缴240元")
    page_of(page, "school/pupils", "汪晓雯")
    verdict(page).to_contain_text("可以参保，家庭不用缴费")
    verdict(page).to_contain_text("家庭 0元，财政 240元")
    expect(page.locator(".why").first).to_contain_text("保费由财政全额补助")
    keep(page, "suzhou-s03-exempt")


def a_family_reads_its_own_letter(story: Story) -> None:
    """S4 四(一): the letter to parents with the child's own amount; the one to print carries a QR code."""
    morning(story, "2019-09-23")
    mother = story.pages["mother"] = story.anybody(phone=True)
    come_in(mother, Person.objects.get(name="陈启昂"))
    mother.get_by_role("link", name="告家长书").click()
    facts = mother.locator(".facts").first
    for words in ("陈启昂", "240元", LAST_DAY):
        expect(facts).to_contain_text(words)
    keep(mother, "suzhou-s04-letter")
    paper = mother.request.get(str(mother.get_by_role("link", name="打印版（PDF）").get_attribute("href")))
    assert paper.body().startswith(b"%PDF")


def the_school_declares_and_pays_and_hands_out_receipts(story: Story) -> None:
    """S9 四(六): who pays, how many and how much; declared, paid by transfer, a receipt for what arrived."""
    morning(story, "2019-10-14")
    school, tax = story.at_desk("school"), story.at_desk("tax")
    acts.confirm_everybody(school)
    acts.declare(school, by="银行转账：")
    acts.accept(tax, SCHOOL)
    school.reload()
    school.get_by_role("heading", name="下一步：转账缴费").wait_for()
    keep(school, "suzhou-s09-declared")
    due = acts.in_yuan(school.locator(".big").first.inner_text())
    assert due == f"{7 * 240}.00"
    pay_by_transfer(story, school.locator(".reference").inner_text().strip(), due)
    school.reload()
    school.get_by_role("heading", name="已全部到账").wait_for()
    acts.aside(lambda: receipts.keep_up(at=clock.now(), seconds=60))
    school.goto("/school/receipts/")
    expect(school.get_by_role("main")).to_contain_text("7")
    keep(school, "suzhou-s09-receipts")


def a_list_that_arrives_after_payment_refunds(story: Story) -> None:
    """S8 四(五): a list that comes after the money did gives the family its money back without a request."""
    morning(story, "2019-10-28")
    civil, tax = story.at_desk("civil"), story.at_desk("tax")
    rows = [row_of("沈一鸣", "低保边缘", 变动="新增")]
    hand_in(civil, "/lists/", file_of(rows, kind="changes"), "变动名单.xlsx", kind="变动名单")
    confirm_list(civil)
    tax.goto("/tax/refunds/")
    row = tax.get_by_role("row").filter(has_text="沈**")
    expect(row).to_contain_text("240元")
    expect(row).to_contain_text("平台自动")


def the_agency_corrects_inside_the_window(story: Story) -> None:
    """S11 五(一): a school finds an error and asks; inside the window the agency puts it right."""
    morning(story, "2019-11-18")
    school, agency = story.at_desk("school"), story.at_desk("agency")
    for name in ("程雨晴", "闻晚舟"):
        page_of(school, "school/pupils", name)
        school.get_by_text("申请更正资料").click()
        school.get_by_label("要更正的内容").select_option("parent_hukou")
        school.get_by_label("正确的内容").fill("姑苏区")
        school.get_by_label("依据").fill("母亲户口簿")
        press(school, "送出申请")
        expect(school.locator("#corrections + ul")).to_contain_text("待处理")
    agency.goto("/agency/corrections/")
    agency.get_by_role("link", name="程雨晴").click()
    expect(agency.locator("#effect ~ table")).to_contain_text("可以参保")
    keep(agency, "suzhou-s11-correction")
    press(agency, "准予更正")
    page_of(school, "school/pupils", "程雨晴")
    verdict(school).to_contain_text("可以参保，家庭缴240元")


def after_the_close_nothing_is_added_changed_or_paid(story: Story) -> None:
    """S11 五(一): from 1 December on nobody is registered, corrected, confirmed or paid for."""
    morning(story, "2019-12-01")
    school, agency = story.at_desk("school"), story.at_desk("agency")
    agency.goto("/agency/corrections/")
    agency.get_by_role("link", name="闻晚舟").click()
    expect(agency.get_by_role("main")).to_contain_text("申报期已过，不能再更正")
    expect(agency.get_by_role("button", name="准予更正")).to_have_count(0)
    page_of(school, "school/pupils", "程雨晴")
    expect(school.get_by_role("main")).to_contain_text("现在不在办理期限内，不能增加、变更")
    for words in ("确认参保", "报送医保经办机构登记", "送出申请"):
        expect(school.get_by_role("button", name=words)).to_have_count(0)
    keep(school, "suzhou-s11-closed")
    school.goto("/school/")
    expect(school.locator(".due")).to_contain_text("年度申报缴费期已经结束")


def the_bureau_sees_who_is_missing_and_anybody_whom_to_ask(story: Story) -> None:
    """S14 closing: enrolment per school with the missing by reason; the published numbers and addresses."""
    morning(story, "2019-12-02")
    bureau, anybody = story.at_desk("education"), story.anybody()
    bureau.goto("/education/")
    # Of eleven on the roll one is not entitled: points were missed by a day.
    for school, should in ((SCHOOL, "10"), (SENIOR, "1")):
        row = bureau.get_by_role("row").filter(has=bureau.get_by_role("link", name=school))
        expect(row.get_by_role("cell").first).to_have_text(should)
    expect(bureau.get_by_role("main")).not_to_contain_text("程雨晴")
    keep(bureau, "suzhou-s14-education")
    anybody.goto("/help/?school=枕波")
    for words in ("65550101", "12333", "69820471", "12366", "962026", "平泷路251号", "三香路188号"):
        expect(anybody.get_by_role("main")).to_contain_text(words)
    keep(anybody, "suzhou-s14-help")


def cover_begins_with_the_year_and_the_card_is_announced(story: Story) -> None:
    """S12 五(二): who was declared and paid is covered from 1 January to 31 December 2020.

    S10 四(七): the step of the card, which waits for a photo; making cards is a story of its own.
    """
    morning(story, "2020-01-02")
    mother = story.pages["mother"]
    code_for(mother, Person.objects.get(name="陈启昂"))
    press(mother, "进入")
    mother.get_by_role("link", name="陈启昂").click()
    mother.get_by_role("heading", name="陈启昂", level=1).wait_for()
    verdict(mother).to_contain_text(WHOLE_YEAR)
    steps = mother.get_by_role("list", name="参保进度").get_by_role("listitem")
    covered, card = (steps.filter(has=mother.get_by_role("heading", name=name)) for name in ("待遇享受", "社会保障卡"))
    expect(covered).to_contain_text("可以按居民医保报销")
    expect(covered).to_contain_text("已完成")
    expect(card).to_contain_text("没有卡，还缺照片")
    keep(mother, "suzhou-s12-covered")
    keep(mother, "suzhou-s10-card", top="[aria-label='参保进度'] li:last-child")


def a_newborn_is_enrolled_through_its_community(story: Story) -> None:
    """S13 五(三): born 10 December, paid in full by 10 March; cover from the first of the month after payment."""
    morning(story, "2020-02-10")
    page = story.at_desk("community")
    type_child(page, "俞安宁", born=date(2019, 11, 9), serial=78)
    verdict(page).to_contain_text("最迟 2020年2月9日 缴费，已过期")
    expect(page.get_by_role("button", name="登记，接着收费")).to_have_count(0)
    type_child(page, "谈沐辰", born=date(2019, 12, 10), serial=79)
    verdict(page).to_contain_text("可以参保，家庭缴240元")
    verdict(page).to_contain_text("2020年3月1日 至 2020年12月31日")
    verdict(page).to_contain_text("最迟 2020年3月10日 缴费，还有 29 天")
    keep(page, "suzhou-s13-newborn", top="section.verdict")
    press(page, "登记，接着收费")
    page.get_by_text("刷卡", exact=True).click()
    page.get_by_label("终端号").fill("T0001")
    page.get_by_label("凭证号").fill("000123")
    page.get_by_label("签购单金额是").check()
    press(page, "确认收款")
    page.get_by_role("heading", name="缴费成功").wait_for()
    keep(page, "suzhou-s13-paid")
