//! A workbook, as spreadsheets write it.

use std::process::Command;

use super::stage::Stage;

const PROFILE: &str = r#"
name = "book"
title = "Book"
[file]
format = "xlsx"
[kind]
always = "person"
[account]
local_id = "编号"
name = "姓名"
registered = "登记日期"
[person]
number = [{ column = "身份证号", kind = "citizen-id" }]
"#;

/// Writes a workbook with the standard library alone: shared and inline texts, numbers, and a row that is left out.
const MAKE: &str = r##"
import sys, zipfile
rows = [['编号', '姓名', '身份证号', '登记日期'],
        [1, '王小明', '440106199003070124', '2003-01-02'],
        None,
        [2, '李华', 440106199003070124, '2003-01-02'],
        [3, '张伟', '', ''],
        [1, '赵敏', '11010519491231002X', '']]
shared, sheet = [], ''
for n, row in enumerate(rows, 1):
    if row is None: continue
    sheet += f'<row r="{n}">'
    for column, value in zip('ABCD', row):
        if value == '': continue
        if isinstance(value, int): sheet += f'<c r="{column}{n}"><v>{float(value) if value > 9 else value}</v></c>'
        elif column == 'B':
            shared.append(value); sheet += f'<c r="{column}{n}" t="s"><v>{len(shared) - 1}</v></c>'
        else: sheet += f'<c r="{column}{n}" t="inlineStr"><is><t>{value}</t></is></c>'
    sheet += '</row>'
head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
package = 'http://schemas.openxmlformats.org/package/2006'
kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml.'
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('[Content_Types].xml', f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{kind}sharedStrings+xml"/></Types>')
    z.writestr('_rels/.rels', f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr('xl/workbook.xml', f'{head}<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="账户" sheetId="1" r:id="rId1"/></sheets></workbook>')
    z.writestr('xl/_rels/workbook.xml.rels', f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
    z.writestr('xl/sharedStrings.xml', f'{head}<sst xmlns="{main}" count="{len(shared)}" uniqueCount="{len(shared)}">' + ''.join(f'<si><t>{t}</t></si>' for t in shared) + '</sst>')
    z.writestr('xl/worksheets/sheet1.xml', f'{head}<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>')
"##;

#[tokio::test]
async fn a_workbook_is_read_and_its_rejected_rows_come_as_csv() {
    let stage = Stage::open(&[]).await;
    let profile = stage.file("book.toml", PROFILE);
    assert!(stage.run(&["legacy", "source", "add", "--profile", profile.to_str().unwrap()]).ok);
    let book = stage.directory.path().join("book.xlsx");
    assert!(Command::new("python3").args(["-c", MAKE]).arg(&book).status().unwrap().success());
    let told = stage.import("book", &book, &[]);
    assert!(told.ok, "{}", told.error);
    assert_eq!(told.counts(), [3, 0, 0, 1], "{}", told.value);
    // What the spreadsheet took for a quantity has lost its last digits.
    for reason in ["OK", "EXCEL_TRUNCATED", "EMPTY", "DUPLICATE_ID"] {
        assert_eq!(told.reason(reason), 1, "{reason}: {}", told.value);
    }
    let rejected = std::fs::read_to_string(stage.directory.path().join("book.rejected.csv")).unwrap();
    assert_eq!(
        rejected,
        "编号,姓名,身份证号,登记日期\n#! row 6: DUPLICATE_ID\n#= 1,赵敏,11010519491231002X\n"
    );
    // Mended: another id, and all columns.
    let mended = rejected.replace("#= 1,赵敏,11010519491231002X", "4,赵敏,11010519491231002X,");
    let mended = stage.file("mended.csv", mended);
    assert_eq!(stage.import("book", &mended, &[]).counts(), [1, 0, 0, 0]);
    let broken = stage.file("broken.xlsx", "no workbook");
    let told = stage.import("book", &broken, &[]);
    assert!(!told.ok && told.error.contains("not a workbook"), "{}", told.error);
}
