"""Makes text out of the bytes of an XML file, and one document out of whatever was pasted into it.

Documentation prints entity elements bare, one below another, with headings between them; such text is taken as it is.
"""

import codecs
import re

ROOTS = ("entity-engine-xml", "entity-facade-xml", "seed-data")
"""Root elements of entity XML. Source: hotwax/moqui-framework EntityDataLoaderImpl, apache/ofbiz-framework
EntitySaxReader (read 2026-11-21)."""

WRAPPER = "pasted"
"""Root put around everything, so that bare elements and several documents in one file are one document."""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DECLARATION = re.compile(r"<\?xml\b.*?\?>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKUP = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[A-Za-z_/!?](?:\"[^\"]*\"|'[^']*'|[^<>\"'])*>", re.DOTALL)
_LOOSE = re.compile(r"&(?!(?:#\d+|#x[0-9A-Fa-f]+|amp|lt|gt|quot|apos);)|<(?![A-Za-z_/!?])")


def decoded(raw: bytes) -> str:
    """The text of a file: by its byte order mark, its XML declaration, else UTF-8. Raises UnicodeDecodeError."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding)
    declared = _DECLARED.match(raw.lstrip()[:200])
    name = declared[1].decode("ascii") if declared else "utf-8"
    try:
        codec = codecs.lookup(name)
    except LookupError:
        return raw.decode("utf-8")
    return raw.decode(codec.name if getattr(codec, "_is_text_encoding", True) else "utf-8")


def one_document(text: str) -> str:
    """One XML document with the same lines, whatever stood around the elements."""
    text = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text)
    bare = _COMMENT.sub("", text).lstrip()
    if not bare.startswith(tuple(f"<{root}" for root in ROOTS)):
        text = _without_loose_ends(text.replace("\N{NO-BREAK SPACE}", " "))
    return f"<{WRAPPER}>{text}</{WRAPPER}>"


def holds_elements(text: str) -> bool:
    """Whether anything in the text looks like an element."""
    return re.search(r"<[A-Za-z_]", text) is not None


def _without_loose_ends(text: str) -> str:
    """Escape what would be markup in the words between the elements; elements themselves are left to the parser."""
    parts, at = [], 0
    for found in _MARKUP.finditer(text):
        parts += [_escaped(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join((*parts, _escaped(text[at:])))


def _escaped(words: str) -> str:
    return _LOOSE.sub(lambda found: "&amp;" if found[0] == "&" else "&lt;", words)
