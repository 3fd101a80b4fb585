"""The GraphQL documents of `queries.graphql`: one named operation at a time, with the fragments it uses."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_DEFINITION: Final = re.compile(r"^(query|mutation|fragment) (\w+).*?^\}", re.MULTILINE | re.DOTALL)
_SPREAD: Final = re.compile(r"\.\.\.\s*(?!on\b)(\w+)")


@dataclass(frozen=True)
class Document:
    """One operation as it is sent."""

    operation: str
    text: str
    is_mutation: bool


def source() -> str:
    """The whole file of documents."""
    return files(__package__).joinpath("queries.graphql").read_text(encoding="utf-8")


@cache
def document(operation: str) -> Document:
    """Cut one operation out, with its fragments. Raises KeyError for a name that is not in the file."""
    kinds = {match[2]: match[1] for match in _DEFINITION.finditer(source())}
    texts = {match[2]: match[0] for match in _DEFINITION.finditer(source())}
    wanted = [operation]
    for name in wanted:
        wanted += [one for one in dict.fromkeys(_SPREAD.findall(texts[name])) if one not in wanted]
    return Document(operation, "\n".join(texts[name] for name in wanted), kinds[operation] == "mutation")
