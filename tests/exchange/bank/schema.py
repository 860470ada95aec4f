"""Holds a message against the definitions of ISO 20022 that pyiso20022 brings along: order, number, form of all parts.

The package's classes are the schemas of the standard as data; xsdata, for which they were made, reads a message into
them and writes it again.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import re
import typing
from decimal import Decimal
from typing import Any

from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.models.datatype import XmlDate, XmlDateTime


def definition(message: str) -> Any:
    """The class of `Document` of a message such as pain_008_001_02."""
    area = message.split("_")[0]
    return importlib.import_module(f"pyiso20022.{area}.{message}.{message}").Document


def parsed(message: bytes, name: str) -> Any:
    """The message as an object of the standard's own class; what the class does not know is an error."""
    strict = ParserConfig(
        fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True
    )
    return XmlParser(config=strict).from_bytes(message, definition(name))


def broken(element: Any, kind: Any) -> list[str]:
    """What in an element differs from its definition, each with its path."""
    known = typing.get_type_hints(kind)
    parts = [part for part in dataclasses.fields(kind) if part.metadata.get("type") == "Element"]
    order = [part.metadata["name"] for part in parts]
    name = etree.QName(element).localname
    given = [etree.QName(child).localname for child in element]
    found = [f"{name}: {child} is not known there" for child in given if child not in order]
    places = [order.index(child) for child in given if child in order]
    if places != sorted(places):
        found.append(f"{name}: the order is {given}")
    for part in parts:
        children = [child for child in element if etree.QName(child).localname == part.metadata["name"]]
        if part.metadata.get("required") and not children:
            found.append(f"{name}: {part.metadata['name']} is missing")
        if len(children) > 1 and typing.get_origin(known[part.name]) is not list:
            found.append(f"{name}: {part.metadata['name']} stands there {len(children)} times")
        for child in children:
            found += [f"{name}/{what}" for what in _broken_value(child, known[part.name], part.metadata)]
    for part in dataclasses.fields(kind):
        if part.metadata.get("type") == "Attribute" and part.metadata.get("required"):
            found += [] if part.metadata["name"] in element.attrib else [f"{name}: an attribute is missing"]
        if part.name == "value":
            found += _broken_text(name, element.text or "", known[part.name], part.metadata)
    return found


def _broken_value(child: Any, hint: Any, rules: Any) -> list[str]:
    kinds = _kinds(hint)
    whole = next((kind for kind in kinds if dataclasses.is_dataclass(kind)), None)
    if whole is not None:
        return broken(child, whole)
    name = etree.QName(child).localname
    return [f"{name} has parts"] if len(child) else _broken_text(name, child.text or "", hint, rules)


def _broken_text(name: str, text: str, hint: Any, rules: Any) -> list[str]:
    found = []
    for kind in _kinds(hint):
        if isinstance(kind, type) and issubclass(kind, enum.Enum) and text not in {each.value for each in kind}:
            found.append(f"{name}: {text} is no code of it")
        if kind is Decimal and not re.fullmatch(r"-?\d+(\.\d{1,5})?", text):
            found.append(f"{name}: {text} is no number")
        if kind is XmlDate and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            found.append(f"{name}: {text} is no day")
        if kind is XmlDateTime and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+\d\d:\d\d|Z)?", text):
            found.append(f"{name}: {text} is no moment")
    if not rules.get("min_length", 0) <= len(text) <= rules.get("max_length", len(text)):
        found.append(f"{name}: {text} has not the right length")
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        found.append(f"{name}: {text} has not the right form")
    return found


def _kinds(hint: Any) -> list[Any]:
    """The types in an annotation such as `None | list[str]`."""
    inner = typing.get_args(hint)
    return [kind for each in inner for kind in _kinds(each)] if inner else [hint]
