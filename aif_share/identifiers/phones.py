"""The family of phone numbers: one raw value is of exactly one kind, or of none.

Mainland mobiles are told by structure, so that a number range newly opened gives the same token in every version of
phonenumbers; everything else is parsed by phonenumbers with CN as the home region. An extension stays part of the
number (RFC 3966 `;ext=`): privacy numbers differ in nothing else.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumberType

from aif_share.errors import InvalidIdentifier

NAMES = {
    "cn-mobile": "a mainland mobile number",
    "cn-landline": "a mainland landline number",
    "service-number": "a service number",
    "phone": "a number outside the mainland's public numbering",
    "sms-port": "an SMS port",
}

_EXTENSION = re.compile(
    r"\s*(?:;?\s?ext(?:ension)?\s?[.:=]?|转|轉|分机|分機|x|#)\s?[:=]?\s?([0-9]{1,8})", re.IGNORECASE | re.ASCII
)
_DASHED_EXTENSION = re.compile(
    r"(.*(?:(?:10|2[0-9])[-) ]+[0-9]{8}|[3-9][0-9]{2}[-) ]+[0-9]{7,8})|(?:400|800)[- ]?[0-9]{3}[- ]?[0-9]{4})"
    r"-([0-9]{1,6})"
)
_BODY = re.compile(r"\(?\+?[0-9 ()./\-\u2010-\u2015\u2212\u00b7\u30fb]+")
_NOT_DIGIT = re.compile(r"[^0-9]")

_HOME = r"(?:\+86|0086|86)"
_MOBILE = re.compile(rf"{_HOME}?0?(1[3-9][0-9]{{9}})")
_SHORT_SERVICE = r"95[0-9]{3,6}|96[0-9]{3,4}|10(?!6)[0-9]{3,4}|1[12][0-9]{3,4}|101[0-9]{5}"
_FREEPHONE = r"[48]00[0-9]{7}"
_SERVICE = re.compile(rf"(?:\+86|0086)?({_SHORT_SERVICE})|{_HOME}?0?({_FREEPHONE})")
_AREA = r"(?:10|2[0-9]|[3-9][0-9]{2})"
_SERVICE_VIA_AREA = re.compile(rf"(?:{_HOME}0?|0){_AREA}(95[0-9]{{3,4}})")
_SMS_PORT = re.compile(r"(\+86|0086|86)?(106[0-9]{5,18})")
_LANDLINE = re.compile(r"(?:10|2[0-9])[2-9][0-9]{7}|[3-9][0-9]{2}[2-9][0-9]{6,7}")
_THINGS = re.compile(r"14[0-9]{11}")
_HOME_WITHOUT_PLUS = re.compile(r"86[0-9]{10,11}")


def classify(text: str) -> tuple[str, str]:
    """The kind (`cn-mobile`, `cn-landline`, `service-number`, `phone` or `sms-port`) and canonical form of a prepared
    text. InvalidIdentifier if it is no complete phone number."""
    body, extension = _split(text)
    dialed = _dialed(body)
    kind, number = _kind(dialed)
    return kind, number + (f";ext={extension}" if extension else "")


def as_kind(kind: str, text: str) -> str:
    """The canonical form of a text that is of this kind; otherwise InvalidIdentifier, naming the right type."""
    found, canonical = classify(text)
    if found != kind:
        raise InvalidIdentifier(f"this is {NAMES[found]}; use the type {found}", suggested_type=found)
    return canonical


def sms_port(text: str) -> str | None:
    """The digits of an SMS port 106…, or None. With +86 in front ten digits are a Beijing landline, 010-6….
    An extension is none: sub-numbers follow directly."""
    if not _BODY.fullmatch(text):
        return None
    found = _SMS_PORT.fullmatch(_dialed(text))
    if found is None or (found[1] and len(found[2]) == 10):
        return None
    return found[2]


def _split(text: str) -> tuple[str, str]:
    """Body and extension of a number."""
    if text[:4].lower() == "tel:":
        text = text[4:].strip()
    if _BODY.fullmatch(text) is None:
        at = re.search(r"[0-9)]", text)
        found = _EXTENSION.search(text, at.end()) if at else None
        if found is None or found.end() != len(text):
            raise InvalidIdentifier("a phone number has digits, +, spaces, dashes and brackets only")
        body, extension = text[: found.start()], found[1]
        if _BODY.fullmatch(body) is None:
            raise InvalidIdentifier("a phone number has digits, +, spaces, dashes and brackets only")
        return body, extension
    dashed = _DASHED_EXTENSION.fullmatch(text)
    return (dashed[1], dashed[2]) if dashed else (text, "")


def _dialed(body: str) -> str:
    return ("+" if "+" in body else "") + _NOT_DIGIT.sub("", body)


def _kind(dialed: str) -> tuple[str, str]:
    if found := _MOBILE.fullmatch(dialed):
        return "cn-mobile", f"+86{found[1]}"
    if found := _SERVICE.fullmatch(dialed):
        return "service-number", found[1] or found[2]
    if found := _SERVICE_VIA_AREA.fullmatch(dialed):
        return "service-number", found[1]
    if port := sms_port(dialed):
        return "sms-port", port
    if _THINGS.fullmatch(dialed):
        return "phone", f"+86{dialed}"
    if _HOME_WITHOUT_PLUS.fullmatch(dialed):
        dialed = f"+{dialed}"
    if dialed[:1] not in "+0":
        raise InvalidIdentifier(
            "not a complete phone number; put the area code with its 0, or + and the country code, in front"
        )
    return _parsed(dialed)


def _parsed(dialed: str) -> tuple[str, str]:
    number = _parse(dialed)
    if number is None:
        raise InvalidIdentifier("not a phone number; check the country code and the number of digits")
    canonical = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code != 86:
        if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
            raise InvalidIdentifier("too short or too long for a number of its country; check the country code")
        # Of several zeros in front the library drops one at a time: such a number would have no settled form.
        if phonenumbers.parse(canonical) != number:
            raise InvalidIdentifier("too many zeros in front; check the country code and the area code")
        return "phone", canonical
    national = canonical[3:]
    if national[0] == "0":
        raise InvalidIdentifier("too many zeros in front; check the country code and the area code")
    if _MOBILE.fullmatch(national) or _THINGS.fullmatch(national):
        return ("cn-mobile" if len(national) == 11 else "phone"), canonical
    fixed = (PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if _LANDLINE.fullmatch(national) or phonenumbers.number_type(number) in fixed:
        return "cn-landline", canonical
    raise InvalidIdentifier("not a number of the mainland; check the area code and the number of digits")


def _parse(dialed: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(dialed, "CN")
    except phonenumbers.NumberParseException:
        return None
