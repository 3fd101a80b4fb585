"""From SuiteQL (Oracle's dialect) to SQLite: parse, refuse what SuiteQL refuses, translate. Cached by text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from .errors import Refused
from .tables import DATE_COLUMNS, TABLES, safe

PREFIX = "Invalid search query. Detailed unprocessed description follows. "
"""How search errors begin. Source: tests of github.com/julbrs/netsuite-api-client (read 2026-11-21)."""

TABLE_PREFIX = "ns_"
"""How the SQLite tables begin."""

COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
"""Nodes that compare two values."""


@dataclass(frozen=True, slots=True)
class Translated:
    """SQLite text, the result's names (None: take them from the cursor) and which positions are raw dates.

    `sources` are the tables by the names that the query gives them.
    """

    sql: str
    names: tuple[str, ...] | None
    dates: tuple[bool, ...]
    parameters: int
    sources: tuple[str, ...]


def search_error(detail: str) -> Refused:
    """An error of the query itself.

    Source: github.com/databrickslabs community connector for NetSuite, its tests (read 2026-11-21).
    """
    return Refused("INVALID_PARAMETER", f"{PREFIX}Search error occurred: {detail}", query_param="q")


@lru_cache(maxsize=2000)
def translate(query: str) -> Translated:
    """Translate one SELECT. Raises `Refused`."""
    try:
        statements = parse(query, read="oracle")
    except (SqlglotError, RecursionError) as error:
        raise search_error("Invalid or unsupported search.") from error
    tree = statements[0] if len(statements) == 1 else None
    if not isinstance(tree, exp.Query):
        raise search_error("Invalid or unsupported search.")
    _refuse(tree)
    heads = _heads(tree)
    names = _names(heads[0])
    dates = tuple(map(any, zip(*(_raw_dates(head) for head in heads), strict=False)))
    placeholders = sum(1 for _ in tree.find_all(exp.Placeholder))
    sources = _tables(tree)
    tree = tree.transform(_node)
    for identifier in tree.find_all(exp.Identifier):
        if not identifier.name.startswith(TABLE_PREFIX):
            identifier.set("this", safe(identifier.name))
        identifier.set("quoted", False)
    return Translated(tree.sql("sqlite"), names, dates, placeholders, sources)


def _heads(tree: exp.Query) -> list[exp.Select]:
    """The SELECTs whose rows make up the result."""
    if isinstance(tree, exp.SetOperation):
        sides = [side for side in (tree.left, tree.right) if isinstance(side, exp.Query)]
        return [head for side in sides for head in _heads(side)]
    if isinstance(tree, exp.Subquery) and isinstance(tree.this, exp.Query):
        return _heads(tree.this)
    if isinstance(tree, exp.Select):
        return [tree]
    raise search_error("Invalid or unsupported search.")


def _refuse(tree: exp.Query) -> None:
    """What SuiteQL does not have.

    Source: docs.oracle.com section_156257796125 and oracle/netsuite-suitecloud-sdk (read 2026-11-21).
    """
    if tree.find(exp.Limit) or tree.find(exp.Offset):
        raise search_error("Invalid or unsupported search: LIMIT is not supported.")
    for column in tree.find_all(exp.Column):
        if column.name.lower() == "rownum":
            raise search_error("ROWNUM is not available in this account.")
    for dot in tree.find_all(exp.Dot):
        if not _is_display(dot):
            raise search_error(f"Invalid or unsupported search: {dot.sql()}.")
        select = dot.find_ancestor(exp.Select)
        if select is None or select.args.get("distinct") or select.args.get("group"):
            raise search_error("BUILTIN.DF cannot be used with DISTINCT or GROUP BY.")
        if dot.find_ancestor(exp.Where, exp.Join, exp.Having) is not None:
            raise search_error("BUILTIN.DF is accepted in the SELECT list only.")


def _is_display(dot: exp.Dot) -> bool:
    call = dot.expression
    return isinstance(call, exp.Anonymous) and f"{dot.this.name}.{call.this}".upper() == "BUILTIN.DF"


def _tables(tree: exp.Query) -> tuple[str, ...]:
    """Point table names at the SQLite tables, keeping the names the query uses for them."""
    sources = []
    defined = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        name = table.name.lower()
        if name in defined:
            continue
        if name not in TABLES:
            raise Refused("INVALID_PARAMETER", f"{PREFIX}Invalid search type: {table.name}.", query_param="q")
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
        sources.append(f"{table.alias.lower()}={name}")
        table.set("this", exp.to_identifier(f"{TABLE_PREFIX}{name}"))
    return tuple(sources)


def _names(select: exp.Select) -> tuple[str, ...] | None:
    """Result keys: lower case; expressions without a name are expr1, expr2, ..."""
    names = []
    for index, projection in enumerate(select.expressions, start=1):
        if projection.is_star:
            return None
        names.append((projection.alias or (projection.name if isinstance(projection, exp.Column) else "")).lower())
        names[-1] = names[-1] or f"expr{index}"
    return tuple(names)


def _raw_dates(select: exp.Select) -> list[bool]:
    """Tell which projections are plain date columns of a table."""
    sources = [select.args.get("from_") or select.args.get("from"), *(select.args.get("joins") or [])]
    derived = {source.this.alias.lower() for source in sources if source and isinstance(source.this, exp.Subquery)}
    flags = []
    for projection in select.expressions:
        inner = projection.this if isinstance(projection, exp.Alias) else projection
        is_date = isinstance(inner, exp.Column) and inner.name.lower() in DATE_COLUMNS
        flags.append(is_date and (inner.table.lower() not in derived if inner.table else not derived))
    return flags


def _node(node: exp.Expression) -> exp.Expression:
    """Translate one node: display values, dates in and out, now."""
    if isinstance(node, exp.Dot):
        return _display(node)
    if isinstance(node, (exp.ToChar, exp.TimeToStr)):
        return _to_char(node)
    if isinstance(node, (exp.StrToTime, exp.StrToDate)):
        return exp.Anonymous(this="NS_TO_DATE", expressions=[node.this, node.args.get("format") or exp.null()])
    if isinstance(node, (exp.CurrentTimestamp, exp.CurrentDate, exp.Systimestamp)):
        return exp.Anonymous(this="NS_NOW", expressions=[])
    if isinstance(node, (exp.Add, exp.Sub)) and (_is_date(node.this) or _is_date(node.expression)):
        raise search_error("Date arithmetic is not available in this account.")
    if isinstance(node, (*COMPARISONS, exp.Between)):
        _user_dates(node)
    return node


def _user_dates(node: exp.Expression) -> None:
    """Read bare texts beside a date column in the user's format."""
    beside = {"low": node.this, "high": node.this, "this": node.args.get("expression"), "expression": node.this}
    for side, other in beside.items():
        if _is_date(other) and _is_bare(node.args.get(side)):
            node.set(side, exp.Anonymous(this="NS_USER_DATE", expressions=[node.args[side]]))


def _is_date(node: exp.Expression | None) -> bool:
    return isinstance(node, exp.Column) and node.name.lower() in DATE_COLUMNS


def _is_bare(node: exp.Expression | None) -> bool:
    return isinstance(node, exp.Placeholder) or (isinstance(node, exp.Literal) and node.is_string)


def _to_char(node: exp.Expression) -> exp.Expression:
    """TO_CHAR of a date; the tables' own format needs no work."""
    form = node.args.get("format")
    if form is None:
        return exp.Cast(this=node.this, to=exp.DataType.build("text"))
    text = form.name
    if _is_date(node.this) and text in ("YYYY-MM-DD HH24:MI:SS", "%Y-%m-%d %H:%M:%S"):
        return node.this  # type: ignore[no-any-return]
    return exp.Anonymous(this="NS_TO_CHAR", expressions=[node.this, form])


def _display(node: exp.Dot) -> exp.Expression:
    """BUILTIN.DF(column); a status needs the type beside it."""
    argument = node.expression.expressions[0] if node.expression.expressions else None
    if not isinstance(argument, exp.Column):
        raise search_error("BUILTIN.DF takes a field.")
    name = argument.name.lower()
    beside: exp.Expression = exp.null()
    if name == "status":
        beside = exp.column("type", table=argument.table or None)
    return exp.Anonymous(this="NS_DF", expressions=[exp.Literal.string(name), argument.copy(), beside])
