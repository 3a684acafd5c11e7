"""Content from the first report to its removal and back: deduplicated, counted, handed over, answered, told."""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from openpyxl import load_workbook

from aif_share.errors import Refusal
from clues import quotas
from clues.content import answering, queries, reporting, sheets, workflow
from clues.events import feed
from clues.matching import release
from clues.models import Content, ContentReport, ContentSheet, ContentStep
from members.models import Institution
from members.queries import person_of
from tests.clues.alliance import caller
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import acting_as, make_institution, make_user

VIDEO = "https://www.douyin.com/video/7123456789012345678"
SAME = "https://www.iesdouyin.com/share/video/7123456789012345678/?region=CN"
PAGE = "https://evil.example.com/recruit"


def report(by: Institution, *links: Any, **fields: Any) -> list[reporting.Outcome]:
    """Report links as the API does."""
    rows = [
        {"link": each, "category": "gray-advertising"} | fields if isinstance(each, str) else each for each in links
    ]
    return reporting.report(request={"links": rows}, by=caller(by), now=timezone.now())


def desk(call: Any, **named: Any) -> Any:
    """Do something in the role of the desk."""
    with acting_as("aif_desk"):
        return call(now=timezone.now(), **named)


def told(institution: Institution) -> list[str]:
    with acting_as("aif_match"):
        release.release_pending()
    wait_for_tick()
    page = feed.read_feed(viewer=caller(institution), after=0, limit=100)
    return [row.kind for row in page.rows if row.kind.startswith("content.")]


def code_of(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_one_content_however_many_report_it(scene: Scene, audited: Any) -> None:
    first = report(scene.cast.aster, VIDEO, SAME, PAGE)
    assert [each.outcome for each in first] == ["reported", "known", "reported"]
    assert first[0].content == first[1].content != first[2].content
    (other,) = report(scene.cast.birch, SAME, category="false-advertising")
    assert (other.outcome, other.content) == ("reported", first[0].content)
    assert Content.objects.count() == 2 and ContentReport.objects.count() == 3
    row = Content.objects.get(canonical="douyin:7123456789012345678")
    assert (row.category, row.platform, row.link) == ("gray-advertising", "douyin", VIDEO)
    assert audited("content.report") == ["testtest"] * 2
    used = quotas.get_used(institution_id=scene.cast.aster.pk, now=timezone.now())
    assert used["submit"] == 4, "a clue of the scene, and three links, known ones too"


def test_others_are_counted_and_never_named(scene: Scene) -> None:
    """Two of one group are one; below five institutions nothing is said."""
    report(scene.cast.aster, VIDEO)
    sister = make_institution("Aster Leasing", group=scene.cast.aster.group.name)
    report(scene.cast.birch, VIDEO), report(sister, VIDEO)
    wait_for_tick()
    assert queries.list_content(viewer=caller(scene.cast.aster))[0].band is None
    make_institution()
    (mine,) = queries.list_content(viewer=caller(scene.cast.aster))
    assert mine.band == "1"
    for foreign in ("Birch", "Aster Leasing"):
        assert foreign not in repr(mine)
    assert queries.list_content(viewer=caller(scene.cast.cedar)) == []
    assert code_of(queries.get_content, content=mine.content, viewer=caller(scene.cast.cedar)) == "not-found"
    assert code_of(queries.list_moments, content=mine.id, viewer=caller(scene.cast.cedar)) == "not-found"


def test_a_link_that_is_not_right_is_refused_alone(scene: Scene) -> None:
    category = {"category": "gray-advertising"}
    rows: list[tuple[Any, str]] = [
        ({"link": "javascript:alert(1)", **category}, "link-refused"), ({"link": PAGE}, "category-unknown"),
        ({"link": PAGE, "category": "fun"}, "category-unknown"), ({"link": PAGE, **category, "who": "x"}, "unknown-field"),
        ({"link": PAGE, **category, "capture_sha256": "abc"}, "evidence-digest-invalid"),
        ({"link": PAGE, **category, "observed_at": "2999-01-01T00:00:00Z"}, "observed-at-invalid"),
        ({"link": PAGE, **category, "observed_at": 5}, "observed-at-invalid"), ("just text", "malformed"),
        ({"link": PAGE, **category, "note": "13800138000"}, "raw-identifier"), ({"link": PAGE, **category, "note": 5}, "field-invalid"),
        ({"link": PAGE, **category, "account_shown": "yes"}, "field-invalid"),
        ({"link": "https://example.com/?t=13800138000", **category}, "raw-identifier"),
    ]  # fmt: skip
    good = {"link": VIDEO, **category, "capture_sha256": "AB" * 32, "account_shown": True, "note": "Recruits agents."}
    done = reporting.report(
        request={"links": [*(row for row, _code in rows), good]}, by=caller(scene.cast.aster), now=timezone.now()
    )
    assert [each.code for each in done] == [*(code for _row, code in rows), None]
    assert all(each.outcome == "refused" and each.detail for each in done[:-1])
    assert Content.objects.count() == 1
    (mine,) = queries.list_content(viewer=caller(scene.cast.aster))
    assert (mine.capture_sha256, mine.account_shown, mine.note) == ("ab" * 32, True, "Recruits agents.")


def test_the_whole_request(scene: Scene) -> None:
    by, now = caller(scene.cast.aster), timezone.now()
    for request, code in (({}, "empty"), ({"links": []}, "empty"), ({"links": "x"}, "empty"),
                          ({"links": [{}] * 101}, "too-large"), ({"links": [{}], "x": 1}, "unknown-field")):  # fmt: skip
        assert code_of(reporting.report, request=request, by=by, now=now) == code
    reader = person_of(make_user("auditor", institution=scene.cast.aster))
    assert code_of(reporting.report, request={"links": [{}]}, by=reader, now=now) == "permission-missing"
    poor = make_institution(submit_quota=1)
    assert code_of(report, poor, VIDEO, PAGE) == "quota-exhausted" and not Content.objects.exists()


# Written by hand: state -> what may be done.
OPEN = {
    "reported": "reject remove request",
    "requested": "reject remove",
    "removed": "reappear",
    "re-appeared": "reject remove request",
    "rejected": "remove request",
}


def test_every_cell_of_the_table(scene: Scene) -> None:
    report(scene.cast.aster, VIDEO)
    row = Content.objects.get()
    for state, expected in OPEN.items():
        assert {each.action for each in workflow.actions_for(state)} == set(expected.split())
        for action in ("request", "remove", "reappear", "reject", "report", ""):
            with acting_as("aif_owner"):
                Content.objects.update(
                    state=state, reason="not-found" if state == "rejected" else "", removed_at=timezone.now()
                )
            named = {"content": row.pk, "action": action, "by": scene.cast.olga}
            reason = "not-unlawful" if action == "reject" else ""
            if action in expected.split():
                assert desk(answering.act, **named, reason=reason).state != state
            else:
                assert code_of(desk, answering.act, **named, reason=reason) == "transition-refused"
    with acting_as("aif_owner"):
        Content.objects.update(state="requested", reason="")
    assert code_of(desk, answering.act, content=row.pk, action="reject", by=scene.cast.olga) == "field-invalid"
    assert (
        code_of(desk, answering.act, content=row.pk, action="remove", by=scene.cast.olga, reason="x") == "field-invalid"
    )
    assert code_of(desk, answering.act, content=0, action="remove", by=scene.cast.olga) == "not-found"
    assert code_of(desk, answering.act, content=row.pk, action="remove", by=scene.cast.amir) == "permission-missing"


def test_removed_told_and_come_back(scene: Scene, audited: Any) -> None:
    report(scene.cast.aster, VIDEO), report(scene.cast.birch, VIDEO)
    number = Content.objects.get().pk
    desk(answering.act, content=number, action="request", by=scene.cast.olga)
    desk(answering.act, content=number, action="remove", by=scene.cast.pavel)
    assert told(scene.cast.aster) == told(scene.cast.birch) == ["content.removed"] and told(scene.cast.cedar) == []
    before = (timezone.now() - timedelta(hours=1)).isoformat()
    assert report(scene.cast.cedar, VIDEO, observed_at=before)[0].outcome == "reported"
    assert Content.objects.get().state == "removed", "it was seen before it was removed"
    assert report(scene.cast.aster, VIDEO)[0].outcome == "reported"
    row = Content.objects.get()
    assert (row.state, row.reappearances, row.removals, row.requests) == ("re-appeared", 1, 1, 1)
    assert told(scene.cast.cedar) == ["content.reappeared"]
    assert told(scene.cast.birch) == ["content.removed", "content.reappeared"]
    assert report(scene.cast.birch, VIDEO)[0].outcome == "known"
    steps = queries.list_moments(content=number, viewer=caller(scene.cast.birch))
    assert [each.action for each in steps] == ["report", "request", "remove", "reappear"]
    assert audited("content.reappear") == ["testtest"]
    (summed,) = queries.list_sums(since=timezone.now() - timedelta(days=1), until=timezone.now())
    assert (summed.reported, summed.requested, summed.removed, summed.reappeared) == (1, 1, 1, 1)


def test_a_sheet_is_kept_as_it_was_handed_over(scene: Scene, audited: Any) -> None:
    report(scene.cast.aster, VIDEO, capture_sha256="cd" * 32), report(scene.cast.birch, SAME)
    report(scene.cast.aster, PAGE, "https://www.douyin.com/note/7123456789012345679")
    assert queries.count_waiting() == {"douyin": (2, 0), "other-web": (1, 0)}
    sheet = desk(sheets.make_sheet, platform="douyin", by=scene.cast.olga)
    assert str(sheet) == "douyin-0001" and queries.count_waiting() == {"douyin": (0, 2), "other-web": (1, 0)}
    with acting_as("aif_desk"):
        sheet = ContentSheet.objects.get()
    as_csv, as_xlsx = bytes(sheet.csv), bytes(sheet.xlsx)
    assert hashlib.sha256(as_csv).hexdigest() == sheet.csv_sha256
    assert hashlib.sha256(as_xlsx).hexdigest() == sheet.xlsx_sha256
    rows = list(csv.reader(io.StringIO(as_csv.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["no", "1", "2"] and rows[1][5] == "2" and rows[1][6] == "cd" * 32
    book = load_workbook(io.BytesIO(as_xlsx))
    assert [cell.value for cell in book["links"]["B"]][1:] == [VIDEO, "https://www.douyin.com/note/7123456789012345679"]
    for name in ("Aster", "Birch"):
        assert name not in as_csv.decode() and name.encode() not in as_xlsx
    assert code_of(desk, sheets.make_sheet, platform="douyin", by=scene.cast.olga) == "empty"
    assert code_of(desk, sheets.make_sheet, platform="x", by=scene.cast.olga) == "field-invalid"
    assert code_of(desk, sheets.make_sheet, platform="other-web", by=scene.cast.amir) == "permission-missing"
    assert audited("content.sheet.make") == [scene.cast.olga.ref]
    report(scene.cast.cedar, "https://www.douyin.com/note/7123456789012345670")
    assert str(desk(sheets.make_sheet, platform="douyin", by=scene.cast.pavel)) == "douyin-0002"


def test_no_cell_is_a_formula() -> None:
    """Whatever came in another way: every cell of both files is text."""
    hostile = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1", '=HYPERLINK("http://x")', "a")
    as_csv = sheets._csv([hostile]).decode("utf-8-sig")
    for cell in next(csv.reader(io.StringIO(as_csv.splitlines()[1]))):
        assert cell[0] not in "=+-@\t＝"
    book = load_workbook(io.BytesIO(sheets._xlsx([hostile])))
    for cell in book["links"][2][: len(hostile)]:
        assert cell.data_type == "s" and str(cell.value)[0] not in "=+-@\t＝"


def test_answers_with_bad_rows(scene: Scene, audited: Any) -> None:
    """Good rows land, bad ones are named by number and code; a second time changes nothing more."""
    report(scene.cast.aster, *(f"https://www.douyin.com/video/712345678901234567{place}" for place in range(5)))
    sheet = desk(sheets.make_sheet, platform="douyin", by=scene.cast.olga)
    text = "no,answer,reason,remark\n1,removed,,\n2,rejected,not-unlawful,\n3,rejected,,\n4,maybe,,\n9,removed,,\n,removed,,\n'5,已下架,,done\n2,rejected,not-found,\n\n-1,removed,,\n"
    made = desk(answering.import_answers, sheet=sheet.pk, file=text.encode(), by=scene.cast.pavel)
    faults = [[3, "field-invalid"], [4, "field-invalid"], [5, "not-found"], [6, "not-found"], [10, "not-found"]]
    assert (made.taken, made.faults) == (4, faults)
    states = list(Content.objects.order_by("id").values_list("state", "reason"))
    assert states == [
        ("removed", ""),
        ("rejected", "not-unlawful"),
        ("requested", ""),
        ("requested", ""),
        ("removed", ""),
    ]
    assert sorted(told(scene.cast.aster)) == ["content.rejected", "content.removed", "content.removed"]
    steps = ContentStep.objects.count()
    again = desk(answering.import_answers, sheet=sheet.pk, file=text.encode("gb18030"), by=scene.cast.pavel)
    assert again.faults == faults and ContentStep.objects.count() == steps
    assert len(audited("content.answers.import")) == 2


def test_a_file_that_cannot_be_read_changes_nothing(scene: Scene) -> None:
    report(scene.cast.aster, VIDEO)
    sheet = desk(sheets.make_sheet, platform="douyin", by=scene.cast.olga)
    files = [
        (b"", "malformed"), (b"a,b\n1,2\n", "malformed"), (b"no,answer\n\x00", "malformed"), (b"\xff\xff\xff\xff", "charset"),
        (b"no,answer\n" + b"1,removed\n" * 2001, "too-large"), (b"x" * (1024 * 1024 + 1), "too-large"),
    ]  # fmt: skip
    for file, code in files:
        assert code_of(desk, answering.import_answers, sheet=sheet.pk, file=file, by=scene.cast.olga) == code
    assert Content.objects.get().state == "requested"
    assert code_of(desk, answering.import_answers, sheet=0, file=b"no,answer\n", by=scene.cast.olga) == "not-found"


def test_the_database_knows_who_writes_what(scene: Scene) -> None:
    report(scene.cast.aster, VIDEO)
    for role, statement in (
        ("aif_web", "UPDATE content SET canonical = 'x'"), ("aif_web", "UPDATE content SET removed_at = now()"),
        ("aif_web", "SELECT csv FROM content_sheet"), ("aif_web", "DELETE FROM content_step"),
        ("aif_desk", "UPDATE content_sheet SET csv = ''"), ("aif_desk", "UPDATE content_report SET note = ''"),
        ("aif_match", "UPDATE content SET state = 'removed'"),
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with acting_as(role), connection.cursor() as cursor:
                cursor.execute(statement)


def test_the_same_link_by_two_at_once_is_one_content(fresh_database: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    members = [make_institution() for _ in range(4)]
    links = [f"https://www.douyin.com/video/71234567890123456{place:02}" for place in range(20)]
    barrier, failed = threading.Barrier(4), []

    def send(by: Institution, order: int) -> None:
        try:
            barrier.wait(timeout=20)
            report(by, *links[::order])
        except Exception as why:  # whatever it is, the test says so
            failed.append(why)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[by, 1 if place % 2 else -1]) for place, by in enumerate(members)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and Content.objects.count() == 20 and ContentReport.objects.count() == 80
