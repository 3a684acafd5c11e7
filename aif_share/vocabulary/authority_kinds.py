"""Kinds of authorities and receivers a case can be handed to. The authorities themselves are rows of the database."""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code


@dataclass(frozen=True)
class AuthorityKind(Term):
    """A kind of receiver, with the branches such a body has."""

    branches: tuple[Term, ...] = ()


ROWS = (
    AuthorityKind(
        "public-security",
        "公安机关",
        "Public security",
        branches=(
            Term("economic-crime", "经侦", "Economic crime investigation"),
            Term("criminal-investigation", "刑侦", "Criminal investigation"),
            Term("public-order", "治安", "Public order"),
            Term("network-security", "网安", "Network security"),
        ),
    ),
    AuthorityKind("nfra", "国家金融监督管理总局", "National Financial Regulatory Administration"),
    AuthorityKind("pbc", "中国人民银行", "People's Bank of China"),
    AuthorityKind("local-financial-administration", "地方金融管理局", "Local financial administration"),
    AuthorityKind("cac", "网信部门", "Cyberspace administration"),
    AuthorityKind(
        "communications-administration",
        "工业和信息化部及通信管理局",
        "MIIT and communications administrations",
        branches=(Term("report-center-12321", "12321 举报中心", "Report center 12321"),),
    ),
    AuthorityKind("market-regulation", "市场监管部门", "Market regulation"),
    AuthorityKind("procuratorate", "人民检察院", "Procuratorate"),
    AuthorityKind("court", "人民法院", "Court"),
    AuthorityKind("justice-bureau", "司法行政机关", "Justice bureau"),
    AuthorityKind("bar-association", "律师协会", "Bar association"),
    AuthorityKind("platform", "互联网平台", "Platform"),
    AuthorityKind("telecom-operator", "电信运营商", "Telecom operator"),
    AuthorityKind("registrar", "域名注册机构", "Domain registrar"),
    AuthorityKind("mediation-body", "调解组织", "Mediation body"),
)
BY_CODE = by_code(ROWS)
