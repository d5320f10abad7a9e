"""Workbooks written by hand, as the bytes that Excel and LibreOffice write."""

from datetime import date, datetime
from html import escape
from io import BytesIO
from struct import pack
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellXfs count="4"><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
    '<xf numFmtId="9" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


class Percent(float):
    """A number formatted as a percentage."""


class Error(str):
    """An error, such as #N/A."""


class Formula:
    """A formula with the value that was computed for it, or none."""

    def __init__(self, value=None):
        self.value = value


def column(at):
    return chr(65 + at) if at < 26 else chr(64 + at // 26) + chr(65 + at % 26)


def days(moment):
    midnight = datetime(moment.year, moment.month, moment.day)
    clock = moment - midnight if isinstance(moment, datetime) else midnight - midnight
    return (midnight - datetime(1899, 12, 30)).days + clock.total_seconds() / 86400


def cell(place, value):
    match value:
        case None | "":
            return ""
        case Formula():
            known = "" if value.value is None else f"<v>{value.value}</v>"
            return f'<c r="{place}"><f>1+1</f>{known}</c>'
        case bool():
            return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
        case Percent():
            return f'<c r="{place}" s="3"><v>{float(value)!r}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value!r}</v></c>'
        case datetime():
            return f'<c r="{place}" s="2"><v>{days(value)!r}</v></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{days(value)!r}</v></c>'
        case Error():
            return f'<c r="{place}" t="e"><v>{escape(value)}</v></c>'
        case _:
            text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
            return f'<c r="{place}" t="inlineStr">{text}</c>'


def sheet_xml(rows, merged=()):
    lines = [
        f'<row r="{n}">{"".join(cell(f"{column(at)}{n}", one) for at, one in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    ]
    cells = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    cells = f'<mergeCells count="{len(merged)}">{cells}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{cells}</worksheet>'


def xlsx(sheets, *, hidden=(), merged=None, uncomputed=False):
    """Return a workbook of sheets, each a list of rows, by name; ``uncomputed`` as XlsxWriter's."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"'
        + (' state="hidden"/>' if name in hidden else "/>")
        for n, name in enumerate(names, 1)
    )
    kind = f"{LINKS}/worksheet"
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(names) + 1)
    )
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
        f'Extension="xml" ContentType="{types}.worksheet+xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets>'
        + ('<calcPr calcId="1" fullCalcOnLoad="1"/>' if uncomputed else "")
        + "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rIdS" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
    for n, name in enumerate(names, 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = sheet_xml(sheets[name], (merged or {}).get(name, ()))
    return zipped(
        {name: f'<?xml version="1.0" encoding="UTF-8"?>{text}' for name, text in parts.items()}
    )


def ods(sheets):
    """Return an OpenDocument workbook."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def ods_cell(value):
    match value:
        case None | "":
            return "<table:table-cell/>"
        case bool():
            said = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
        case Error():
            said = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        case int() | float():
            said = f'office:value-type="float" office:value="{float(value)!r}"'
        case date():
            said = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        case _:
            said = 'office:value-type="string"'
    return f"<table:table-cell {said}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def xlsb(rows, *, short=False):
    """Return a binary workbook of one sheet; ``short`` leaves out the columns of cells."""
    width = max(map(len, rows))
    sheet = record(129) + record(148, pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + record(145)
    for n, row in enumerate(rows):
        sheet += record(0, pack("<I", n) + bytes(21))
        for at, value in enumerate(row):
            sheet += xlsb_cell(at, value, short=short and at > 0)
    sheet += record(146) + record(130)
    styles = record(278) + record(617, pack("<I", 2))
    styles += b"".join(record(47, pack("<HH", 0, form) + bytes(12)) for form in (0, 14))
    styles += record(618) + record(279)
    book = (
        record(131) + record(143) + record(156, pack("<II", 0, 1) + wide("rId1") + wide("Sheet1"))
    )
    book += record(144) + record(132)
    head = f'<Relationships xmlns="{PACKAGE}/relationships">'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
            "_rels/.rels": f'{head}<Relationship Id="rId1" Type="{LINKS}/officeDocument" '
            'Target="xl/workbook.bin"/></Relationships>',
            "xl/_rels/workbook.bin.rels": f'{head}<Relationship Id="rId1" Type="{LINKS}/worksheet" '
            'Target="worksheets/sheet1.bin"/></Relationships>',
            "xl/workbook.bin": book,
            "xl/styles.bin": styles,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def record(kind, content=b""):
    """Return a record of a binary workbook: its kind and length, seven bits a byte."""
    numbers = [kind & 0x7F | 0x80, kind >> 7] if kind > 127 else [kind]
    return bytes([*numbers, len(content)]) + content


def wide(text):
    return pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_cell(at, value, *, short):
    place = b"" if short else pack("<I", at)
    style = pack("<I", isinstance(value, date))
    match value:
        case None | "":
            return b""
        case bool():
            kind, content = 4, bytes([value])
        case Error():
            kind, content = 3, bytes([0x2A])
        case date():
            kind, content = 5, pack("<d", days(value))
        case int() | float():
            kind, content = 5, pack("<d", value)
        case _:
            kind, content = 6, wide(value)
    return record(kind + 11 if short else kind, place + style + content)


def zipped(parts):
    """Return a zip archive of texts or bytes by name."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
