"""Spreadsheets in and out.  The files are made and read here with zipfile alone, so that the
test needs no library."""
import io
import re
import zipfile
from xml.etree import ElementTree

from harness import COLUMNS

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(rows, shared=(), sheet="worksheets/sheet1.xml", prolog="", target=None):
    """rows: XML of the rows; shared: XML inside each <si>."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
                   '<sheet name="hidden" sheetId="1" state="hidden" r:id="rId9"/>'
                   '<sheet name="Comments" sheetId="2" r:id="rId1"/></sheets></workbook>')
        relations = (f'<Relationship Id="rId1" Type="{REL}/worksheet" '
                     f'Target="{target or sheet}"/><Relationship Id="rId2" '
                     f'Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>')
        z.writestr("xl/_rels/workbook.xml.rels",
                   f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>')
        z.writestr("xl/sharedStrings.xml", prolog + f'<sst xmlns="{MAIN}">'
                   + "".join(f"<si>{s}</si>" for s in shared) + "</sst>")
        z.writestr("xl/" + sheet, prolog + f'<worksheet xmlns="{MAIN}"><sheetData>' + rows
                   + "</sheetData></worksheet>")
    return buffer.getvalue()


def read_sheet(data):
    """Cells as (type, text) by row, of the first sheet of a file that nazar wrote."""
    z = zipfile.ZipFile(io.BytesIO(data))
    names = [n for n in z.namelist() if n.startswith("xl/worksheets/sheet")]
    sheets = []
    for name in sorted(names):
        rows = []
        for row in ElementTree.fromstring(z.read(name)).iter(f"{{{MAIN}}}row"):
            cells = {}
            for c in row.iter(f"{{{MAIN}}}c"):
                letters = re.match("[A-Z]+", c.get("r")).group()
                column = 0
                for letter in letters:
                    column = column * 26 + ord(letter) - 64
                text = "".join(t.text or "" for t in c.iter() if t.tag[-2:] in ("}t", "}v"))
                cells[column - 1] = (c.get("t", "n"), text)
            rows.append([cells.get(i, ("", "")) for i in range(max(cells) + 1)] if cells else [])
        sheets.append(rows)
    return sheets


def group_xlsx(h):
    shared = ["<t>id</t>", "<t>text</t>", "<r><t>ri</t></r><r><t>ch good</t></r><rPh><t>no</t></rPh>",
              "<t xml:space=\"preserve\"> x_x000D_y &lt;&amp; \u0646\u0638\u0631</t>"]
    rows = ('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
            '<c r="C1" t="inlineStr"><is><t>rating</t></is></c></row>'
            '<row r="2"><c r="A2"><v>7</v></c><c r="B2" t="s"><v>2</v></c>'
            '<c r="C2"><v>0.10000000000000001</v></c></row>'
            '<row r="5"><c r="B5" t="s"><v>3</v></c><c r="D5" t="b"><v>1</v></c></row>'
            '<row r="6"/>'
            '<row r="7"><c r="A7"><v>8</v></c><c r="B7" t="str"><v>bad</v></c></row>')
    h.case("an .xlsx in: shared, rich, inline and formula texts, gaps, numbers")
    h.write("a.xlsx", workbook(rows, shared))
    r = h.run("classify", "a.xlsx", "-f", "jsonl")
    h.exit(r, 0)
    h.says(r, 'sheet "Comments"', "xlsx")
    got = [{k: v for k, v in line.items() if k != "nazar"} for line in r.lines()]
    h.equal(got, [{"id": "7", "text": "rich good", "rating": "0.1"},
                  {"id": "", "text": " x\ry <& \u0646\u0638\u0631", "rating": "",
                   "nazar_more": ["TRUE"]},
                  {"id": "8", "text": "bad", "rating": None}])

    h.case("an .xlsx out: texts stay texts, numbers are numbers")
    r = h.run("classify", "a.xlsx", "-q", "-o", "out.xlsx")
    h.exit(r, 0)
    sheet = read_sheet(open(h.path("out.xlsx"), "rb").read())[0]
    h.equal([c[1] for c in sheet[0]], ["id", "text", "rating"] + COLUMNS)
    h.equal(sheet[1][0], ("n", "7"))
    h.equal(sheet[1][1][1], "rich good")
    h.equal(sheet[1][2], ("n", "0.1"))
    h.check(sheet[1][6][0] == "n", "a probability is no number", sheet[1][6])
    r = h.run("classify", "out.xlsx", "-f", "csv", "-q")
    h.exit(r, 0)
    h.equal(r.table()[0], ["id", "text", "rating"] + COLUMNS, "read back")

    h.case("formulas, escapes and control characters as texts")
    h.write("f.csv", 'text\n=1+1\n_x0041_ and _x000D_\n"a\rb\x07c"\n' + "z" * 40000 + "\n")
    r = h.run("classify", "f.csv", "-f", "xlsx", "-o", "f.xlsx")
    h.exit(r, 0)
    h.says(r, "32,767")
    back = h.run("classify", "f.xlsx", "-f", "csv", "-q").rows()
    h.equal([row["text"] for row in back],
            ["=1+1", "_x0041_ and _x000D_", "a\rb\x07c", "z" * 32767])
    h.check(b"<f>" not in zipfile.ZipFile(h.path("f.xlsx")).read("xl/worksheets/sheet1.xml"),
            "a formula was written")

    h.case("from stdin and to stdout")
    data = open(h.path("a.xlsx"), "rb").read()
    r = h.run("classify", "-", "-q", stdin=data)
    h.exit(r, 0)
    h.equal(r.out[:2], b"PK")
    h.equal(len(read_sheet(r.out)[0]), 4)
    r = h.run("classify", "a.xlsx", "-q", "-o", "/dev/full")
    h.exit(r, 1)
    h.says(r, "/dev/full")

    h.case("many rows in flat memory, more shared texts than memory would like")
    many = "".join(f'<row><c t="s"><v>{i}</v></c></row>' for i in range(30000))
    texts = ["<t>text</t>"] + [f"<t>{'good ' * 300}{i}</t>" for i in range(1, 30000)]
    h.write("many.xlsx", workbook(many, texts))
    r = h.run("classify", "many.xlsx", "-f", "csv", "-q")
    h.exit(r, 0)
    h.equal([row["text"].split()[-1] for row in r.rows()], [str(i) for i in range(1, 30000)])

    h.case("damaged and hostile workbooks are refused")
    good = workbook(rows, shared)
    bad = {"cut": good[:len(good) // 2], "not": b"PK\x03\x04 nothing",
           "xml": workbook(rows[:-9], shared),
           "index": workbook('<row><c t="s"><v>99</v></c></row>', shared),
           "dtd": workbook(rows, shared, prolog='<!DOCTYPE x [<!ENTITY a "aaaa">]>'),
           "nosheet": workbook(rows, shared, target="worksheets/sheet9.xml")}
    for name, data in bad.items():
        h.write(name + ".xlsx", data)
        r = h.run("classify", name + ".xlsx", "-o", "bad-out.csv")
        h.check(r.code == 5, name, "exit", r.code, r.err[:200])
        h.says(r, name + ".xlsx")
    h.case("a spreadsheet that is called .csv")
    h.write("liar.csv", good)
    h.exit(h.run("classify", "liar.csv", "-q", "-f", "csv"), 0)
    h.exit(h.run("classify", "liar.csv", "-q", "--input-format", "csv"), 5)
