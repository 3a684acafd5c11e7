"""Provincial regions: `CN-` and the first two digits of GB/T 2260."""

from types import MappingProxyType

from .term import Term, by_code

_PROVINCES = (
    ("11", "北京市", "Beijing", "BJ"),
    ("12", "天津市", "Tianjin", "TJ"),
    ("13", "河北省", "Hebei", "HE"),
    ("14", "山西省", "Shanxi", "SX"),
    ("15", "内蒙古自治区", "Inner Mongolia", "NM"),
    ("21", "辽宁省", "Liaoning", "LN"),
    ("22", "吉林省", "Jilin", "JL"),
    ("23", "黑龙江省", "Heilongjiang", "HL"),
    ("31", "上海市", "Shanghai", "SH"),
    ("32", "江苏省", "Jiangsu", "JS"),
    ("33", "浙江省", "Zhejiang", "ZJ"),
    ("34", "安徽省", "Anhui", "AH"),
    ("35", "福建省", "Fujian", "FJ"),
    ("36", "江西省", "Jiangxi", "JX"),
    ("37", "山东省", "Shandong", "SD"),
    ("41", "河南省", "Henan", "HA"),
    ("42", "湖北省", "Hubei", "HB"),
    ("43", "湖南省", "Hunan", "HN"),
    ("44", "广东省", "Guangdong", "GD"),
    ("45", "广西壮族自治区", "Guangxi", "GX"),
    ("46", "海南省", "Hainan", "HI"),
    ("50", "重庆市", "Chongqing", "CQ"),
    ("51", "四川省", "Sichuan", "SC"),
    ("52", "贵州省", "Guizhou", "GZ"),
    ("53", "云南省", "Yunnan", "YN"),
    ("54", "西藏自治区", "Tibet", "XZ"),
    ("61", "陕西省", "Shaanxi", "SN"),
    ("62", "甘肃省", "Gansu", "GS"),
    ("63", "青海省", "Qinghai", "QH"),
    ("64", "宁夏回族自治区", "Ningxia", "NX"),
    ("65", "新疆维吾尔自治区", "Xinjiang", "XJ"),
    ("71", "台湾省", "Taiwan", "TW"),
    ("81", "香港特别行政区", "Hong Kong", "HK"),
    ("82", "澳门特别行政区", "Macao", "MO"),
)

ROWS = tuple(
    Term(f"CN-{digits}", zh, en, "GB/T 2260", MappingProxyType({"iso-3166-2": f"CN-{letters}"}))
    for digits, zh, en, letters in _PROVINCES
)
BY_CODE = by_code(ROWS)
