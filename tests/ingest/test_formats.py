"""Exports as they come, under the names that their systems give them: rows, values, the way back, what is refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.loading import FileReport
from ingest.maps import SHIPPED, maps_of
from ingest.quarantine import export_rows, open_rows
from ingest.tracing import source_line

from .conftest import House, counts
from .sheets import Rows, xls, xlsx

PUNCHES = "select employee_id, strftime(punched_at, '%m-%d %H:%M:%S'), source_row from raw.punches order by 3, 2"

DINGTALK_DAILY: Rows = [
    ["每日统计表 统计日期：2026-03-01 至 2026-03-31"],
    ["报表生成时间：2026-04-01 08:00"],
    ["姓名", "考勤组", "部门", "工号", "职位", "UserId", "日期", "班次", "上班1打卡时间", "上班1打卡结果", "下班1打卡时间",
     "下班1打卡结果", "上班2打卡时间", "上班2打卡结果", "下班2打卡时间", "下班2打卡结果", "关联的审批单", "工作时长(分钟)",
     "请假", None, None, "加班总时长(小时)"],
    [*[None] * 18, "事假(小时)", "调休(小时)", "年假(天)"],
    ["林晚（离职）", "默认", "一部", "", "", "u1", "26-03-02 星期一", "两班", "08:25", "正常", "12:01", "正常", "13:58", "正常",
     "次日 02:10", "正常", "", 620, "", "", "", 8],
    ["周野", "默认", "一部", "E2", "", "u2", "26-03-02 星期一", "白班", "08:25", "正常", "116:5:34", "异常"],
    ["吴岸", "默认", "一部", "", "", "", "26-03-02 星期一", "白班", "08:25", "正常", "18:00", "正常"],
    ["郑舟", "默认", "一部", "E4", "", "u4", "26-03-02 星期二", "白班", "08:25", "正常", "24:00", "正常"],
    ["冯原", "默认", "一部", "E5", "", "u5", "26-03-02 星期一", "夜班", "22:00", "正常", "06:00", "正常"],
    ["陈泊", "默认", "一部", "E6", "", "u6", "26-03-01 星期日", "休息", "", "", "--", ""],
    ["合计", *[""] * 16, 620],
    ["记录数：6"],
]  # fmt: skip


def said(done: FileReport) -> str:
    return "\n".join(m.en for m in done.messages)


def test_a_day_of_dingtalk_is_a_punch_for_each_time_and_what_cannot_be_told_is_refused(house: House) -> None:
    path = house.inbox / "某公司_每日统计_20260301-20260331(2) (1).xlsx"
    (done,) = house.load(xlsx(path, {"每日统计": DINGTALK_DAILY}, merged=[("每日统计", 2, 18, 2, 20)]))
    assert done.feed == "punches"
    assert counts(done) == (10, 6, 0, 0, 4)
    assert house.ask(PUNCHES) == [
        ("u1", "03-02 08:25:00", 5),
        ("u1", "03-02 12:01:00", 5),
        ("u1", "03-02 13:58:00", 5),
        ("u1", "03-03 02:10:00", 5),
        ("E2", "03-02 08:25:00", 6),
        ("E5", "03-02 22:00:00", 9),
    ]
    found = house.ask("select source_row, column_name, rule, value from ingest.quarantine order by quarantine_id")
    assert [(row, column, value) for row, column, _, value in found] == [
        (6, "punched_at", "2026-03-02 116:5:34"),
        (7, "employee_id", None),
        (8, "punched_at", "26-03-02 星期二 08:25:00"),
        (8, "punched_at", "26-03-02 星期二 24:00:00"),
        (9, "punched_at", "2026-03-02 06:00:00"),
    ]
    assert "次日" in found[-1][2]
    assert house.ask("select rows_in_file, rows_passed_over, header_row, header_rows, sheet from ingest.loads") == [
        (8, 3, 4, 2, "每日统计")
    ]
    assert dict(done.passed_over) == {"no_time": 1, "total": 1, "footer": 1}
    assert "8 rows in the file, of which 3 were passed over" in said(done)
    line, cells = source_line(house.home, 1, 5)
    assert "次日 02:10" in line
    assert (cells["下班2打卡时间"], cells["请假 / 事假(小时)"]) == ("次日 02:10", "")


def test_columns_that_are_not_used_are_named_one_by_one(house: House) -> None:
    (done,) = house.load(
        xlsx(house.inbox / "x.xlsx", {"每日统计": DINGTALK_DAILY}, merged=[("每日统计", 2, 18, 2, 20)])
    )
    for header in ("姓名", "班次", "工作时长(分钟)", "请假 / 事假(小时)", "请假 / 年假(天)", "加班总时长(小时)"):
        assert header in done.messages[0].zh
        assert header in done.messages[0].en


def test_refused_times_of_one_row_go_out_together_and_come_back_as_rows_of_their_own(house: House) -> None:
    house.load(xlsx(house.inbox / "x.xlsx", {"每日统计": DINGTALK_DAILY}))
    out = house.inbox / "待改.csv"
    assert export_rows(house.home, "punches", out) == [(out, 4)]
    text = out.read_text(encoding="utf-8-sig")
    assert "26-03-02 星期二 08:25:00；26-03-02 星期二 24:00:00" in text
    out.write_text(
        text.replace("26-03-02 星期二 08:25:00；26-03-02 星期二 24:00:00", "2026-03-03 08:25；2026-03-03 23:59"),
        encoding="utf-8",
    )
    (done,) = house.load(out)
    assert counts(done) == (5, 2, 0, 0, 3)
    assert house.ask(
        "select strftime(punched_at, '%d %H:%M') from raw.punches where employee_id = 'E4' order by 1"
    ) == [
        ("03 08:25",),
        ("03 23:59",),
    ]
    assert {(r["load_id"], r["source_row"]) for r in open_rows(house.home)} == {(2, 2), (2, 3), (2, 7)}


def test_the_same_export_again_a_day_longer_is_duplicates_and_new_rows(house: House) -> None:
    rows = DINGTALK_DAILY[:5]
    more = [*rows, ["林晚", "默认", "一部", "", "", "u1", "26-03-03 星期二", "白班", "08:31", "迟到"]]
    assert counts(house.load(xlsx(house.inbox / "a.xlsx", {"每日统计": rows}))[0]) == (4, 4, 0, 0, 0)
    assert counts(house.load(xlsx(house.inbox / "b.xlsx", {"每日统计": more}))[0]) == (5, 1, 0, 4, 0)


WECOM_DAILY: Rows = [
    ["上下班打卡_日报"],
    ["统计时间:2026-03-02 ～ 2026-03-02"],
    ["时间", "姓名", "账号", "基础信息", None, "考勤概况", None, None, None, None, "外出打卡", None, None, "上班1", None, "下班1", None,
     "打卡时间记录"],
    [None, None, None, "部门", "职务", "所属规则", "班次", "最早", "最晚", "打卡次数\n(次)", "外出打卡次数(次)", "最早", "最晚", "打卡时间",
     "打卡状态", "打卡时间", "打卡状态"],
    ["2026/03/02 星期一", "林晚", "linwan", "一部", "--", "白班", "--", "08:25", "18:02", 3, 1, "10:30", "--", "08:25", "正常",
     "18:02", "正常", "08:25；12:00；18:02"],
    ["2026/03/02 星期一", "周野", "zhouye", "一部", "--", "白班", "--", "--", "--", 0, 0, "--", "--", "未打卡", "缺卡", "--", "缺卡", "--"],
    ["2026/03/02 星期一", "吴岸", "wuan", "一部", "--", "夜班", "--", "22:01", "06:03", 2, 0, "--", "--", "22:01", "正常", "06:03",
     "正常", "22:01；06:03"],
]  # fmt: skip
WECOM_MERGED = [("概况统计与打卡明细", 2, *a) for a in ((3, 2, 4), (5, 2, 9), (10, 2, 12), (13, 2, 14), (15, 2, 16))]


def test_a_day_of_wecom_has_two_rows_of_header_and_a_punch_in_several_columns_is_one(house: House) -> None:
    path = house.inbox / "上下班打卡_日报_20260302.xlsx"
    (done,) = house.load(xlsx(path, {"概况统计与打卡明细": WECOM_DAILY}, merged=WECOM_MERGED))
    assert counts(done) == (6, 5, 0, 0, 1)
    assert house.ask(PUNCHES) == [
        ("linwan", "03-02 08:25:00", 5),
        ("linwan", "03-02 10:30:00", 5),
        ("linwan", "03-02 12:00:00", 5),
        ("linwan", "03-02 18:02:00", 5),
        ("wuan", "03-02 22:01:00", 7),
    ]
    assert house.ask("select source_row, value from ingest.quarantine") == [(7, "2026-03-02 06:03:00")]
    assert house.ask("select distinct method from raw.punches") == [("app",)]
    assert dict(done.passed_over) == {"no_time": 1}
    assert source_line(house.home, 1, 5)[1]["外出打卡 / 最早"] == "10:30"


def test_the_two_earliest_of_wecom_without_their_groups_are_nobodys(house: House) -> None:
    text = "时间,姓名,账号,最早,最晚,最早,最晚\n2026-03-02,林晚,linwan,08:25,18:02,10:30,--\n"
    done = house.give("日报.csv", text)
    assert (done.status, done.loaded) == ("unreadable", 0)
    assert "zhidu map" in said(done)


DINGTALK_PUNCHES: Rows = [
    ["原始记录 统计日期：2026-03-01 至 2026-03-31"],
    [],
    ["姓名", "考勤组", "部门", "工号", "职位", "UserId", "考勤日期", "考勤时间", "打卡时间", "打卡结果", "打卡地址", "打卡备注",
     "异常打卡原因", "打卡图片1", "打卡图片2", "打卡设备", "管理员修改备注"],
    ["林晚", "默认", "一部", "", "", "u1", "26-03-02 星期一", "2026-03-02 08:30", "2026-03-02 08:25", "正常", "", "", "", "", "", "门口"],
    ["林晚", "默认", "一部", "", "", "u1", "26-03-02 星期一", "2026-03-02 18:00", "2026-03-03 02:10", "正常"],
    ["周野", "默认", "一部", "E2", "", "u2", "26-03-02 星期一", "2026-03-02 08:30", "", "未打卡"],
    ["周野", "默认", "一部", "E2", "", "u2", "26-03-02 星期一", "2026-03-02 18:00", "", "正常"],
    ["周野", "默认", "一部", "E2", "", "u2", "26-03-02 星期一", "2026-03-02 18:00", "2026-05-02 18:00", "正常"],
]  # fmt: skip


def test_a_list_of_single_punches_refuses_one_without_a_time_that_does_not_say_why(house: House) -> None:
    (done,) = house.load(xlsx(house.inbox / "原始记录.xlsx", {"原始记录": DINGTALK_PUNCHES}))
    assert counts(done) == (4, 2, 0, 0, 2)
    assert house.ask(
        "select employee_id, strftime(punched_at, '%d %H:%M'), device_id, source_row from raw.punches"
    ) == [
        ("u1", "02 08:25", "门口", 4),
        ("u1", "03 02:10", None, 5),
    ]
    found = house.ask("select source_row, rule from ingest.quarantine order by 1")
    assert [f[0] for f in found] == [7, 8]
    assert "filled in" in found[0][1]
    assert "the row's day" in found[1][1]
    assert dict(done.passed_over) == {"skip": 1}


def test_a_workbook_with_all_of_dingtalks_sheets_is_read_once_from_the_fullest(house: House) -> None:
    monthly: Rows = [
        ["月度汇总"],
        [],
        ["姓名", "考勤组", "部门", "工号", "UserId", "出勤天数", "休息天数", "工作时长", "迟到次数", "迟到时长"],
    ]
    sheets = {
        "月度汇总": [*monthly, ["林晚", "", "", "", "u1", 20]],
        "每日统计": DINGTALK_DAILY,
        "原始记录": DINGTALK_PUNCHES,
    }
    (done,) = house.load(xlsx(house.inbox / "考勤报表.xlsx", sheets))
    assert counts(done) == (4, 2, 0, 0, 2)
    assert house.ask("select sheet, source_map from ingest.loads") == [("原始记录", "dingtalk_punches")]
    assert "月度汇总 holds totals" in said(done)
    assert "The sheet 每日统计 was not read" in said(done)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (["姓名", "考勤组", "部门", "工号", "UserId", "出勤天数", "休息天数", "工作时长", "迟到次数", "迟到时长"], "DingTalk's 月度汇总 holds totals"),
        (["姓名", "账号", "部门", "应出勤天数\n(天)", "实际出勤天数\n(天)", "异常合计\n(次)", "1\n星期三"], "WeCom's monthly report holds totals"),
        (["单据编号", "名称", "报销人", "申请日期", "合计金额", "事由"], "holds a total for each claim"),
        (["费用报销单编码", "业务类型", "费用类型", "参考人员", "发生时间", "申请金额", "核定金额"], "lack the claimant's staff number"),
        (["话单id", "显号号码", "主叫", "被叫", "坐席", "技能组", "创建时间", "振铃时间", "结束时间", "呼叫方向"], "every call would count as missed"),
    ],
)  # fmt: skip
def test_an_export_that_cannot_be_loaded_is_recognised_and_says_why(
    house: House, header: list[str], reason: str
) -> None:
    (done,) = house.load(xlsx(house.inbox / "导出.xlsx", {"表": [["标题"], header, ["x"] * len(header)]}))
    assert (done.status, counts(done)) == ("unreadable", (0, 0, 0, 0, 0))
    assert reason in said(done)
    assert "表" in done.messages[0].zh
    assert house.ask("select count(*) from ingest.loads") == [(0,)]


# file, text, and the punches that it makes: employee, time, row
LISTS: list[tuple[str, str, list[tuple[str, str, int]]]] = [
    (
        "某公司_每日汇总（新）_20260301-20260331(2) (1).csv",
        "日期,工号,姓名,考勤组,上班1打卡时间,下班1打卡时间,考勤结果,异常原因\n"
        "2026-03-02,E1,林晚,默认,08:25,18:00,正常,\n2026-03-01,E1,林晚,自由工时,,,休息,\n",
        [("E1", "03-02 08:25:00", 2), ("E1", "03-02 18:00:00", 2)],
    ),
    (
        "api.csv",
        "workDate,userId,1_on_duty_user_check_time,1_off_duty_user_check_time,attend_result\n2026-03-02,u1,08:25,18:00,Normal\n",
        [("u1", "03-02 08:25:00", 2), ("u1", "03-02 18:00:00", 2)],
    ),
    (
        "考勤记录.txt",
        "部门\t姓名\t考勤号码\t日期时间\t机器号\n一部\t林晚\t7\t2026/3/2 8:25:01\t1\n一部\t林晚\t7\t2026/3/2 18:00:01\t1\n记录数：2\n",
        [("7", "03-02 08:25:01", 2), ("7", "03-02 18:00:01", 3)],
    ),
    (
        "首末.csv",
        "部门代码,员工名称,考勤号码,最早时间,最晚时间,机器号\n1,林晚,7,2026-03-02 08:25:01,2026-03-02 18:00:01,1\n",
        [("7", "03-02 08:25:01", 2), ("7", "03-02 18:00:01", 2)],
    ),
    (
        "刷卡.csv",
        "人员编号,部门名称,考勤日期,最早卡,最晚卡,全卡\n7,一部,2026-03-02,08:25,18:00,08:25 12:00 18:00\n",
        [("7", "03-02 08:25:00", 2), ("7", "03-02 12:00:00", 2), ("7", "03-02 18:00:00", 2)],
    ),
    (
        "明细.csv",
        "考勤号码,姓名,日期,对应时段,上班时间,下班时间,签到时间,签退时间\n7,林晚,2026-03-02,白班,08:30,18:00,08:25,18:01\n"
        "7,林晚,2026-03-03,白班,08:30,18:00,08:26,\n",
        [("7", "03-02 08:25:00", 2), ("7", "03-02 18:01:00", 2), ("7", "03-03 08:26:00", 3)],
    ),
    (
        "zktime.csv",
        "AC-No.,No.,Name,Time,State,New State,Exception,Operation\n7,,Lin,2026-03-02 08:25:00,C/In,,OK,\n",
        [("7", "03-02 08:25:00", 2)],
    ),
    (
        "transactions.csv",
        "Employee ID,Date,Time,Punch State\n7,2026-03-02,08:25:00,Check In\n7,2026-03-02,18:00:00,Check Out\n",
        [("7", "03-02 08:25:00", 2), ("7", "03-02 18:00:00", 3)],
    ),
    (
        "事件.csv",
        "人员姓名,工号,事件时间,门禁点\n林晚,E1,2026-03-02 08:25:01,一号门\n",
        [("E1", "03-02 08:25:01", 2)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "punches"), LISTS, ids=[name for name, *_ in LISTS])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_lists_of_punches_load_as_they_are(
    house: House, name: str, text: str, punches: list[tuple[str, str, int]], encoding: str
) -> None:
    done = house.give(name, text.encode(encoding))
    assert done.feed == "punches"
    assert counts(done) == (len(punches), len(punches), 0, 0, 0)
    assert house.ask(PUNCHES) == punches
    lines = text.split("\n")
    for _, _, row in punches:
        assert source_line(house.home, 1, row)[0] == lines[row - 1]


def test_the_second_time_of_a_day_is_not_lost_where_the_file_is_named_after_the_feed(house: House) -> None:
    done = house.give("punches.csv", "工号,日期,签到时间,签退时间\nE1,2026-03-02,08:25,18:01\n")
    assert counts(done) == (2, 2, 0, 0, 0)


CARDS: Rows = [
    ["刷卡记录表"],
    ["考勤时间", "2026-02-01 ～ 2026-02-28"],
    [*range(1, 32)],
    ["工号：", None, "7", None, "姓名：", None, "林晚", None, "部门：", "一部"],
    [None, "08:2518:00", "08:26\n12:00\n18:01", "08:61"],
    ["工号：", None, "8", None, "姓名：", None, "周野", None, "部门：", "一部"],
    [None],
    ["工号：9 ", None, "姓名：吴岸"],
    [*[None] * 27, "08:30 次日02:10", None, None, "08:00"],
]


@pytest.mark.parametrize("write", [xlsx, xls])
def test_a_card_sheet_has_two_lines_a_person_and_several_times_in_a_cell(house: House, write: Any) -> None:
    path = house.inbox / ("刷卡.xlsx" if write is xlsx else "刷卡.xls")
    (done,) = house.load(write(path, {"刷卡记录": CARDS}))
    assert counts(done) == (9, 7, 0, 0, 2)
    assert house.ask(PUNCHES) == [
        ("7", "02-02 08:25:00", 5),
        ("7", "02-02 18:00:00", 5),
        ("7", "02-03 08:26:00", 5),
        ("7", "02-03 12:00:00", 5),
        ("7", "02-03 18:01:00", 5),
        ("9", "02-28 08:30:00", 9),
        ("9", "03-01 02:10:00", 9),
    ]
    found = house.ask("select source_row, value from ingest.quarantine order by 1")
    assert found == [(5, "2026-02-04 08:61:00"), (9, "08:00:00")]  # February has no 31st
    assert dict(done.passed_over) == {"heading": 3}
    assert house.ask("select rows_in_file from ingest.loads") == [(5,)]


ACROSS: Rows = [
    ["打卡时间表 统计日期：2026-03-01 至 2026-03-31"],
    ["姓名", "考勤组", "工号", "UserId", *(f"{d}\n星期{'日一二三四五六'[(d - 1) % 7]}" for d in range(1, 32))],
    ["林晚", "默认", "", "u1", None, "08:25  \n18:00  ", "休息"],
    ["周野", "默认", "E2", "u2"],
]


def test_days_across_take_their_month_from_the_title_and_check_the_weekdays(house: House) -> None:
    (done,) = house.load(xlsx(house.inbox / "三月.xlsx", {"打卡时间": ACROSS}))
    assert counts(done) == (2, 2, 0, 0, 0)
    assert house.ask(PUNCHES) == [("u1", "03-02 08:25:00", 3), ("u1", "03-02 18:00:00", 3)]
    assert dict(done.passed_over) == {"no_time": 1}
    (wrong,) = house.load(
        xlsx(house.inbox / "五月.xlsx", {"打卡时间": [["打卡时间表 统计日期：2026-05-01 至 2026-05-31"], *ACROSS[1:]]})
    )
    assert wrong.status == "unreadable"
    assert "is no day from 2026-05-01" in said(wrong)
    (none,) = house.load(xlsx(house.inbox / "不明.xlsx", {"打卡时间": [["打卡时间表"], *ACROSS[1:]]}))
    assert "layout.month" in said(none)


def test_a_roster_is_not_taken_for_punches(house: House) -> None:
    roster = [["排班表 2026-03-01 至 2026-03-31"], ACROSS[1], ["林晚", "默认", "", "u1", "08:30", "08:30"]]
    (done,) = house.load(xlsx(house.inbox / "三月.xlsx", {"排班": roster}))
    assert (done.status, done.loaded) == ("unreadable", 0)


LEAVE = (
    "审批编号,标题,审批状态,审批结果,发起时间,完成时间,发起人工号,发起人UserID,发起人姓名,发起人部门,请假类型,开始时间,结束时间,时长,请假事由\n"
    "1,t,已结束,同意,2026-03-01 09:00:00,2026-03-01 10:00:00,E1,u1,林晚,一部,年假,2026-03-02,2026-03-03,2天,\n"
    "2,t,已结束,拒绝,2026-03-01 09:00:00,2026-03-01 10:00:00,,u2,周野,一部,事假,2026-03-02 上午,2026-03-02 上午,0.5天,\n"
    "3,t,已撤销,同意,2026-03-01 09:00:00,--,E3,u3,吴岸,一部,事假,2026-03-02 08:30,2026-03-02 12:00,3.5小时,\n"
    "4,t,审批中,,2026-03-01 09:00:00,--,E4,u4,郑舟,一部,婚假,2026-03-02 下午,2026-03-04,2.5天,\n"
    "5,t,已结束,同意,2026-03-01 09:00:00,,E5,u5,冯原,一部,调休,2026-03-02,2026-03-02,1天,\n"
    "6,t,已结束,,2026-03-01 09:00:00,,E6,u6,陈泊,一部,事假,2026-03-02,2026-03-02,1天,\n"
)


@pytest.mark.parametrize("name", ["请假_20260301.csv", "leave_requests.csv"])
def test_leave_approvals_come_with_their_outcome_and_their_halves_of_days(house: House, name: str) -> None:
    done = house.give(name, LEAVE)
    assert (done.feed, counts(done)) == ("leave_requests", (6, 4, 0, 0, 2))
    assert house.ask(
        "select request_id, employee_id, leave_type, strftime(start_at, '%d %H:%M:%S'), strftime(end_at, '%d %H:%M:%S'), status "
        "from raw.leave_requests order by 1"
    ) == [
        ("1", "E1", "annual", "02 00:00:00", "03 23:59:59", "approved"),
        ("2", "u2", "personal", "02 00:00:00", "02 12:00:00", "rejected"),
        ("3", "E3", "personal", "02 08:30:00", "02 12:00:00", "withdrawn"),
        ("4", "E4", "marriage", "02 12:00:00", "04 23:59:59", "pending"),
    ]
    assert house.ask("select source_row, column_name, value from ingest.quarantine order by 1") == [
        (6, "leave_type", "调休"),
        (7, "status", "已结束"),
    ]
    assert house.ask("select approved_at from raw.leave_requests where request_id = '1'") == [
        (datetime(2026, 3, 1, 10),)
    ]


def test_lines_of_claims_are_numbered_within_their_claim_and_take_the_day_of_a_time(house: House) -> None:
    text = (
        "费用报销单编码,报销人工号,申请日期,业务类型,费用类型,费用说明,发生时间,申请金额,核定金额,费用支付部门\n"
        "BX1,E1,2026-03-05 09:10:00,差旅,停车费,,2026-03-02 10:15:00,20.00,20.00,U1\n"
        'BX1,E1,2026-03-05 09:10:00,差旅,停车费,,2026-03-02,"1,020.50",20.00,U1\n'
        "BX2,E1,2026-03-05,差旅,停车费,,2026-03-02,#N/A,20.00,U1\n"
        "小计,,,,,,,1040.50,,\n"
    )
    done = house.give("报销明细.csv", text)
    assert (done.feed, counts(done)) == ("expense_lines", (3, 2, 0, 0, 1))
    assert house.ask(
        "select claim_id, line_no, category, cast(incurred_on as varchar), cast(submitted_on as varchar), cast(amount as varchar) "
        "from raw.expense_lines order by 2"
    ) == [
        ("BX1", 1, "parking", "2026-03-02", "2026-03-05", "20.00"),
        ("BX1", 2, "parking", "2026-03-02", "2026-03-05", "1020.50"),
    ]
    assert dict(done.passed_over) == {"total": 1}
    assert house.ask("select source_row, column_name, value from ingest.quarantine") == [(4, "amount", "#N/A")]


def test_what_a_feed_knows_by_its_own_headers_is_read_beside_the_map(house: House) -> None:
    text = (
        "单据编号,报销人工号,申请日期,费用类型,发生日期,报销金额,申请人部门,票据类型,审批流程,附件数\n"
        "BX1,E1,2026-03-05,停车费,2026-03-02,20.00,U1,白条,,3\n"
    )
    done = house.give("报销.csv", text)
    assert counts(done) == (1, 1, 0, 0, 0)
    assert house.ask("select receipt_type, approval_path from raw.expense_lines") == [("white_slip", None)]
    assert "columns that were not used: 附件数" in said(done)
    text = LEAVE.splitlines()[0] + ",是否紧急\n" + LEAVE.splitlines()[1] + ",是\n"
    assert house.give("请假.csv", text).loaded == 1
    assert house.ask("select is_emergency from raw.leave_requests") == [(True,)]


def test_what_a_row_says_for_itself_goes_before_a_constant_of_the_map(house: House) -> None:
    rows = "7,2026-03-02 08:05,签到\n7,2026-03-02 08:06,\n7,2026-03-02 08:07,瞪眼\n"
    done = house.give("x.csv", "考勤号码,日期时间,比对方式\n" + rows)
    assert counts(done) == (3, 2, 0, 0, 1)
    assert house.ask("select method from raw.punches order by punched_at") == [("sign",), (None,)]


def test_two_rows_of_header_are_joined_in_a_text_too(house: House) -> None:
    lines = "\n".join(",".join(str(c or "").replace("\n", "") for c in row) for row in WECOM_DAILY)
    done = house.give("日报.csv", lines)
    assert counts(done) == (6, 5, 0, 0, 1)
    assert house.ask("select header_row, header_rows from ingest.loads") == [(4, 2)]
    assert source_line(house.home, 1, 5)[1]["外出打卡 / 最早"] == "10:30"


def test_call_records_keep_the_calls_that_came_in(house: House) -> None:
    text = (
        "话单id,主叫,被叫,坐席,技能组,创建时间,振铃时间,接听时间,结束时间,呼叫类型,呼叫方向\n"
        "c1,1,2,E1,U1,2026-03-02 08:00:00,2026-03-02 08:00:01,2026-03-02 08:00:07,2026-03-02 08:03:00,x,呼入\n"
        "c2,1,2,E1,U1,2026-03-02 08:10:00,2026-03-02 08:10:01,--,2026-03-02 08:10:30,x,呼入\n"
        "c3,1,2,E1,U1,2026-03-02 08:20:00,2026-03-02 08:20:01,--,2026-03-02 08:20:30,x,外呼\n"
    )
    done = house.give("话单.csv", text)
    assert (done.feed, counts(done)) == ("hotline_calls", (2, 2, 0, 0, 0))
    assert house.ask("select call_id, unit_id, answered_at is null from raw.hotline_calls order by 1") == [
        ("c1", "U1", False),
        ("c2", "U1", True),
    ]
    assert dict(done.passed_over) == {"skip": 1}


def test_every_shipped_export_says_how_well_it_is_known_and_is_in_the_docs() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    for known in maps_of(SHIPPED):
        assert f"`{known.name}`" in docs, known.name
        if known.recognise:
            assert known.seen, known.name


def test_a_home_may_teach_an_export_of_its_own_which_goes_before_the_shipped_ones(house: House) -> None:
    house.home.maps.mkdir()
    (house.home.maps / "own.yml").write_text(
        "recognise: {headers: [日期, 考勤号码, 日期时间]}\n"
        "columns: {who: [考勤号码], at: [日期时间]}\n"
        "feeds: {punches: {columns: {employee_id: {from: who, prefix: X-}, punched_at: at}}}\n",
        encoding="utf-8",
    )
    done = house.give("x.csv", "日期,考勤号码,日期时间\n2026-03-02,7,2026-03-02 08:25\n")
    assert counts(done) == (1, 1, 0, 0, 0)
    assert house.ask("select employee_id from raw.punches") == [("X-7",)]


CELL = st.sampled_from(
    ["", "--", "08:25", "8:5", "12:00 18:00", "08:2512:00", "次日 02:10", "24:00", "116:5:34", "2026-03-02 18:00", "x"]
)
# how many punches of 2 March such a cell holds, and whether it holds what is none
TIMES = {
    "08:25": ({"02 08:25"}, 0),
    "8:5": ({"02 08:05"}, 0),
    "12:00 18:00": ({"02 12:00", "02 18:00"}, 0),
    "08:2512:00": ({"02 08:25", "02 12:00"}, 0),
    "次日 02:10": ({"03 02:10"}, 0),
    "2026-03-02 18:00": ({"02 18:00"}, 0),
    **dict.fromkeys(("24:00", "116:5:34", "x"), (set(), 1)),
    **dict.fromkeys(("", "--"), (set(), 0)),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["E", ""]), st.lists(CELL, min_size=3, max_size=3)), min_size=1, max_size=6))
def test_however_many_punches_a_row_makes_every_row_is_accounted_for(
    new_house, days: list[tuple[str, list[str]]]
) -> None:
    """A row is the punches that it holds; what is refused of it is one more row; a row of neither is passed over."""
    house = new_house()
    good: set[tuple[int, str]] = set()
    refused, passed = set(), 0
    for row, (who, cells) in enumerate(days, 2):
        made = set().union(*(TIMES[c][0] for c in cells))
        broken = sum(TIMES[c][1] for c in cells)
        if broken or (made and not who):
            refused.add(row)
        elif not made:
            passed += 1
        good |= {(row, time) for time in made if who}
    # a person a row, so that no row's punch is another's
    lines = [f"{who and who + str(n)},2026-03-02,{','.join(cells)}\n" for n, (who, cells) in enumerate(days, 2)]
    done = house.give("记录.csv", "人员编号,日期,最早卡,最晚卡,全卡\n" + "".join(lines).replace("，", ","))
    orders = house.ask("select count(*) from ingest.quarantine where rule like '%no earlier%'")[0][0]
    if orders:  # the last before the first: refused as well, and told apart by its own test
        assert done.rows_in_file == len(days)
        return
    assert counts(done) == (len(good) + len(refused), len(good), 0, 0, len(refused))
    assert (done.rows_in_file, done.passed_over.total()) == (len(days), passed)
    assert set(house.ask("select source_row, strftime(punched_at, '%d %H:%M') from raw.punches")) == good
    assert {row for (row,) in house.ask("select distinct source_row from ingest.quarantine")} == refused
