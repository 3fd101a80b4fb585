"""Reads entity XML, as OFBiz and Moqui write it and as documentation prints it.

Source: apache/ofbiz-framework EntitySaxReader.java; hotwax/moqui-framework EntityDataLoaderImpl.groovy
(read 2026-11-21).
"""

from dataclasses import dataclass
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from ledgerloop.operate.mappings.entities import ENTITIES, SHOP_FIELD, own_kind
from ledgerloop.operate.mappings.pasted import ROOTS, holds_elements, one_document
from ledgerloop.operate.mappings.records import Contents, Op, Problem
from ledgerloop.operate.mappings.words import add, unknown_entity

VERBS = {"create": Op.CREATE, "update": Op.UPDATE, "store": Op.UPDATE, "delete": Op.DELETE}
"""What may stand before the dash of an element's name in Moqui's dialect."""

DEEPEST = 20
"""Levels of elements; a related record in a record in a wrapper in a root is the fifth."""


def read(text: str) -> Contents:
    """Read records from entity XML; nothing outside the text is ever fetched, and no entity is expanded."""
    into = Contents()
    if not holds_elements(text):
        what = "There is no XML element in the file."
        remedy = 'Paste the elements as they are printed, such as <Enumeration enumId="…" …/>.'
        into.problems.append(Problem("mapping_file_broken", 1, what, remedy))
        return into
    handler = _Reader(into)
    try:
        parseString(one_document(text).encode(), handler, forbid_dtd=True)
    except SAXParseException as error:
        into.problems.append(_broken(text, error))
    except (DefusedXmlException, _TooDeep):
        into.problems.append(_unsafe(handler.line))
    else:
        handler.finish()
    return into


def _broken(text: str, error: SAXParseException) -> Problem:
    lines = text.splitlines() or [""]
    line = min(max(error.getLineNumber() or 1, 1), len(lines))
    if "<!DOCTYPE" in lines[line - 1] or "<!ENTITY" in lines[line - 1]:
        return _unsafe(line)
    what = f"This is not well-formed XML: {error.getMessage()}."
    remedy = "Compare the line with the printed element: straight quotes, a blank between attributes, /> at the end."
    return Problem("mapping_file_broken", line, what, remedy)


def _unsafe(line: int) -> Problem:
    what = "The file declares a document type or entities, or nests without end; such files are not read."
    return Problem("mapping_file_unsafe", line, what, "Take the DOCTYPE out; entity XML needs none.")


class _TooDeep(Exception):  # noqa: N818  (control flow within this module)
    pass


@dataclass
class _Open:
    """An element that has begun. Only a record has fields; only a field has text."""

    name: str
    line: int
    op: Op
    parent: "_Open | None" = None
    fields: dict[str, str] | None = None
    text: list[str] | None = None
    skipped: bool = False


class _Reader(ContentHandler):
    """Turns elements into records, in the order of the file."""

    def __init__(self, into: Contents) -> None:
        super().__init__()
        self._into = into
        self._open: list[_Open] = []
        self._found: list[_Open] = []

    @property
    def line(self) -> int:
        """Where the parser is."""
        return self._locator.getLineNumber() if self._locator is not None else 0

    _locator: Any = None

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  (a name of the library)
        """An element begins."""
        if len(self._open) >= DEEPEST:
            raise _TooDeep
        above = self._open[-1] if self._open else None
        self._open.append(self._begun(name, dict(attrs.items()), above))

    def _begun(self, name: str, attributes: dict[str, str], above: _Open | None) -> _Open:
        if above is None or (name in ROOTS and above.fields is None):
            return _Open(name, self.line, Op.UPDATE)
        if above.skipped or above.text is not None:
            return self._left_out(name, above, tell=not above.skipped)
        if above.fields is None and name in {op.value for op in Op}:
            return _Open(name, self.line, Op(name))
        entity, op = _entity_of(name, above.op)
        if above.fields is not None and name in ENTITIES[above.name].fields:
            return _Open(name, self.line, op, above, text=[])
        if entity not in ENTITIES:
            if above.fields is not None:
                return self._left_out(name, above, tell=True)
            self._into.problems.append(unknown_entity(name, self.line))
            return _Open(name, self.line, op, skipped=True)
        begun = _Open(entity, self.line, op, above if above.fields is not None else None, fields=attributes)
        self._found.append(begun)
        return begun

    def _left_out(self, name: str, above: _Open, *, tell: bool) -> _Open:
        if tell:
            self._into.remark(self.line, f"{above.name} has no {name}; it is left out.")
        return _Open(name, self.line, above.op, skipped=True)

    def characters(self, content: str) -> None:
        """Words between tags: the value of a field, or nothing of interest."""
        if self._open and self._open[-1].text is not None:
            self._open[-1].text.append(content)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802  (a name of the library)
        """An element ends."""
        ended = self._open.pop()
        if ended.text is not None and ended.parent is not None and ended.parent.fields is not None:
            ended.parent.fields[ended.name] = "".join(ended.text)

    def finish(self) -> None:
        """Give the records; those inside another have its keys."""
        for one in self._found:
            name, fields = own_kind(one.name, _inherited(one))
            if any("${" in text for text in fields.values()):
                what = "An expression ${…} stands in place of a value; its value is not known here."
                self._into.problems.append(Problem("mapping_value_wrong", one.line, what, "Write the value itself."))
                continue
            add(self._into, one.line, name, fields, one.op)


def _inherited(one: _Open) -> dict[str, str]:
    fields = dict(one.fields or {})
    above = one.parent
    if above is not None:
        known = _inherited(above)
        for name in (*ENTITIES[above.name].keys, SHOP_FIELD):
            if name in known and (name in ENTITIES[one.name].fields or name == SHOP_FIELD):
                fields.setdefault(name, known[name])
    return fields


def _entity_of(name: str, op: Op) -> tuple[str, Op]:
    """The entity that an element names, and what is to happen with it."""
    plain = name.rpartition(":")[2]
    verb, dash, rest = plain.partition("-")
    if dash:
        plain, op = rest, VERBS.get(verb, op)
    return plain.rpartition(".")[2], op
