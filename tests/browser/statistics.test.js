// Figures of months that are over: a box that has just begun has none and says so; with figures there are drawings with
// their tables, and files that other programs read.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { desktop, lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { told } from "./figures.js";
import { area, on, setUp } from "./steps.js";

const look = lookOnce();
let box;
let browser;
let person;
let page;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  person = await visitor(browser, box.origin);
  page = (await setUp(person, box)).page;
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

const figure = (key) => page.getByRole("figure", { name: person.text(key), exact: true });
const rows = async (key) => {
  const lines = await figure(key).locator("tbody tr").all();
  return Promise.all(lines.map((line) => line.locator("th, td").allTextContents()));
};
const saved = async (button) => {
  const download = page.waitForEvent("download");
  await button.click();
  const file = await download;
  return { name: file.suggestedFilename(), path: await file.path() };
};

test("a box that has just begun says when there will be figures", async () => {
  await area(page, person, "lead");
  await on(page, person).sentence("figures-none").waitFor();
  assert.equal(await page.getByRole("figure").count(), 0);
});

test("each drawing has its numbers in a table, and what is too small stands together", async () => {
  await page.context().route("**/api/v1/statistics", (route) =>
    route.fulfill({ status: 200, contentType: "application/octet-stream", body: told }));
  await area(page, person, "talks");
  await area(page, person, "lead");
  await figure("figures-requests").waitFor();
  assert.equal(await page.getByRole("figure").count(), 8);
  const dash = person.text("figures-dash");
  assert.deepEqual(await rows("figures-requests"), [
    ["Jugend Leipzig", "61", "58", dash, "66", "83", "91"],
    ["Nachts & nah", "31", "29", dash, "33", "42", "46"],
    [person.text("figures-several"), dash, dash, "49", dash, dash, dash],
    [person.text("figures-sum"), "92", "87", "49", "99", "125", "137"],
  ]);
  assert.equal((await figure("figures-requests").locator("rect").count()), 6);
  assert.deepEqual((await rows("figures-wait"))[0].slice(1), ["2", "2", "2", "2", "2", "2"]);
  assert.deepEqual((await rows("figures-answer"))[0].slice(1), [dash, "24", "24", "24", "24", "24"]);
  const kept = (await rows("figures-promise")).map((row) => row.slice(1, 4));
  assert.deepEqual(kept, [["35", "31", "37"], ["30", dash, "32"], ["85", dash, "86"]]);
  const others = person.text("figures-others");
  assert.deepEqual((await rows("figures-topics")).map(([name, count]) => [name, count]), [
    ["Familie", "180"], ["Schule", "54"], [person.text("figures-topics-none"), "42"], [others, "36"],
    [person.text("figures-sum"), "312"],
  ]);
  const span = (from, to) => person.text("figures-hours-span", { from, to });
  assert.equal((await rows("figures-hours")).at(4)[0], span("12", "18"));
  await look(page, "figures");
  await page.setViewportSize(phone);
  await look(page, "figures-phone");
  await page.setViewportSize(desktop);
});

test("period and team choose what is counted", async () => {
  const { field } = on(page, person);
  await field("figures-team").selectOption({ label: "Nachtteam" });
  await on(page, person).sentence("figures-team-note").waitFor();
  assert.deepEqual((await rows("figures-requests")).map((row) => row[3]), ["0"]);
  await field("figures-team").selectOption({ label: person.text("figures-team-all") });
  await field("figures-period").selectOption({ label: person.text("figures-period-year", { year: "2026" }) });
  assert.equal((await rows("figures-requests")).at(-1).length, 11);
  await field("figures-period").selectOption({ index: 0 });
});

test("files hold the same numbers, and other programs read them", async () => {
  const { button } = on(page, person);
  const single = await saved(button("figures-csv-of", { title: person.text("figures-topics") }));
  const lines = readFileSync(single.path, "utf8").trim().split("\r\n");
  assert.equal(lines.length, 6);
  assert.match(lines[1], /^Familie[;,]180[;,]/);
  assert.match(single.name, /2026-05-2026-10\.csv$/);
  const whole = readFileSync((await saved(button("figures-all-csv"))).path, "utf8");
  for (const key of ["figures-requests", "figures-hours", "figures-reasons"]) assert.ok(whole.includes(person.text(key)));
  const sheets = await saved(button("figures-ods"));
  const read = `
import json, sys, zipfile, xml.etree.ElementTree as tree
file = zipfile.ZipFile(sys.argv[1])
assert file.testzip() is None
first = file.infolist()[0]
assert (first.filename, first.compress_type) == ("mimetype", 0)
tree.fromstring(file.read("META-INF/manifest.xml"))
office, table = ("{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}" % name for name in ("office", "table"))
field = lambda cell: cell.get(office + "value") or "".join(cell.itertext())
rows = lambda sheet: [[field(cell) for cell in row] for row in sheet.iter(table + "table-row")]
sheets = tree.fromstring(file.read("content.xml")).iter(table + "table")
print(json.dumps([file.read("mimetype").decode(), [[sheet.get(table + "name"), rows(sheet)] for sheet in sheets]]))`;
  const [kind, found] = JSON.parse(execFileSync("python3", ["-c", read, sheets.path], { encoding: "utf8" }));
  assert.equal(kind, "application/vnd.oasis.opendocument.spreadsheet");
  assert.equal(found.length, 8);
  assert.equal(found[0][0], person.text("figures-requests"));
  assert.deepEqual(found[0][1].slice(1), await rows("figures-requests"));
});
