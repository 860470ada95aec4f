"""The points office hands in its list of admitted children and sees it through. 积分入医名单页面"""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.spreadsheet.assisted_lists import body, known, row
from tests.spreadsheet.rosters import resident_id, workbook
from tests.web.body_lists import HOME, confirm, handed_in, text
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.jobs.models import Job

pytestmark = pytest.mark.django_db


def test_a_points_list_speaks_of_the_admission_and_of_no_assistance(signed_in, school, suzhou):
    office = signed_in(clerk_of(body("points_office", name="积分办"), Desk.LIST_PROVIDER))
    children = [known(f"樊思{n}", school, hukou="340100", registrations=()) for n in "远近高"]
    listed(school, suzhou, *children)

    def rows(*ones):
        return workbook([{"姓名": one.name, "身份证号": one.number, "入医日期": "2019-08-20"} for one in ones])

    confirm(office, handed_in(office, rows(*children), as_of="2019-09-12", name="积分入医.xlsx"))
    page = handed_in(office, rows(*children[:2]), as_of="2019-10-12", name="积分入医2.xlsx")
    said = text(office.get(page))
    assert "1 名孩子将被取消积分入医资格" in said
    assert "救助" not in said
    assert "将取消资格" in said
    confirm(office, page)
    assert "已取消资格" in text(office.get(page))
    assert "将取消资格" not in text(office.get(page))


def test_while_it_takes_effect_each_body_reads_what_is_done_to_its_own_list(signed_in, suzhou):
    office = signed_in(clerk_of(body("points_office", name="积分办"), Desk.LIST_PROVIDER))
    client = signed_in(clerk_of(body(), Desk.LIST_PROVIDER))
    rows = workbook([{"姓名": "樊思远", "身份证号": resident_id(), "入医日期": "2019-08-20"}])
    points = handed_in(office, rows, as_of="2019-09-12", name="积分入医.xlsx")
    assisted = handed_in(client, [row(known("王一"))])
    office.post(f"{points}confirm", {"seen": office.get(points).context["seen"]})
    client.post(f"{assisted}confirm", {"seen": client.get(assisted).context["seen"]})
    Job.objects.filter(task="assisted.commit").update(state="running", done=0, total=100)
    for who, page in ((office, points), (client, assisted)):
        said = text(who.get(page))
        assert "名单正在生效" in said
        assert "再次匹配" not in said
    Job.objects.filter(task="assisted.commit").update(done=30)
    said = text(office.get(points))
    assert "登记入医资格" in said
    assert "救助" not in said
    assert "写入救助身份" in text(client.get(assisted))


def test_the_points_office_sees_what_became_of_its_list_and_gets_its_own_template(signed_in, school, suzhou):
    office = signed_in(clerk_of(body("points_office", name="积分办"), Desk.LIST_PROVIDER))
    child = known("樊思远", school, hukou="340100", registrations=())
    listed(school, suzhou, child)
    data = workbook([{"姓名": "樊思远", "身份证号": child.number, "入医日期": "2019-08-20", "学校": "星海学校"}])
    page = handed_in(office, data, as_of="2019-09-12", name="积分入医.xlsx")
    assert "星海学校" in text(office.get(page))
    confirm(office, page)
    assert Enrolment.objects.get(person=child).status == "enrolled"
    said = text(office.get(HOME))
    assert "已自动登记" in said
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"{HOME}template?kind=changes").content))
    assert [cell.value for cell in book.worksheets[0][1]] == [
        "*变动", "*姓名", "证件类型", "*证件号码", "*入医日期", "学校",
    ]  # fmt: skip
