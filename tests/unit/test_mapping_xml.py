"""Entity XML is read in both dialects and as documentation prints it; what cannot be used is refused by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerloop.operate.mappings import csv_rows, toml_tables
from ledgerloop.operate.mappings.entity_xml import read
from ledgerloop.operate.mappings.importing import form_of
from ledgerloop.operate.mappings.pasted import decoded
from ledgerloop.operate.mappings.records import Contents, Op

CHANNEL = (
    '<Enumeration description="Loop Exchange" enumCode="165" enumId="LOOP_EXCH" enumTypeId="ORDER_SALES_CHANNEL" />'
)
SOURCE = (
    '<ShopifyShopTypeMapping mappedKey="1662707" mappedTypeId="SHOPIFY_ORDER_SOURCE" '
    'mappedValue="LOOP_EXCH" shopId="SHOP"/>'
)

AS_PRINTED = f"""XML Data

Sales Channel

{CHANNEL}

Shopify Mapping

{SOURCE}

Last updated
"""

BOTH = [
    (
        "Enumeration",
        {
            "description": "Loop Exchange",
            "enumCode": "165",
            "enumId": "LOOP_EXCH",
            "enumTypeId": "ORDER_SALES_CHANNEL",
        },
        None,
    ),
    (
        "ShopifyShopTypeMapping",
        {"mappedKey": "1662707", "mappedTypeId": "SHOPIFY_ORDER_SOURCE", "mappedValue": "LOOP_EXCH"},
        "SHOP",
    ),
]


def said(contents: Contents) -> list[tuple[str, dict[str, str], str | None]]:
    """The records of a file that is not refused."""
    assert contents.problems == []
    return [(one.entity, dict(one.fields), one.shop) for one in contents.records]


def refused(contents: Contents) -> list[tuple[str, int]]:
    return [(one.code, one.line) for one in contents.problems]


@pytest.mark.parametrize(
    "text",
    [
        AS_PRINTED,
        f"{CHANNEL}\n{SOURCE}",
        f"{CHANNEL}{SOURCE}",
        f"<entity-engine-xml>{CHANNEL}{SOURCE}</entity-engine-xml>",
        f'<?xml version="1.0" encoding="UTF-8"?>\n<entity-facade-xml type="ext">{CHANNEL}{SOURCE}</entity-facade-xml>',
        f'<?xml version="1.0"?>\n<!-- channels -->\n<seed-data>{CHANNEL}{SOURCE}</seed-data>',
        f"<entity-engine-xml>{CHANNEL}</entity-engine-xml>\n<entity-facade-xml>{SOURCE}</entity-facade-xml>",
        f"<create-update>{CHANNEL}</create-update>{SOURCE}",
        f"Costs & benefits: 3 < 4, “POS Completed”\n{CHANNEL}\n```xml\n{SOURCE}\n```",
        AS_PRINTED.replace(" enum", "\N{NO-BREAK SPACE}enum"),
    ],
    ids=["as printed", "bare", "glued", "OFBiz", "Moqui", "seed", "two documents", "wrapper", "prose", "hard blanks"],
)
def test_both_elements_are_read_however_they_stand_in_the_file(text: str) -> None:
    assert said(read(text)) == BOTH


@pytest.mark.parametrize(
    "name",
    ["co.hotwax.shopify.ShopifyShopTypeMapping", "update-ShopifyShopTypeMapping", "ofbiz:ShopifyShopTypeMapping"],
)
def test_names_may_be_qualified(name: str) -> None:
    assert said(read(SOURCE.replace("ShopifyShopTypeMapping", name))) == BOTH[1:]


@pytest.mark.parametrize(
    ("text", "op"),
    [
        (CHANNEL, Op.UPDATE),
        (f"<create>{CHANNEL}</create>", Op.CREATE),
        (f"<create-update>{CHANNEL}</create-update>", Op.UPDATE),
        (f"<create-replace>{CHANNEL}</create-replace>", Op.REPLACE),
        (f"<entity-engine-xml><delete>{CHANNEL}</delete></entity-engine-xml>", Op.DELETE),
        (CHANNEL.replace("<Enum", "<delete-moqui.basic.Enum"), Op.DELETE),
        (CHANNEL.replace("<Enum", "<create-moqui.basic.Enum"), Op.CREATE),
    ],
)
def test_wrappers_and_verbs_say_what_happens_with_a_record(text: str, op: Op) -> None:
    assert [one.op for one in read(text).records] == [op]


def test_a_child_element_is_a_long_text_and_a_record_in_a_record_has_its_key() -> None:
    text = """<entity-facade-xml>
  <EnumerationType enumTypeId="ORDER_SALES_CHANNEL">
    <description>Where an
order &amp; its lines were <![CDATA[<sold>]]></description>
    <moqui.basic.Enumeration enumId="LOOP_EXCH" enumCode="165"/>
  </EnumerationType>
</entity-facade-xml>"""
    assert said(read(text)) == [
        (
            "EnumerationType",
            {"enumTypeId": "ORDER_SALES_CHANNEL", "description": "Where an\norder & its lines were <sold>"},
            None,
        ),
        ("Enumeration", {"enumId": "LOOP_EXCH", "enumCode": "165", "enumTypeId": "ORDER_SALES_CHANNEL"}, None),
    ]


def test_our_own_kinds_come_as_integration_types() -> None:
    text = '<IntegrationTypeMapping integrationTypeId="LEDGERLOOP_SKU" mappingKey="TEE-M" mappingValue="77"/>'
    assert said(read(text)) == [("sku", {"key": "TEE-M", "value": "77"}, None)]


def test_unknown_fields_and_children_are_left_out_with_a_remark() -> None:
    text = f"""<entity-engine-xml>
{CHANNEL.replace("enumCode", 'lastUpdatedStamp="2026-01-01" enumCod="1" enumCode')}
<Enumeration enumId="B" enumTypeId="T">
  <parameters name="x"><deep/></parameters>
</Enumeration></entity-engine-xml>"""
    contents = read(text)
    assert len(said(contents)) == 2
    assert [(one.line, one.text) for one in contents.remarks] == [
        (4, "Enumeration has no parameters; it is left out."),
        (2, "Enumeration has no field enumCod; it is left out. Did you mean enumCode?"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{CHANNEL}\n\n<Enumeratoin\n  enumId='A'/>", [("mapping_entity_unknown", 3)]),
        ("<a/>\n<b/>", [("mapping_entity_unknown", 1), ("mapping_entity_unknown", 2)]),
        (f"{CHANNEL}\n<Enumeration enumId=“A”/>", [("mapping_file_broken", 2)]),
        (f"{CHANNEL}\n<Enumeration enumId='A & B'/>", [("mapping_file_broken", 2)]),
        (f"<entity-engine-xml>\n{CHANNEL}\n", [("mapping_file_broken", 2)]),
        ("nothing at all", [("mapping_file_broken", 1)]),
        ("", [("mapping_file_broken", 1)]),
        ('\n<Enumeration enumId="${id}" enumTypeId="T"/>', [("mapping_value_wrong", 2)]),
        ('\n<Enumeration enumId="A&#x85;B" enumTypeId="T"/>', [("mapping_value_wrong", 2)]),
        ('<Enumeration enumId="&xxe;" enumTypeId="T"/>', [("mapping_file_broken", 1)]),
        (f'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">\n{CHANNEL}', [("mapping_file_unsafe", 1)]),
        (f'<entity-engine-xml>\n<!DOCTYPE a [<!ENTITY b "c">]>{CHANNEL}', [("mapping_file_unsafe", 2)]),
        ("<create>" * 5000, [("mapping_file_unsafe", 1)]),
    ],
)
def test_a_refusal_names_the_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert refused(read(text)) == expected


@given(st.text())
def test_whatever_stands_in_a_file_is_read_or_refused(text: str) -> None:
    for contents in (read(text), read(f"<Enumeration {text}"), csv_rows.read(text), toml_tables.read(text)):
        assert isinstance(contents, Contents)


@given(st.binary(max_size=200))
def test_bytes_are_decoded_or_refused(raw: bytes) -> None:
    try:
        assert isinstance(decoded(raw), str)
    except UnicodeError:
        assert raw


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_encoding_is_that_of_the_mark_or_of_the_declaration(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><Enumeration description="Zürich"/>'
    assert "Zürich" in decoded(declared.encode(encoding))


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.xml", "", "xml"),
        ("a.CSV", "<a/>", "csv"),
        ("mission.txt", AS_PRINTED, "xml"),
        ("a.txt", "[sku]\n", "toml"),
        ("a", "kind,key,value\n", "csv"),
    ],
)
def test_the_format_is_told_by_the_name_or_the_content(name: str, text: str, form: str) -> None:
    assert form_of(name, text) == form


def test_csv_names_kinds_and_columns() -> None:
    text = (
        "\ufeffkind;key;value;mappedKey;mappedTypeId;mappedValue;shopId;oops\r\n"
        "sku;TEE-M;77;;;;;x\r\n\r\nShopifyShopTypeMapping;;;1662707;SHOPIFY_ORDER_SOURCE;LOOP_EXCH;SHOP;\r\n"
        "SHOPIFY_ORDER_SOURCE;pos;POS_SALES_CHANNEL;;;;;\r\n"
    )
    contents = csv_rows.read(decoded(text.encode()))
    assert said(contents) == [
        ("sku", {"key": "TEE-M", "value": "77"}, None),
        BOTH[1],
        (
            "ShopifyShopTypeMapping",
            {"mappedTypeId": "SHOPIFY_ORDER_SOURCE", "mappedKey": "pos", "mappedValue": "POS_SALES_CHANNEL"},
            None,
        ),
    ]
    assert [(one.line, one.text) for one in contents.remarks] == [
        (1, "No mapping has a field oops; the column is left out.")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key,value\nTEE,7\n", [("mapping_file_broken", 1)]),
        ("kind,key,value\n\nsku,TEE,7,8\n", [("mapping_file_broken", 3)]),
        ("kind,key,value\nsku,TEE,7\nskus,TEE,7\n", [("mapping_entity_unknown", 3)]),
        ('kind,key,value\nsku,"TEE\n', [("mapping_file_broken", 2)]),
    ],
)
def test_a_refusal_of_csv_names_the_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert refused(csv_rows.read(text)) == expected


def test_toml_has_tables_of_keys_and_values_and_lists_of_tables() -> None:
    text = """
[sku]
"TEE-M" = "77"

[source]
1662707 = "LOOP_EXCH"

[[Enumeration]]
enumId = "LOOP_EXCH"
enumTypeId = "ORDER_SALES_CHANNEL"
enumCode = 165
"""
    found = said(toml_tables.read(text))
    assert [(entity, fields.get("value") or fields.get("enumCode"), shop) for entity, fields, shop in found] == [
        ("sku", "77", None),
        ("ShopifyShopTypeMapping", None, None),
        ("Enumeration", "165", None),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[sku]\n"TEE" = "7"\nTEE M = 8\n', [("mapping_file_broken", 3)]),
        ('[sku]\n"TEE" = "7"\n"CAP" = 1.5\n', [("mapping_value_wrong", 3)]),
        ('[[sku]]\nkey = "A"\nvalue = "7"\n[[sku]]\nkey = true\n', [("mapping_value_wrong", 4)]),
        ('[sku]\nA = "7"\n[skus]\nA = "7"\n', [("mapping_entity_unknown", 3)]),
        ('[[skus]]\nkey = "7"\n', [("mapping_entity_unknown", 1)]),
    ],
)
def test_a_refusal_of_toml_names_the_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert refused(toml_tables.read(text)) == expected
