// Files of clues as the import page reads them: charsets, delimiters, workbooks, and everything hostile we could think of.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { check } from "../../config/frontend/sheets/checks.js";
import { writeCsv } from "../../config/frontend/sheets/csv.js";
import { commandFile, errorFile } from "../../config/frontend/sheets/report.js";
import { readTable } from "../../config/frontend/sheets/table.js";
import { types } from "../../config/frontend/identifiers/index.js";
import texts from "../../config/frontend/text/imports.js";

const TYPES = new Set(types.map((type) => type.code));
const utf8 = (text) => new TextEncoder().encode(text);
const read = (bytes) => readTable(typeof bytes === "string" ? utf8(bytes) : bytes, TYPES);
const GBK = { 手: "cad6", 机: "bbfa", 张: "d5c5", 三: "c8fd", 域: "d3f2", 名: "c3fb" };
const gbk = (text) => Buffer.concat([...text].map((letter) => Buffer.from(GBK[letter] ?? Buffer.from(letter).toString("hex"), "hex")));
const row = (code) => [code, `${code} zh`, `${code} en`];
const RULES = {
  terms: {
    categories: [row("telecom-fraud"), row("malicious-complaint")],
    grades: ["C", "B2", "B1", "A"].map(row),
    channels: [["sms", "短信", "SMS"]],
    regions: [["CN-31", "上海", "Shanghai"]],
    levels: [row("low")],
    "consumer-contacted": [row("denied")],
    tlp: [row("amber+strict")],
    roles: [row("actor"), row("victim")],
    indicators: [row("shared-device"), row("individual-not-gray-industry")],
    types: types.map((type) => row(type.code)),
  },
  claims: ["malicious-complaint"],
  blocking: ["individual-not-gray-industry"],
  suspected: "C",
  role: "actor",
};
const DEFAULTS = { category: "telecom-fraud", grade: "B2" };

/** A workbook of one sheet; cells are XML. */
function workbook(cells, extra = {}) {
  const rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  return zipSync({
    "[Content_Types].xml": strToU8('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'),
    "xl/workbook.xml": strToU8(`<workbook ${main} xmlns:r="${rels}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`),
    "xl/_rels/workbook.xml.rels": strToU8(
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${rels}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    "xl/styles.xml": strToU8(`<styleSheet ${main}><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>`),
    "xl/worksheets/sheet1.xml": strToU8(`<worksheet ${main}><sheetData>${cells}</sheetData></worksheet>`),
    ...extra,
  });
}

const text = (at, value) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;

async function refused(bytes, code) {
  await assert.rejects(read(bytes), (error) => {
    assert.equal(error.code, code);
    assert(`file-${code}` in texts, `no text for ${code}`);
    return true;
  });
}

test("a list of values, with blank lines, needs no title", async () => {
  const { sheet, mapping, charset } = await read("a.example\r\n\r\nb.example\n \nc.example");
  assert.deepEqual(sheet.rows.flat(), ["a.example", "b.example", "c.example"]);
  assert.deepEqual(sheet.lines, [1, 3, 5]);
  assert.deepEqual([mapping.hasHeader, mapping.uses[0].field, charset], [false, "value", "UTF-8"]);
});

test("delimiters, titles in two languages, quotes over lines, a mark in front", async () => {
  for (const delimiter of [",", ";", "\t"]) {
    const file = ["\ufeff标识内容 value", "类型 type", "线索类别 category"].join(delimiter) + `\n"a\nb.example"${delimiter}domain${delimiter}x\nc.example${delimiter}domain${delimiter}y`;
    const { sheet, mapping } = await read(file);
    assert.deepEqual(sheet.lines, [1, 2, 4]);
    assert.deepEqual(mapping.uses.map((use) => use.field), ["value", "type", "category"]);
  }
});

test("columns find their use: by what people call them, by their values, by their numbers", async () => {
  const cells = async (head, ...rows) => (await read([head, ...rows].join("\n"))).mapping;
  const named = await cells("手机号,身份证号,备注", "13800138000,11010519491231002X,x");
  assert.deepEqual(named.uses, [{ field: "value", group: 1, type: "cn-mobile" }, { field: "value", group: 2, type: "resident-id" }, null]);
  const seen = await cells("什么,谁", "x,a.example", "y,b.example");
  assert.deepEqual([seen.hasHeader, seen.uses], [true, [null, { field: "value", group: 1 }]]);
  const many = await cells("value,type,value_2,type_2,role_2", "a.example,domain,13800138000,cn-mobile,victim");
  assert.deepEqual(many.uses.map((use) => `${use.field}${use.group}`), ["value1", "type1", "value2", "type2", "role2"]);
});

test("GB18030 and UTF-16 are read, mixtures and pictures refused", async () => {
  const chinese = await read(gbk("域名,张三\na.example,手机\n"));
  assert.deepEqual([chinese.charset, chinese.sheet.rows[0]], ["GB18030", ["域名", "张三"]]);
  const wide = await read(Buffer.from("\ufeff域名\na.example", "utf16le"));
  assert.deepEqual([wide.charset, wide.sheet.rows.flat()], ["UTF-16LE", ["域名", "a.example"]]);
  await assert.rejects(read(Buffer.concat([utf8("域名\n张三手机\n"), gbk("张三手机\n")])), { code: "charset-mixed", detail: { utf8: 1, other: 3 } });
  await refused(Buffer.concat([gbk("张三\n"), Buffer.from([0x81, 0xff, 0xff, 10])]), "charset-unknown");
  await refused(Buffer.from([0xef, 0xbb, 0xbf, 0xff]), "charset-broken");
  await refused(Buffer.concat([utf8("\x89PNG"), Buffer.alloc(40)]), "not-text");
  await refused(Buffer.from("d0cf11e0a1b11ae1", "hex"), "old-workbook");
});

test("too much, too wide, nothing", async () => {
  await refused("", "empty");
  await refused(" \n,,\n", "empty");
  await refused("value,type\n", "header-only");
  await refused(new Uint8Array(20 * 1024 * 1024 + 1), "too-large");
  await refused(`${"a,".repeat(501)}\n`, "columns-too-many");
  await refused("1\n".repeat(200_002), "rows-too-many");
  const wide = await read(`${Array.from({ length: 200 }, (_, i) => `c${i}`).join(",")}\n${"a.example,".repeat(199)}b.example\n`);
  assert.equal(wide.mapping.uses.length, 200);
  const paste = await read("13800138000\n".repeat(10_000));
  assert.equal(paste.sheet.rows.length, 10_000);
});

test("a broken quote refuses its row and no other", async () => {
  const { sheet } = await read('value,type\na.example,domain\n"b.example"x,domain\nc.example,domain\n');
  assert.equal(Object.values(sheet.faults)[0], "row-malformed");
});

test("a workbook: texts, numbers, dates, formulas by their last value", async () => {
  const made = workbook(
    `<row r="1">${text("A1", "手机号")}${text("B1", "发现时间")}</row>` +
      `<row r="3"><c r="A3"><v>13800138000</v></c>${text("B3", "2026-11-01")}</row>` +
      `<row r="4"><c r="A4"><v>1.3800138001E10</v></c></row>` +
      `<row r="5"><c r="A5" t="str"><f>"138"&amp;"00138002"</f><v>13800138002</v></c></row>` +
      `<row r="6"><c r="A6"><v>6222021234567890128</v></c></row>`,
  );
  const { sheet, charset, formulas } = await read(made);
  assert.deepEqual(sheet.rows.slice(1, 4).map((cells) => cells[0]), ["13800138000", "13800138001", "13800138002"]);
  assert.deepEqual([sheet.lines, charset, formulas], [[1, 3, 4, 5, 6], "XLSX", 1]);
  assert.deepEqual(sheet.faults, { 4: "number-rounded" });
});

test("formulas without a value, broken and foreign workbooks", async () => {
  await refused(workbook(`<row r="1">${text("A1", "value")}</row><row r="2"><c r="A2" t="str"><f>A1</f></c></row>`), "formula-empty");
  await refused(zipSync({ "a.txt": strToU8("x") }), "workbook-other");
  const short = workbook(`<row r="1">${text("A1", "a.example".repeat(50))}</row>`);
  for (const bytes of [...[30, 200, 400, 600].map((end) => short.subarray(0, end)), Buffer.from("PK\x03\x04".padEnd(500, "\x07"))]) {
    await assert.rejects(read(bytes), (error) => /^workbook-(?:broken|other)$/.test(error.code));
  }
  await refused(workbook("", { "xl/worksheets/sheet1.xml": strToU8("<worksheet><sheetData><row") }), "workbook-broken");
  await refused(workbook("", { "xl/worksheets/sheet1.xml": strToU8('<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>') }), "workbook-other");
  const flipped = workbook(`<row r="1">${text("A1", "a.example".repeat(500))}</row>`);
  for (let at = 700; at < 720; at++) {
    flipped[at] ^= 255;
  }
  await assert.rejects(read(flipped), (error) => error.code.startsWith("workbook-"));
});

test("bombs cost no more than their limit", async () => {
  const bomb = workbook("", { "xl/sharedStrings.xml": new Uint8Array(66 * 1024 * 1024) });
  const started = process.cpuUsage();
  await refused(bomb, "workbook-bomb");
  await refused(workbook("", Object.fromEntries(Array.from({ length: 2100 }, (_, i) => [`x/${i}`, new Uint8Array()]))), "workbook-bomb");
  await refused(workbook(`<row r="1">${text("XFD1", "x")}</row>`), "columns-too-many");
  await refused(workbook(`<row r="1048576">${text("A1048576", "x")}</row>`), "rows-too-many");
  // One that says in its directory that it is small: what counts is what comes out.
  const directory = Buffer.from(bomb);
  for (let at = directory.indexOf("PK\x01\x02"); at >= 0; at = directory.indexOf("PK\x01\x02", at + 4)) {
    directory.writeUInt32LE(100, at + 24);
  }
  for (let at = 0; at >= 0; at = directory.indexOf("PK\x03\x04", at + 4)) {
    directory.writeUInt32LE(100, at + 22);
  }
  await refused(directory, "workbook-bomb");
  assert(process.cpuUsage(started).user < 20_000_000, "seconds of work, however busy the machine is");
});

test("the dry run tells good rows from bad ones, with place and reason", async () => {
  const { sheet, mapping } = await read(
    "value,type,category,grade,observed_at,amount_cny,client_ref,region,indicators,consumer_contacted\n" +
      "Example.COM,domain,,,2026-11-01 08:00,\"1,000.5\",,上海,,\n" +
      "138 0013 8000,domain,,,,,,,,\n" +
      "13800138000,cn-mobile 手机号码,telecom-fraud zh,C,,,,,,\n" +
      "a.example,,malicious-complaint,B2,,,,,,\n" +
      "a.example,,malicious-complaint,B2,,,,,shared-device,denied\n" +
      "a.example,,malicious-complaint,B2,,,,,individual-not-gray-industry,denied\n" +
      "b.example,,nonsense,,,,,,,\n" +
      "b.example,,,,1999-01-01,,,,,\n" +
      "b.example,,,,,one,,,,\n" +
      "b.example,,,,,,13800138000,,,\n" +
      "b.example,,,,,,x-b.example,,,\n" +
      "b.example,,,,,,REF-1,,,\n" +
      "c.example,,,,,,REF-1,,,\n" +
      ",domain,,,,,,,,\n" +
      "!?,,,,,,,,,\n",
  );
  const { drafts, faults } = check(sheet, mapping, DEFAULTS, RULES, Date.UTC(2026, 10, 22));
  assert.deepEqual(drafts.map(({ row: at }) => at), [0, 2, 4, 11]);
  assert.deepEqual(drafts[0], {
    row: 0,
    line: 2,
    ownRef: null,
    clue: { category: "telecom-fraud", grade: "B2", observed_at: "2026-11-01T00:00:00Z", amount_cny: "1000.50", region: "CN-31" },
    identifiers: [{ type: "domain", canonical: "example.com", raw: "Example.COM", role: "actor" }],
  });
  assert.equal(drafts[3].ownRef, "REF-1");
  assert.deepEqual(
    faults.map(({ row: at, code }) => [at, code]),
    [
      [1, "identifier-invalid"],
      [3, "indicator-missing"],
      [5, "indicator-blocks"],
      [6, "category-unknown"],
      [7, "observed-at-invalid"],
      [8, "amount-invalid"],
      [9, "raw-identifier"],
      [10, "raw-identifier"],
      [12, "client-ref-repeated"],
      [13, "identifiers-missing"],
      [14, "type-unclear"],
    ],
  );
  for (const { code } of faults) {
    assert(code === "identifier-invalid" || `row-${code}` in texts, code);
  }
});

test("the file of errors is corrected, read again, and runs nothing in a spreadsheet", async () => {
  const { sheet, mapping } = await read('value,type,note\n+8613800138000,cn-mobile,=cmd()\n,domain,"a,""b"\n');
  const { faults } = check(sheet, mapping, DEFAULTS, RULES);
  assert.equal(faults.length, 1);
  const file = errorFile(sheet, mapping, [{ row: 0, said: "=1+1" }, { row: 1, said: "x" }], "原因 reason");
  assert(file.startsWith("\ufeff") && file.includes("'=cmd()") && file.includes("'+86138") && file.includes("'=1+1"));
  const again = await read(file);
  assert.equal(again.sheet.rows[1][0], "+8613800138000");
  assert.equal(again.mapping.uses[3], null);
  assert.equal(check(again.sheet, again.mapping, DEFAULTS, RULES).drafts.length, 1);
  for (const cell of ["=1", "+1", "-1", "@a", "\ta"]) {
    assert(/^\ufeff"?'/.test(writeCsv([[cell]])), JSON.stringify(cell));
  }
});

test("the file for the command line has its columns", async () => {
  const { sheet, mapping } = await read("手机号,备注,域名\n13800138000,x,a.example\n,y,b.example\n");
  assert.equal(commandFile(sheet, mapping), "value,type,value_2,type_2\n13800138000,cn-mobile,a.example,domain\n,,b.example,domain\n");
});

test("the template of the platform is read back without a hand", async () => {
  const made = process.env.IMPORT_TEMPLATE;
  if (!made) {
    return; // tests/clues/portal/test_imports.py makes one and comes back here
  }
  const { mapping } = await read(new Uint8Array(readFileSync(made)));
  assert(mapping.uses.length > 15 && mapping.uses.every(Boolean));
});
