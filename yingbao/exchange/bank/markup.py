"""XML from a bank, parsed so that nothing in it can reach out, swell or run deep. XML 报文

Encoding, document types and size are settled before the parser sees a byte: it gets UTF-8 without a declaration, has
no entities to resolve, opens no network or file, and keeps its own bounds on depth (256) and on single texts (10 MB).
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from lxml import etree

from yingbao.exchange.bank.faults import FileFault, WrongFile
from yingbao.values.text import Text

LARGEST_MESSAGE = 32 * 1024 * 1024
"""bytes; a day of a city's bank has a few"""
_MOST_SIGNS = 2_000_000
"""of `<` and of `=`: each element has two of the one, each attribute one of the other, and each costs memory"""
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_ENCODING = re.compile(rb"<\?xml\b[^>]{0,150}\bencoding=[\"']([A-Za-z0-9._-]{1,30})[\"']")
_ENCODINGS = {"utf-8": "utf-8", "us-ascii": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}

_MEND_AGAIN = Text(zh="请从银行重新下载报文，原样上传", en="download the message again and upload it unchanged")


def is_markup(content: bytes) -> bool:
    """Whether the file is XML, and not a web page or a spreadsheet that is stored as XML. 是否XML"""
    head = content[:2048].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    foreign = b"<html" in head or b"office:spreadsheet" in head or head.startswith((b"<table", b"<!doctype html"))
    return head.startswith(b"<") and not foreign


def parsed(content: bytes, name: str, message: str) -> tuple[Any, str]:
    """The `Document` of an ISO 20022 message and its version: `message` is camt.053, the version 001.08. 解析

    Raises WrongFile for anything that is no such message, is damaged, or declares what a message never declares.
    """
    text = _checked_text(content, name)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        what = Text(zh="报文不完整或已损坏", en="the message is incomplete or damaged")
        raise WrongFile(name, [FileFault(row=line, column="", what=what, mend=_MEND_AGAIN)]) from error
    document = next(root.iter("{*}Document"), None)
    namespace = "" if document is None else etree.QName(document).namespace or ""
    known = re.fullmatch(rf"urn:iso:std:iso:20022:tech:xsd:{re.escape(message)}\.(001\.\d\d)", namespace)
    if not known:
        what = Text(zh="这不是{message}报文", en="this is no {message} message").filled(message=message)
        raise _refused(name, what)
    return document, known[1]


def _checked_text(content: bytes, name: str) -> str:
    if len(content) > LARGEST_MESSAGE:
        what = Text(zh="报文有{size}MB，超过{most}MB", en="the message has {size} MB, more than {most} MB")
        raise _refused(name, what.filled(size=-(-len(content) // 2**20), most=LARGEST_MESSAGE // 2**20))
    declared = _ENCODING.search(content[:200])
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif declared and not content.startswith(codecs.BOM_UTF8):
        encoding = _ENCODINGS.get(declared[1].decode("ascii").lower(), "")
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding) if encoding else ""
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = Text(zh="有不属于其编码的字节", en="there are bytes that do not belong to its encoding")
        raise WrongFile(name, [FileFault(row=line, column="", what=what, mend=_MEND_AGAIN)]) from error
    if not text:
        raise _refused(name, Text(zh="不认识报文的编码", en="the encoding of the message is not known"))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        what = Text(
            zh="报文含有文档类型或实体声明，可能用来攻击服务器",
            en="the message declares a document type or entities, as attacks on servers do",
        )
        raise _refused(name, what)
    if max(text.count("<"), text.count("=")) > _MOST_SIGNS:
        raise _refused(name, Text(zh="报文里的内容过多", en="the message holds too much"))
    return _DECLARATION.sub("", text, count=1) if _DECLARATION.match(text) else text


def _refused(name: str, what: Text) -> WrongFile:
    return WrongFile(name, [FileFault(row=0, column="", what=what, mend=_MEND_AGAIN)])


def every(element: Any, path: str) -> list[Any]:
    """All elements at a path such as `NtryDtls/TxDtls`, whatever their namespace. 查找"""
    found: list[Any] = element.findall("/".join("{*}" + step for step in path.split("/")))
    return found


def one(element: Any, path: str) -> Any | None:
    """The first of them."""
    return next(iter(every(element, path)), None)


def said(element: Any | None, *paths: str) -> str:
    """The text at the first of the paths that has one, blanks at the ends left out. 取文本"""
    for path in paths if element is not None else ():
        for found in every(element, path):
            if found.text and found.text.strip():
                return str(found.text).strip()
    return ""
