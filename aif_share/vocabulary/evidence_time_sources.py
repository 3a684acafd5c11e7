"""Where the time at which a piece of evidence was collected comes from."""

from __future__ import annotations

from .term import Term, by_code

ROWS = (
    Term("synchronized-clock", "与标准时间同步的时钟", "A clock synchronized with standard time"),
    Term("time-stamp-service", "可信时间戳服务", "A trusted time-stamp service"),
    Term("device-clock", "采集设备时钟（未校准）", "The clock of the device, not checked"),
    Term("system-log", "业务系统日志", "The log of a business system"),
    Term("person", "经办人记录", "Written down by a person"),
)
BY_CODE = by_code(ROWS)
