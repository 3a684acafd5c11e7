"""Sectors of the alliance's members."""

from .term import Term, by_code

ROWS = (
    Term("bank", "银行", "Bank"),
    Term("consumer-finance", "消费金融公司", "Consumer finance company"),
    Term("micro-lender", "小额贷款公司", "Micro-lender"),
    Term("insurer", "保险公司", "Insurer"),
    Term("payment", "支付机构", "Payment institution"),
    Term("telecom", "电信企业", "Telecom company"),
    Term("internet-platform", "互联网平台", "Internet platform"),
    Term("association", "行业协会", "Industry association"),
)
BY_CODE = by_code(ROWS)
