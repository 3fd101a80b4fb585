"""Say in the operator's words what pydantic found."""

from collections.abc import Mapping, Sequence

from pydantic_core import ErrorDetails

from ledgerloop.config.masking import shown
from ledgerloop.config.problems import CODES, Problem
from ledgerloop.config.resolve import Loc, Resolved, key_path
from ledgerloop.config.schema import advice_for_unknown, section_at
from ledgerloop.config.suggest import did_you_mean

_KINDS = {
    "string": ("a text is expected", 'Write it in quotes: "..."'),
    "int": ("a whole number is expected", "Write a whole number, without quotes"),
    "float": ("a number is expected", "Write a number, without quotes"),
    "finite_number": ("a number is expected", "Write a number, without quotes"),
    "bool": ("true or false is expected", "Write true or false, without quotes"),
    "decimal": ("an amount is expected", 'Write it like "0.05"'),
    "tuple": ("a list is expected", 'Write it in brackets: ["..."]'),
    "list": ("a list is expected", 'Write it in brackets: ["..."]'),
    "dict": ("a table is expected", "Write it as a section"),
    "mapping": ("a table is expected", "Write it as a section"),
    "model": ("a table is expected", "Write it as a section"),
}
"""What to say where a value is of the wrong kind, by the first words of pydantic's error type."""


def translate(error: ErrorDetails, resolved: Resolved) -> tuple[Loc, Problem]:
    """Turn one finding of pydantic into a Problem."""
    loc = tuple(part for part in error["loc"] if part != "[key]")
    key = key_path(loc)
    code, what, remedy = _words(error, loc)
    value = _value(error, loc, key, resolved)
    return loc, Problem(code, key, what, remedy, value)


def _value(error: ErrorDetails, loc: Loc, key: str, resolved: Resolved) -> str:
    if error["type"] in ("missing", "extra_forbidden", "config_missing"):
        return resolved.references.get(loc, "")
    if error["type"] == "config_private_key":
        return resolved.references.get(loc, "***")
    given = _given(resolved.data, loc)
    return shown(key, error["input"] if given is None else given, resolved.references.get(loc))


def _given(data: object, loc: Loc) -> object:
    for part in loc:
        try:
            data = data[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _words(error: ErrorDetails, loc: Loc) -> tuple[str, str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind in CODES:
        return kind, str(context["problem"]), str(context["remedy"])
    if kind == "missing":
        return "config_missing", _what_is_missing(loc), _how_to_set(loc)
    if kind == "extra_forbidden":
        return "config_unknown_key", "there is no such key", advice_for_unknown(loc)
    if kind == "literal_error":
        return "config_value", "this value is not allowed", _allowed(str(context["expected"]), error["input"])
    bound = _bound(kind, context)
    if bound:
        return "config_value", "the number is out of range", bound
    return _wrong_kind(kind, loc, error["msg"])


def _what_is_missing(loc: Loc) -> str:
    return "this section is missing" if section_at(loc) is not None else "this key must be set"


def _how_to_set(loc: Loc) -> str:
    name = str(loc[-1])
    if name == "shops":
        return "Describe at least one shop with [[shops]]; `ledgerloop init` writes a file to start from"
    if section_at(loc) is not None:
        return f"Add [{'.'.join(str(part) for part in loc if isinstance(part, str))}]"
    return f'Set {name} = "env:{name.upper()}" or its value' if name.endswith("key") else f"Set {name}"


def _allowed(expected: str, given: object) -> str:
    choices = expected.replace("'", '"')
    names = choices.split('"')[1::2]
    hint = did_you_mean(given, names) if isinstance(given, str) else ""
    return f"{hint} Allowed: {choices}".strip()


def _bound(kind: str, context: Mapping[str, object]) -> str:
    for name, words in (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than")):
        if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than") and name in context:
            number = context[name]
            whole = isinstance(number, float) and number.is_integer()
            return f"Write {words} {int(number) if whole and isinstance(number, float) else number}"
    return ""


def _wrong_kind(kind: str, loc: Loc, message: str) -> tuple[str, str, str]:
    if kind.startswith(("tuple", "list")) and loc == ("shops",):
        return "config_type", "shops must be a list of tables", "Write [[shops]] with two brackets"
    words: Sequence[str] = kind.split("_")
    found = _KINDS.get(words[0]) or _KINDS.get("_".join(words[:2]))
    if found is None:
        return "config_value", message[:1].lower() + message[1:], "Correct the value"
    return "config_type", found[0], found[1]
