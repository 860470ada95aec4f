"""The names that schools give the columns of a roster. 花名册列名

Gathered from the forms in use: class lists, kindergarten registers, the export of the national
school-roll system, the sheets that agencies hand out. A new name is one word in one of these tables.
"""

from __future__ import annotations

from yingbao.spreadsheet.columns import Field, Headings, canonical
from yingbao.values.text import Text

_FIELDS: dict[str, tuple[str, str, str]] = {
    # field: Chinese title, English title, further names
    "name": ("姓名", "Name", "名字 学生名字 中文姓名 fullname studentname pupilname pupil student"),
    "identity_type": (
        "证件类型", "Kind of document",
        "证件种类 证件类别 身份证件类型 身份证件种类 身份证类型 有效证件类型 证件名称 idtype identitytype documenttype",
    ),
    "identity_number": (
        "身份证号", "Identity number",
        "身份证 证件号 身份证件号 身份证编号 公民身份号 身份号 居民身份证号 有效证件号 有效身份证件号 证件编号 "
        "公民身份证号 二代身份证号 身份证号证件号 身份证证件号 身份证件号证件号 社会保障号 公民身份号社会保障号 "
        "idnumber idno idcard idcardno idcardnumber identitynumber identityno documentnumber",
    ),
    "sex": ("性别", "Sex", "gender 男女"),
    "birth_date": (
        "出生日期", "Birth date", "出生年月日 出生年月 生日 出生时间 birthdate dateofbirth dob birthday born",
    ),
    "school_stage": ("学段", "Stage", "学段名称 就读学段 stage"),
    "grade": ("年级", "Grade", "年级名称 所在年级 就读年级 现年级 级别 grade"),
    "class_name": (
        "班级", "Class",
        "班 班号 班级名称 所在班级 就读班级 班别 年级班级 所在年级班级 年级及班级 年级和班级 年班 班次 class classname",
    ),
    "roll_number": (
        "学籍号", "School-roll number",
        "全国学籍号 学籍编号 学籍 国网学籍号 全国统一学籍号 学籍号g号 国家学籍号 rollnumber schoolrollnumber rollno",
    ),
    "student_number": ("学号", "Student number", "班内学号 校内学号 studentnumber studentno studentid"),
    "nationality": ("国籍", "Nationality", "国籍地区 国别 国籍或地区 国家或地区 国家 nationality country"),
    "hukou": (
        "户籍所在地", "Hukou",
        "户籍 户籍地 户口 户口所在地 户口所在地行政区划码 户口所在地行政区划 户籍所在地行政区划 "
        "户籍所在地行政区划代码 户籍区划 户籍地址 户口地址 户籍代码 户籍行政区划代码 户籍行政区划 "
        "户籍地行政区划代码 户籍所在区 户籍所在地区 户口地 户籍所在地代码 "
        "户籍所在地省市区 hukou hukoudivision division householdregistration",
    ),
    "entered_on": (
        "入学日期", "Entry date",
        "入学时间 入学年月 入园日期 入园时间 入校时间 入校日期 转入日期 报到日期 就读时间 "
        "entrydate enteredon admissiondate",
    ),
    "residence_permit": (
        "居住证", "Residence permit",
        "是否有居住证 有无居住证 是否办理居住证 是否持有居住证 居住证情况 是否持居住证 父母居住证 residencepermit",
    ),
    "parent_employee_insured": (
        "父母参加职工医保", "Parent in employee insurance",
        "父母是否参加职工医保 父母职工医保 父母一方参加职工医保 家长是否参加职工医保 监护人是否参加职工医保 "
        "父母一方是否参加职工医保 父母是否职工医保 家长参加职工医保 监护人参加职工医保 父母参加职工基本医疗保险 "
        "parentemployeeinsured parentinsured",
    ),
    "tier": ("缴费档次", "Premium tier", "档次 参保档次 选择档次 缴费标准档次 tier"),
    "parent_hukou": (
        "父母户籍所在地", "Parents' hukou",
        "父母户籍 父母户籍地 父母户口 父母户口所在地 父母双方户籍 父母户籍代码 家长户籍 家长户籍所在地 "
        "父母一方户籍 父母户籍所在地行政区划代码 parenthukou parentshukou",
    ),
}  # fmt: skip

_OF_A_GUARDIAN: dict[str, tuple[str, str, str]] = {
    # the same of a guardian: suffix of the field, titles, further names after the word for the person
    "name": ("姓名", "name", "名字 名"),
    "relation": (
        "关系", "relation",
        "与学生关系 与本人关系 与被监护人关系 与儿童关系 与幼儿关系 与孩子关系 称谓 与参保人关系 relationship relation",
    ),
    "phone": (
        "联系电话", "phone",
        "电话 手机 手机号 联系方式 电话号 移动电话 联系手机 联系电话号 手机电话 联系手机号 phonenumber mobile tel",
    ),
    "identity_type": ("证件类型", "kind of document", "证件种类 证件类别 身份证件类型 身份证类型 idtype"),
    "identity_number": ("身份证号", "identity number", ""),
    "hukou": ("户籍所在地", "hukou", ""),
}  # fmt: skip

_GUARDIANS: dict[str, tuple[str, str, str]] = {
    # whose: titles, further words
    "guardian": (
        "监护人", "Guardian",
        "家长 法定监护人 第一监护人 监护人1 监护人一 家长1 联系人 监护人或家长 家长监护人 父母 成员1 家庭成员1 "
        "父母或监护人 家庭成员一 法定代理人 parent guardian1 contact",
    ),
    "second_guardian": (
        "第二监护人", "Second guardian", "监护人2 监护人二 家长2 成员2 家庭成员2 家庭成员二 guardian2 parent2",
    ),
    "father": ("父亲", "Father", "父 爸爸 父方 学生父亲"),
    "mother": ("母亲", "Mother", "母 妈妈 母方 学生母亲"),
}  # fmt: skip

_PUPIL_WORDS = (
    "学生 幼儿 儿童 孩子 本人 参保人 被保险人 少儿 小孩 新生 婴儿 子女 参保学生 学生幼儿 学生少儿 student pupil child"
)
_WITHOUT_A_PERSON = {
    "guardian_phone": "联系电话 电话 手机 手机号 联系方式 电话号 移动电话 联系手机 家庭电话 phone mobile tel telephone",
    "guardian_relation": "关系 与学生关系 与监护人关系 监护关系 监护人与学生关系 亲属关系 与孩子关系 relation",
}


def _headings() -> Headings:
    fields = [
        Field(name=name, title=Text(zh=zh, en=en), required=name in ("name", "identity_number"))
        for name, (zh, en, _) in _FIELDS.items()
    ]
    names: dict[str, str] = {}
    pupil: dict[str, str] = {}
    for name, (zh, en, more) in _FIELDS.items():
        called = {canonical(word) for word in (zh, en, *more.split())}
        names |= dict.fromkeys(called, name)
        pupil |= dict.fromkeys(called, name)
    for name, more in _WITHOUT_A_PERSON.items():
        names |= dict.fromkeys((canonical(word) for word in more.split()), name)
        pupil |= dict.fromkeys((canonical(word) for word in more.split()), name)
    persons = {canonical(word): "" for word in _PUPIL_WORDS.split()}
    of_person = {"": pupil}
    for whose, (zh, en, more) in _GUARDIANS.items():
        persons |= {canonical(word): whose for word in (zh, en, *more.split())}
        of_person[whose] = own = {"": f"{whose}_name"}
        for part, (own_zh, own_en, own_more) in _OF_A_GUARDIAN.items():
            if whose in ("father", "mother") and part == "relation":
                continue
            name = f"{whose}_{part}"
            fields.append(Field(name=name, title=Text(zh=zh + own_zh, en=f"{en}'s {own_en}")))
            shared = _FIELDS[part][2].split() if part in ("identity_number", "hukou") else []
            own |= dict.fromkeys((canonical(word) for word in (own_zh, own_en, *own_more.split(), *shared)), name)
    # The pupil's name is under 姓名 already, and 父母户籍所在地 has a column of its own for both parents.
    names |= {canonical(word): "name" for word in ("学生", "幼儿", "儿童")}
    return Headings(fields=tuple(fields), names=names, persons=persons, of_person=of_person)


ROSTER = _headings()
"""what the columns of a school's roster are called"""

TITLES: dict[str, Text] = {field.name: field.title for field in ROSTER.fields}
"""the title of each field, for messages and for the template"""
