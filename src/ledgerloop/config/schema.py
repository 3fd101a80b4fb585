"""Which keys exist where, read off the models, to suggest what a person meant."""

from collections.abc import Iterator
from typing import get_args

from pydantic import BaseModel

from ledgerloop.config.models import Config
from ledgerloop.config.resolve import Loc
from ledgerloop.config.suggest import did_you_mean


def section_at(loc: Loc) -> type[BaseModel] | None:
    """Find the model of the table at a place; nothing where keys are free (gateways, locations)."""
    model: type[BaseModel] | None = Config
    for part in loc:
        if isinstance(part, int):
            continue
        if model is None or part not in model.model_fields:
            return None
        model = _inner(model.model_fields[part].annotation)
    return model


def sections(model: type[BaseModel] = Config, name: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield every table with its name as TOML writes it."""
    yield name, model
    for key, info in model.model_fields.items():
        inner = _inner(info.annotation)
        if inner is not None:
            yield from sections(inner, f"{name}.{key}" if name else key)


def advice_for_unknown(loc: Loc) -> str:
    """Say what to do about a key that does not exist: the nearest name, the table it belongs to, or all names."""
    name = str(loc[-1])
    section = section_at(loc[:-1])
    known = list(section.model_fields) if section is not None else []
    hint = did_you_mean(name, known)
    if hint:
        return hint
    homes = [f"[{table}]" for table, model in sections() if table and name in model.model_fields]
    if homes:
        return f"It belongs into {' or '.join(homes)}"
    return f"Remove it. Known here: {', '.join(known)}" if known else "Remove it"


def _inner(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        inner = _inner(argument)
        if inner is not None:
            return inner
    return None
