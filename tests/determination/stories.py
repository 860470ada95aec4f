"""What the two notices mean for single children, told in their own terms. 核定事例

Each story is a sentence, the facts that matter in it, and what has to come out; all other facts are empty.
The clauses are those of 苏社基〔2019〕68号 and of Yuzhong's notice, which carries no number.
"""

from __future__ import annotations

from datetime import date
from typing import Any

Story = tuple[dict[str, Any], dict[str, Any]]

AT_SCHOOL_IN_GUSU = {"school_division": "320508", "school_stage": "primary", "birth_date": date(2011, 5, 4)}
AT_HOME_IN_GUSU = {"hukou": "320508", "birth_date": date(2016, 5, 4)}
AT_SCHOOL_IN_YUZHONG = {"school_division": "500103", "school_stage": "junior", "birth_date": date(2006, 5, 4)}
IN_WINDOW = {"paid_on": date(2019, 10, 8)}

SUZHOU: dict[str, dict[str, Story]] = {
    "一 · who enrols the child": {
        "A pupil with city hukou is enrolled by the school": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "320508"},
            {"status": "enrolled", "agent": "school", "channel": "school", "because": "roll_city_hukou"},
        ),
        "A child in kindergarten is enrolled by the kindergarten": (
            {**IN_WINDOW, "school_division": "320506", "school_stage": "kindergarten", "hukou": "320581"},
            {"status": "enrolled", "agent": "school"},
        ),
        "An infant with urban hukou is enrolled by the community": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW},
            {"status": "enrolled", "agent": "community", "channel": "community", "because": "community_not_at_school"},
        ),
        "A child at home with hukou in the Industrial Park is not for the urban communities": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW, "hukou": "320571"},
            {"status": "ineligible", "agent": None, "because": "not_covered"},
        ),
        "On the eighteenth birthday the first day of cover comes too late": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW, "birth_date": date(2002, 1, 1)},
            {"status": "ineligible", "because": "not_at_school_of_age"},
        ),
        "A day before the eighteenth birthday the year is still covered": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW, "birth_date": date(2002, 1, 2)},
            {"status": "enrolled", "agent": "community"},
        ),
        "A pupil of eighteen on the roll is still a pupil": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "320508", "birth_date": date(2001, 3, 1)},
            {"status": "enrolled", "agent": "school"},
        ),
        "A pupil elsewhere whose mother has city hukou is enrolled by the community": (
            {**IN_WINDOW, "school_division": "310104", "school_stage": "primary", "parent_hukou": ("340102", "320509")},
            {"status": "enrolled", "agent": "community", "because": "community_studies_elsewhere"},
        ),
        "A kindergarten elsewhere does not count as studying elsewhere": (
            {**IN_WINDOW, "school_division": "310104", "school_stage": "kindergarten", "parent_hukou": ("320509",)},
            {"status": "ineligible"},
        ),
        "A pupil in Kunshan is enrolled there, not here": (
            {**IN_WINDOW, "school_division": "320583", "school_stage": "primary", "hukou": "320583"},
            {"status": "ineligible", "because": "roll_elsewhere_in_city"},
        ),
        "A student at university is no pupil": (
            {**IN_WINDOW, "school_division": "320508", "school_stage": "university", "hukou": "320508"},
            {"status": "ineligible"},
        ),
    },
    "二 · the declaration window": {
        "Nothing is taken on 31 August": (
            {**AT_HOME_IN_GUSU, "paid_on": date(2019, 8, 31)},
            {"status": "not_open", "phase": "not_open", "premium_fen": 0, "registration": "hukou_community"},
        ),
        "1 September is in time": ({**AT_HOME_IN_GUSU, "paid_on": date(2019, 9, 1)}, {"phase": "open"}),
        "30 November is in time": (
            {**AT_HOME_IN_GUSU, "paid_on": date(2019, 11, 30)},
            {"status": "enrolled", "coverage_from": date(2020, 1, 1), "coverage_to": date(2020, 12, 31)},
        ),
        "1 December is too late": (
            {**AT_HOME_IN_GUSU, "paid_on": date(2019, 12, 1)},
            {"status": "closed", "phase": "closed", "agent": "community", "coverage_from": None, "channel": None},
        ),
    },
    "三 · what it costs": {
        "A family pays the whole premium": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW},
            {"premium_fen": 24000, "self_paid_fen": 24000, "subsidised_fen": 0, "paid_by": None},
        ),
        "An orphan's premium is paid by the treasury": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW, "assistance": ("orphan",)},
            {"premium_fen": 24000, "self_paid_fen": 0, "subsidised_fen": 24000, "paid_by": "treasury"},
        ),
        "Two exempt categories are paid once": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW, "assistance": ("minimum_living", "disabled_hardship")},
            {"premium_fen": 24000, "subsidised_fen": 24000},
        ),
        "A category outside the eight exempts no one": (
            {**AT_HOME_IN_GUSU, **IN_WINDOW, "assistance": ("severely_disabled", "near_poverty")},
            {"self_paid_fen": 24000, "paid_by": None},
        ),
        "An exempt category without city hukou exempts no one": (
            {
                **AT_SCHOOL_IN_GUSU,
                **IN_WINDOW,
                "hukou": "340102",
                "parent_hukou": ("320508",),
                "assistance": ("orphan",),
            },
            {"status": "enrolled", "self_paid_fen": 24000, "paid_by": None},
        ),
        "Nothing is owed by a child who is not enrolled": (
            {"assistance": ("orphan",), **IN_WINDOW},
            {"status": "ineligible", "premium_fen": 0, "subsidised_fen": 0, "paid_by": None},
        ),
    },
    "四(二) · where a first-timer registers": {
        "With urban hukou, at the community of the hukou, also for a pupil": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "320507"},
            {"registration": "hukou_community", "agent": "school"},
        ),
        "With hukou in the Industrial Park, through the school": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "320571"},
            {"registration": "school"},
        ),
        "A pupil from abroad, through the school and without points": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "identity_type": "passport"},
            {"registration": "school", "status": "enrolled", "because": "roll_without_hukou"},
        ),
        "One parent with city hukou is enough, through the school": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "340102", "parent_hukou": ("320585",)},
            {"registration": "school", "because": "roll_parent_city_hukou"},
        ),
        "By points, as soon as they are confirmed": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "340102", "points_admitted_on": date(2019, 8, 20)},
            {"registration": "points"},
        ),
        "A pupil elsewhere, at the community": (
            {**IN_WINDOW, "school_division": "310104", "school_stage": "junior", "parent_hukou": ("320509",)},
            {"registration": "community"},
        ),
        "Who is registered already registers nowhere": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "320507", "registered_before": True},
            {"registration": None, "because": "registration_done"},
        ),
    },
    "四(三) · points admission": {
        "The last day of the procedure is in time": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "340102", "points_admitted_on": date(2019, 9, 10)},
            {"status": "enrolled", "because": "roll_points_admitted"},
        ),
        "A day later the year is given up": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "340102", "points_admitted_on": date(2019, 9, 11)},
            {"status": "ineligible", "agent": None, "registration": None, "because": "points_missed"},
        ),
        "A renewal needs no points again": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "340102", "registered_before": True},
            {"status": "enrolled", "because": "roll_registered_before"},
        ),
        "A vocational pupil is outside the procedure": (
            {**AT_SCHOOL_IN_GUSU, **IN_WINDOW, "hukou": "340102", "school_stage": "vocational"},
            {"status": "enrolled", "registration": "school", "because": "roll_senior_stage"},
        ),
    },
    "五(三) · newborns": {
        "Paid within the window a newborn is a child like others": (
            {"hukou": "320505", "birth_date": date(2019, 11, 20), "paid_on": date(2019, 11, 30)},
            {"phase": "open", "coverage_from": date(2020, 1, 1)},
        ),
        "Three months end on the same day of the third month": (
            {"hukou": "320505", "birth_date": date(2020, 4, 15), "paid_on": date(2020, 7, 15)},
            {"status": "enrolled", "phase": "newborn", "coverage_from": date(2020, 8, 1), "premium_fen": 24000},
        ),
        "A day later is too late": (
            {"hukou": "320505", "birth_date": date(2020, 4, 15), "paid_on": date(2020, 7, 16)},
            {"status": "closed", "phase": "closed"},
        ),
        "Born on 30 November, the three months end with February": (
            {"hukou": "320505", "birth_date": date(2019, 11, 30), "paid_on": date(2020, 2, 29)},
            {"phase": "newborn", "coverage_from": date(2020, 3, 1)},
        ),
        "Paid in November, covered in December": (
            {"hukou": "320505", "birth_date": date(2020, 9, 1), "paid_on": date(2020, 11, 30)},
            {"coverage_from": date(2020, 12, 1), "coverage_to": date(2020, 12, 31)},
        ),
        "Paid in December an officer decides": (
            {"hukou": "320505", "birth_date": date(2020, 10, 1), "paid_on": date(2020, 12, 1)},
            {"status": "refer", "phase": "newborn", "premium_fen": 0, "coverage_from": None, "channel": None},
        ),
        "After the year there is no newborn route": (
            {"hukou": "320505", "birth_date": date(2020, 12, 1), "paid_on": date(2021, 1, 1)},
            {"status": "closed"},
        ),
        "A newborn with hukou elsewhere in the city is not on the route": (
            {"hukou": "320571", "birth_date": date(2020, 4, 15), "paid_on": date(2020, 5, 1)},
            {"status": "ineligible", "phase": "closed"},
        ),
        "A child of eight is not a newborn however exempt": (
            {
                "hukou": "320505",
                "birth_date": date(2012, 4, 15),
                "paid_on": date(2020, 5, 1),
                "assistance": ("orphan",),
            },
            {"status": "closed"},
        ),
    },
}

YUZHONG: dict[str, dict[str, Story]] = {
    "一(一) · when to pay": {
        "20 December is in the open period": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2019, 12, 20)},
            {"status": "enrolled", "phase": "open"},
        ),
        "21 December is late": ({**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2019, 12, 21)}, {"phase": "late"}),
        "30 September is the last day": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2020, 9, 30)},
            {"status": "enrolled", "coverage_from": date(2020, 12, 29)},
        ),
        "1 October is too late": ({**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2020, 10, 1)}, {"status": "closed"}),
        "31 August is too early": ({**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2019, 8, 31)}, {"status": "not_open"}),
    },
    "一(二) · what it costs": {
        "Tier one is meant if none is chosen": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2020, 6, 30), "tier": 1},
            {"premium_fen": 25000, "self_paid_fen": 25000},
        ),
        "Tier two costs more": ({**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW, "tier": 2}, {"premium_fen": 62500}),
        "From July the government's subsidy is added": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2020, 7, 1)},
            {"premium_fen": 80000, "self_paid_fen": 80000},
        ),
        "To tier two as well": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2020, 7, 1), "tier": 2},
            {"premium_fen": 117500},
        ),
        "No assistance is named in this notice": (
            {**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW, "assistance": ("orphan",)},
            {"self_paid_fen": 25000, "paid_by": None},
        ),
    },
    "一(三) · where to register and to pay": {
        "A new pupil registers and pays at the residents' committee": (
            {**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW},
            {"agent": "school", "registration": "community", "channel": "community"},
        ),
        "A child enrolled before pays online": (
            {**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW, "registered_before": True},
            {"registration": None, "channel": "online"},
        ),
        "Any hukou may enrol through a school here": (
            {**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW, "hukou": "320508"},
            {"status": "enrolled", "agent": "school"},
        ),
        "A child at home with hukou here belongs to the community": (
            {**IN_WINDOW, "hukou": "500103", "birth_date": date(2017, 3, 3)},
            {"status": "enrolled", "agent": "community"},
        ),
        "Who is eighteen when the year begins and at no school here is no child any more": (
            {**IN_WINDOW, "hukou": "500103", "birth_date": date(2002, 1, 1)},
            {"status": "ineligible", "because": "hukou_of_age"},
        ),
        "A pupil elsewhere with hukou here belongs to the community": (
            {**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW, "school_division": "500104", "hukou": "500103"},
            {"status": "enrolled", "agent": "community"},
        ),
        "Neither school nor hukou here is no child of this notice": (
            {**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW, "school_division": "500104", "hukou": "500104"},
            {"status": "ineligible"},
        ),
    },
    "一(四) · from when the child is covered": {
        "Paid in the open period, the whole year": (
            {**AT_SCHOOL_IN_YUZHONG, **IN_WINDOW},
            {"coverage_from": date(2020, 1, 1), "coverage_to": date(2020, 12, 31)},
        ),
        "Paid in the last days of December, from January": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2019, 12, 31)},
            {"phase": "late", "coverage_from": date(2020, 1, 1)},
        ),
        "A payment in February waits for the first of March": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2020, 2, 29)},
            {"coverage_from": date(2020, 3, 1)},
        ),
        "A payment on 1 March waits ninety days": (
            {**AT_SCHOOL_IN_YUZHONG, "paid_on": date(2020, 3, 1)},
            {"coverage_from": date(2020, 5, 30)},
        ),
    },
}

STORIES = {"320500/2020": SUZHOU, "500103/2020": YUZHONG}
