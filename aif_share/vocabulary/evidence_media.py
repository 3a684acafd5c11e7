"""The files that are taken as evidence: media type, extensions, and how the content is recognized.

`look` says how: `magic` by its first bytes, `text` by being text, `zip` by its first bytes and its list of files, `office` a
ZIP of an office document. What a browser would run (`active`) is kept and handed out, and never shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from .term import Term, by_code

MAX_EVIDENCE = 2 * 1024 * 1024 * 1024
"""Bytes of one piece of evidence."""


@dataclass(frozen=True)
class Media(Term):
    """One form of files. `seen_as` are further extensions under which puremagic knows it."""

    media_type: str = ""
    extensions: tuple[str, ...] = ()
    look: str = "magic"
    active: bool = False
    seen_as: tuple[str, ...] = ()


ROWS = (
    Media("pdf", "PDF 文档", "PDF document", media_type="application/pdf", extensions=("pdf",)),
    Media("png", "PNG 图片", "PNG picture", media_type="image/png", extensions=("png",)),
    Media("jpg", "JPEG 图片", "JPEG picture", media_type="image/jpeg", extensions=("jpg", "jpeg")),
    Media("gif", "GIF 图片", "GIF picture", media_type="image/gif", extensions=("gif",)),
    Media("bmp", "BMP 图片", "BMP picture", media_type="image/bmp", extensions=("bmp",)),
    Media("tif", "TIFF 图片", "TIFF picture", media_type="image/tiff", extensions=("tif", "tiff")),
    Media("webp", "WebP 图片", "WebP picture", media_type="image/webp", extensions=("webp",)),
    Media("heic", "HEIC 图片", "HEIC picture", media_type="image/heic", extensions=("heic", "heif")),
    Media("svg", "SVG 图形", "SVG drawing", media_type="image/svg+xml", extensions=("svg",), look="text", active=True),
    Media("mp3", "MP3 录音", "MP3 recording", media_type="audio/mpeg", extensions=("mp3",), seen_as=("mpga",)),
    Media("wav", "WAV 录音", "WAV recording", media_type="audio/wav", extensions=("wav",)),
    Media("m4a", "M4A 录音", "M4A recording", media_type="audio/mp4", extensions=("m4a",)),
    Media("amr", "AMR 录音", "AMR recording", media_type="audio/amr", extensions=("amr",)),
    Media("ogg", "Ogg 录音", "Ogg recording", media_type="audio/ogg", extensions=("ogg", "oga", "opus")),
    Media("flac", "FLAC 录音", "FLAC recording", media_type="audio/flac", extensions=("flac",)),
    Media("mp4", "MP4 录像", "MP4 video", media_type="video/mp4", extensions=("mp4", "m4v")),
    Media(
        "mov", "QuickTime 录像", "QuickTime video", media_type="video/quicktime", extensions=("mov",), seen_as=("qtvr",)
    ),
    Media("avi", "AVI 录像", "AVI video", media_type="video/x-msvideo", extensions=("avi",)),
    Media("webm", "WebM 录像", "WebM video", media_type="video/webm", extensions=("webm", "mkv")),
    Media("txt", "纯文本", "Plain text", media_type="text/plain", extensions=("txt", "log"), look="text"),
    Media("csv", "CSV 表格", "CSV table", media_type="text/csv", extensions=("csv",), look="text"),
    Media(
        "json",
        "JSON 数据",
        "JSON data",
        media_type="application/json",
        extensions=("json", "jsonl", "ndjson", "har"),
        look="text",
    ),
    Media(
        "html",
        "网页",
        "Web page",
        media_type="text/html",
        extensions=("html", "htm", "mhtml"),
        look="text",
        active=True,
    ),
    Media("eml", "电子邮件", "E-mail", media_type="message/rfc822", extensions=("eml",), look="text", active=True),
    Media(
        "docx",
        "Word 文档",
        "Word document",
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        extensions=("docx",),
        look="office",
    ),
    Media(
        "xlsx",
        "Excel 表格",
        "Excel workbook",
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        extensions=("xlsx",),
        look="office",
    ),
    Media(
        "msg",
        "Outlook 邮件",
        "Outlook message",
        media_type="application/vnd.ms-outlook",
        extensions=("msg",),
        active=True,
    ),
    Media("doc", "Word 97 文档", "Word 97 document", media_type="application/msword", extensions=("doc",)),
    Media("xls", "Excel 97 表格", "Excel 97 workbook", media_type="application/vnd.ms-excel", extensions=("xls",)),
    Media("zip", "ZIP 压缩包", "ZIP archive", media_type="application/zip", extensions=("zip",), look="zip"),
    Media("pcapng", "网络抓包", "Network capture", media_type="application/vnd.tcpdump.pcap", extensions=("pcapng",)),
)
BY_CODE = by_code(ROWS)
BY_TYPE = {row.media_type: row for row in ROWS}
BY_EXTENSION = {extension: row for row in ROWS for extension in row.extensions}
