// Text blocks: a shared one that a colleague inserts by "/", own ones that stay one's own, placeholders, files.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, startBrowser, visitor } from "./browser.js";
import { Search } from "./needle.js";
import { answerField, area, claim, employ, line, on, openSignUp, send, setUp, signUp } from "./steps.js";

const password = "quitte falter ozean 93 mörtel";
const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const greeting = "Guten Tag {{pseudonym}}, hier schreibt {{own-name}}. Schön, dass Sie sich melden.";

let box;
let browser;
let theo;
let counselor;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "beistand-blocks-"));
  box = await startBox();
  browser = await startBrowser();
  const person = await visitor(browser, box.origin);
  const { page, teamName } = await setUp(person, box);
  theo = { person, page, teamName };
  counselor = await employ(browser, box.origin, person, page, ina);
});

after(async () => {
  await browser?.close();
  await box?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A library's section: `own` or the team's. */
function library(page, { text }, whose) {
  const name = whose === "own" ? text("blocks-own") : text("blocks-team", { name: whose });
  return page.getByRole("region", { name, exact: true });
}

/** Makes a block; ends when it stands in its library. */
async function make(page, person, whose, { title, folder = "", words }) {
  const { field, button } = on(page, person);
  const section = library(page, person, whose);
  await section.getByRole("button", { name: person.text("blocks-add"), exact: true }).click();
  await field("blocks-name").fill(title);
  await field("blocks-folder").fill(folder);
  await field("blocks-text").fill(words);
  await button("blocks-save").click();
  await section.getByText(title, { exact: true }).waitFor();
}

function options(page, { text }) {
  return page.getByRole("listbox", { name: text("blocks-list"), exact: true }).getByRole("option");
}

test("a shared block is inserted by a colleague with the keyboard, and the seeker reads it with the names filled in", async () => {
  const { person, page, teamName } = theo;
  await area(page, person, "blocks");
  await make(page, person, teamName, { title: "Begrüßung", folder: "Anfang", words: greeting });
  await make(page, person, "own", { title: "Begrüßung von Theo", words: "Moin, hier ist Theo mit seinem eigenen Gruß." });
  await assertAccessible(page, "blocks");
  await assertFits(page, "blocks");
  await person.look(page, "blocks");

  const visiting = await visitor(browser, box.origin);
  const seeker = await openSignUp(visiting);
  await signUp(seeker, visiting, { name: "Flussotter-12", password });
  await send(seeker, visiting, "Hallo?");
  const { person: staff, page: work } = counselor;
  await claim(work, staff, "Flussotter-12");
  const field = answerField(work, staff, "Flussotter-12");
  await field.focus();
  await work.keyboard.type("Liebe Grüße und/oder ");
  assert.equal(await options(work, staff).count(), 0, "a slash inside a word is a slash");
  await field.fill("");
  await work.keyboard.type("/begr");
  await options(work, staff).first().waitFor();
  // Theo's own block is nobody else's.
  assert.equal(await options(work, staff).count(), 1);
  const active = await field.getAttribute("aria-activedescendant");
  assert.equal(await options(work, staff).first().getAttribute("id"), active);
  await assertAccessible(work, "blocks-list");
  await staff.look(work, "blocks-list");

  // Escape closes the list and nothing else; typing on opens it again.
  await work.keyboard.press("Escape");
  await options(work, staff).first().waitFor({ state: "hidden" });
  assert.equal(await field.inputValue(), "/begr");
  await work.keyboard.type("ü");
  await options(work, staff).first().waitFor();
  await work.keyboard.press("Enter");
  const words = `Guten Tag Flussotter-12, hier schreibt ${ina.displayName}. Schön, dass Sie sich melden.`;
  await options(work, staff).first().waitFor({ state: "hidden" });
  assert.equal(await field.inputValue(), words);
  await work.keyboard.press("Control+Enter");
  await line(seeker, visiting, words).waitFor();
  await visiting.close();
});

test("what is not known stays marked, and is not sent before somebody has replaced it", async () => {
  const { person, page, teamName } = theo;
  await make(page, person, teamName, { title: "Termin", words: "Wir sind wieder da: {{next-staffed}}." });
  const { person: staff, page: work } = counselor;
  // What was read just now is not asked for again: the area shows the newest.
  await area(work, staff, "blocks");
  await library(work, staff, teamName).getByText("Termin", { exact: true }).waitFor();
  await area(work, staff, "talks");
  const field = answerField(work, staff, "Flussotter-12");
  await field.fill("");
  await field.pressSequentially("/term");
  await options(work, staff).first().click();
  const open = `⟦${staff.text("blocks-next-staffed")}⟧`;
  assert.equal(await field.inputValue(), `Wir sind wieder da: ${open}.`);
  const selected = () => field.evaluate((element) => element.value.slice(element.selectionStart, element.selectionEnd));
  assert.equal(await selected(), open);
  const warning = on(work, staff).sentence("blocks-unfilled");
  await work.keyboard.press("Control+Enter");
  await warning.waitFor();
  await on(work, staff).button("talk-send").click();
  assert.equal(await selected(), open);
  assert.equal(await line(work, staff, `Wir sind wieder da: ${open}.`).count(), 0);
  await work.keyboard.type("Montag um 9 Uhr");
  await warning.waitFor({ state: "detached" });
  await work.keyboard.press("Control+Enter");
  await line(work, staff, "Wir sind wieder da: Montag um 9 Uhr.").waitFor();
});

test("two who edit the same block: the second one is told and loses nothing, and what it was is brought back", async () => {
  const { teamName } = theo;
  const title = "Begrüßung";
  const { person: staff, page: work } = counselor;
  await area(work, staff, "blocks");
  for (const { page, person } of [theo, counselor]) {
    await library(page, person, teamName).getByRole("button", { name: person.text("blocks-edit", { title }), exact: true }).click();
    await on(page, person).heading("blocks-edit-title").waitFor();
  }
  await on(theo.page, theo.person).field("blocks-text").fill("Von Theo geändert.");
  await on(theo.page, theo.person).button("blocks-save").click();
  await on(theo.page, theo.person).heading("blocks-edit-title").waitFor({ state: "detached" });
  const { field, button, sentence, heading } = on(work, staff);
  await field("blocks-text").fill("Von Ina geändert.");
  await button("blocks-save").click();
  await sentence("blocks-meanwhile").waitFor();
  await work.getByText("Von Theo geändert.", { exact: true }).first().waitFor();
  assert.equal(await field("blocks-text").inputValue(), "Von Ina geändert.");
  await assertAccessible(work, "blocks-conflict");
  await staff.look(work, "blocks-conflict");
  await button("blocks-save").click();
  await heading("blocks-edit-title").waitFor({ state: "detached" });

  await library(work, staff, teamName).getByRole("button", { name: staff.text("blocks-edit", { title }), exact: true }).click();
  await work.getByText(staff.text("blocks-former"), { exact: true }).click();
  const version = work.getByRole("listitem").filter({ has: work.getByText(greeting, { exact: true }) });
  await staff.look(work, "blocks-versions");
  await version.getByRole("button", { name: staff.text("blocks-former-use"), exact: true }).click();
  assert.equal(await field("blocks-text").inputValue(), greeting);
  await button("blocks-save").click();
  await heading("blocks-edit-title").waitFor({ state: "detached" });

  // Removed, and brought back.
  const back = on(work, staff).button("blocks-back", { title });
  await library(work, staff, teamName).getByRole("button", { name: staff.text("blocks-edit", { title }), exact: true }).click();
  await button("blocks-remove").click();
  await button("blocks-remove-yes").click();
  await heading("blocks-edit-title").waitFor({ state: "detached" });
  await library(work, staff, teamName).getByText(staff.text("blocks-removed"), { exact: true }).click();
  await back.click();
  await back.waitFor({ state: "detached" });
});

test("blocks leave as a file and come in from one; a bad file is refused in words and changes nothing", async () => {
  const { person, page, teamName } = theo;
  const shared = library(page, person, teamName);
  const own = library(page, person, "own");
  await area(page, person, "talks");
  await area(page, person, "blocks");
  const download = page.waitForEvent("download");
  await shared.getByRole("button", { name: person.text("blocks-export"), exact: true }).click();
  const path = join(folder, "blocks.json");
  await (await download).saveAs(path);
  const file = JSON.parse(readFileSync(path, "utf8"));
  assert.deepEqual(file.blocks.map((block) => block.title).toSorted(), ["Begrüßung", "Termin"]);
  const choose = (section) => section.locator("input[type=file]");
  await choose(own).setInputFiles(path);
  await own.getByText("Termin", { exact: true }).waitFor();
  await on(page, person).sentence("blocks-file-done", { count: 2 }).waitFor();
  await choose(own).setInputFiles(path);
  await on(page, person).sentence("blocks-file-done", { count: 0 }).waitFor();

  const bad = [
    ["no JSON <img src=x onerror=alert(1)>", "blocks-file-bad", {}],
    [JSON.stringify({ ...file, kind: "something else" }), "blocks-file-bad", {}],
    [JSON.stringify({ ...file, blocks: [file.blocks[0], { title: "ohne Text" }] }), "blocks-file-entry", { number: "2" }],
    [JSON.stringify({ ...file, blocks: [{ ...file.blocks[0], text: "x".repeat(5000) }] }), "blocks-file-entry", { number: "1" }],
    [JSON.stringify({ ...file, blocks: [{ ...file.blocks[0], language: "tlh" }] }), "blocks-file-language", { number: "1" }],
    [JSON.stringify({ ...file, blocks: Array(301).fill(file.blocks[0]) }), "blocks-file-many", {}],
  ];
  for (const [words, sentence, values] of bad) {
    writeFileSync(path, words);
    await choose(own).setInputFiles(path);
    await on(page, person).sentence(sentence, values).waitFor();
  }
  assert.equal(await own.getByRole("listitem").count(), 3);
});

test("no word of a block is found in what the box keeps or says", async () => {
  await box.end();
  const search = new Search({
    planted: theo.teamName,
    shared: "Schön, dass Sie sich melden",
    own: "seinem eigenen Gruß",
    title: "Begrüßung von Theo",
    edited: "Von Ina geändert",
  });
  const found = [...search.folder(box.data), ...search.bytes(Buffer.from(box.output))];
  assert.deepEqual(found.filter((what) => !/planted/.test(what)), []);
  theo.person.assertNoProblems();
});
