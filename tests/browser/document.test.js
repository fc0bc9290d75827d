// Documentation of a talk for people outside: what it warns of, that the preview is what goes out and holds no name, the files
// and the paper, that the team is told, and that nobody else gets anything.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, desktop, lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { startRelay } from "./relay.js";
import { answer, line, on, organisation, send, show, staffLogIn, takenTalk } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const name = "Waldkauz-31";
const hostile = `<img src="x" onerror="alert(1)"> & <b>WALDKAUZ 31</b>`;
const look = lookOnce();
const folder = mkdtempSync(join(tmpdir(), "beistand-document-"));
/** What nobody may be recognised by. */
const names = /waldkauz|\bina|\bberg\b|theo|adler|lena/iu;

let box;
let relay;
let browser;
let lead;
let counselor;
let seeker;
let received;
let requests;
let thread;

before(async () => {
  box = await startBox();
  relay = await startRelay(box.address);
  browser = await startBrowser();
  ({ lead, counselor, seeker } = await takenTalk(browser, box, ina, name, "Hallo?"));
  received = await receives(seeker.page);
  await line(seeker.page, seeker.person, "Hallo?").waitFor();
  await send(seeker.page, seeker.person, "Ich heiße Lena.\n\nMeine Mail ist lena@web.example, Nummer 0341 123456.");
  await send(seeker.page, seeker.person, hostile);
  await answer(counselor.page, counselor.person, name, "Hallo Waldkauz, ich bin Ina. Inas Idee: Wir fragen Theo Adler.");
  await line(seeker.page, seeker.person, "Hallo Waldkauz, ich bin Ina. Inas Idee: Wir fragen Theo Adler.").waitFor();
  const { page, person } = counselor;
  const column = page.locator("section.person");
  await column.getByLabel(person.text("tags-new"), { exact: true }).fill("Berg");
  await column.getByRole("button", { name: person.text("tags-add"), exact: true }).click();
  await column.getByRole("button", { name: person.text("tags-remove", { tag: "Berg" }), exact: true }).waitFor();
  await column.getByLabel(person.text("note-title"), { exact: true }).fill("waldkauz: nach der Tante fragen");
  await column.getByText(person.text("note-saved"), { exact: true }).waitFor();
  await page.locator(".sides").getByRole("button", { name: person.text("beside-team") }).click();
  const field = page.getByRole("textbox", { name: person.text("beside-answer-label", { name }) });
  await field.fill("Theo, was denkst du über WALDKAUZ-31?");
  thread = (await field.getAttribute("id")).replace("beside-", "");
  await on(page, person).button("talk-send").click();
  await page.getByRole("log", { name: person.text("beside-label") }).getByText("Theo, was denkst du", { exact: false }).waitFor();
  await page.locator(".sides").getByRole("button", { name: person.text("beside-with", { name }) }).click();
  requests = [];
  const sent = (bytes) => requests.push(Buffer.from(bytes ?? "").toString("latin1"));
  page.on("request", (request) => sent(`${request.method()} ${new URL(request.url()).pathname} ${request.postDataBuffer()?.toString("latin1")}`));
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent(payload)));
  await page.reload();
  await show(page, person, name);
  await column.getByText(person.text("note-saved"), { exact: true }).waitFor();
});

/** Everything that a page gets from the box after a reload, as hexadecimal digits. */
async function receives(page) {
  const pieces = [];
  const keep = (bytes) => pieces.push(Buffer.from(bytes).toString("hex"));
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => keep(payload)));
  page.on("response", async (response) => {
    if (new URL(response.url()).pathname.startsWith("/api/")) keep(await response.body().catch(() => ""));
  });
  await page.reload();
  return pieces;
}

after(async () => {
  await browser?.close();
  await relay?.close();
  await box?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const dialog = ({ page, person }) => page.getByRole("dialog", { name: person.text("document-title"), exact: true });
const preview = (who) => dialog(who).locator(".preview .sheet-page");
const check = (who, key) => dialog(who).getByLabel(who.person.text(key), { exact: true });
const button = (who, key, values) => dialog(who).getByRole("button", { name: who.person.text(key, values), exact: true });
const shown = (who) => preview(who).innerText();
const steps = ({ page }, words) => page.locator(".talk-column .note", { hasText: words });
const noted = ({ text }, key, how, by) => text(key, { name: by, names: text(how) });

async function openDialog(who) {
  await on(who.page, who.person).button("document-open").filter({ visible: true }).click();
  await preview(who).waitFor();
}

async function saved(who, key) {
  const download = who.page.waitForEvent("download");
  await button(who, key).click();
  const file = await download;
  const path = join(folder, file.suggestedFilename());
  await file.saveAs(path);
  await dialog(who).getByText(who.person.text("document-saved", { file: file.suggestedFilename() }), { exact: true }).waitFor();
  return { name: file.suggestedFilename(), path, words: readFileSync(path, "utf8") };
}

/** Without what a page makes of spaces. */
const plain = (words) => words.replace(/\s+/gu, " ").trim();

test("the preview shows what goes out: without names, the team's words and the own note, and with days alone", async () => {
  const { page, person } = counselor;
  await openDialog(counselor);
  for (const key of ["document-warning", "document-warning-read", "document-warning-keep", "document-warning-names"]) {
    assert.ok(await dialog(counselor).getByText(person.text(key), { exact: true }).isVisible());
  }
  const words = await shown(counselor);
  const says = (key, values) => person.text(key, values);
  for (const part of [
    says("document-seeker"), says("document-counselor", { number: "1" }), "Hallo?",
    "Hallo [Ratsuchende Person], ich bin [Beratung 1]. [Beratung 1]s Idee: Wir fragen [Beratung 2].",
    `<img src="x" onerror="alert(1)"> & <b>[Ratsuchende Person]</b>`,
    says("talk-claimed", { name: says("document-counselor", { number: "1" }) }),
    says("document-tags", { tags: "[Beratung 1]" }), organisation.siteName,
  ]) {
    assert.ok(words.includes(part), `${part} is not in ${words}`);
  }
  assert.doesNotMatch(words, /waldkauz|\bina|\bberg\b|theo|adler/iu);
  assert.doesNotMatch(words, /Tante|denkst du|\d\d:\d\d/u);
  // What people wrote of themselves is pointed at, and gone by a press.
  assert.deepEqual(await preview(counselor).locator("mark.doubt").allInnerTexts(), ["Lena", "lena@web.example", "0341 123456"]);
  await look(page, "document");
  for (const doubt of ["lena@web.example", "0341 123456", "Lena"]) await button(counselor, "document-doubt-replace", { words: doubt }).click();
  await preview(counselor).getByText("Ich heiße […].", { exact: false }).waitFor();
  await dialog(counselor).getByText(person.text("document-doubt-none"), { exact: true }).waitFor();
  assert.doesNotMatch(await shown(counselor), names);
  // A part of a name can be a word like others.
  await check(counselor, "document-part-talk").uncheck();
  const part = dialog(counselor).getByLabel(person.text("document-replaced-count", { name: "Berg", count: 1 }), { exact: true });
  await part.uncheck();
  assert.ok((await shown(counselor)).includes(says("document-tags", { tags: "Berg" })));
  await part.check();
  await check(counselor, "document-part-talk").check();
});

test("files hold what the preview shows, name nobody in their names, and run nothing", async () => {
  const { page, person } = counselor;
  await check(counselor, "document-part-thread").check();
  await check(counselor, "document-part-note").check();
  await check(counselor, "document-times-full").check();
  const words = await shown(counselor);
  assert.match(words, /\d\d:\d\d/u);
  assert.doesNotMatch(words, names);
  for (const part of ["nach der Tante fragen", "[Beratung 2], was denkst du über [Ratsuchende Person]?"]) assert.ok(words.includes(part), words);

  const text = await saved(counselor, "document-save-text");
  assert.match(text.name, /^dokumentation-\d{4}-\d\d-\d\d\.txt$/);
  assert.ok(text.words.startsWith("\u{feff}"));
  assert.doesNotMatch(text.words, names);
  const lines = text.words.split("\r\n");
  for (const part of ["    Hallo?", "    Ich heiße […].", "    [Ratsuchende Person]: nach der Tante fragen"]) assert.ok(lines.includes(part), text.words);

  const html = await saved(counselor, "document-save-page");
  assert.match(html.name, /^dokumentation-\d{4}-\d\d-\d\d\.html$/);
  assert.doesNotMatch(html.words, names);
  assert.doesNotMatch(html.words, /<script|<img|<link|url\(/iu);
  const reader = await browser.newContext({ colorScheme: "light" });
  const file = await reader.newPage();
  const wrong = [];
  file.on("dialog", (alert) => wrong.push(alert.message()));
  file.on("console", (message) => wrong.push(message.text()));
  file.on("request", (request) => wrong.push(request.url()));
  await file.goto(pathToFileURL(html.path).href);
  assert.deepEqual(wrong.slice(1), []);
  assert.equal(plain(await file.locator("main").innerText()), plain(words));
  await assertAccessible(file, "document-file", ["light"]);
  await file.setViewportSize(phone);
  await assertFits(file, "document-file");
  await reader.close();

  // The box gets sealed words for the team's thread, and no other thing.
  assert.ok(requests.length > 1);
  assert.ok(requests.some((request) => request.startsWith("GET /api/v1/")));
  for (const request of requests) {
    assert.doesNotMatch(request, /Hallo\?|Tante|Ratsuchende|Dokumentation/);
  }
  assert.equal(page.frames().length, 1);
  assert.equal(await page.evaluate(() => document.title.includes("Waldkauz")), false);
  person.assertNoProblems();
});

test("paper has the document and nothing else, and what is chosen anew is not on it", async () => {
  const { page, person } = counselor;
  await page.evaluate(() => {
    window.printed = 0;
    window.print = () => window.printed++;
  });
  await button(counselor, "document-print").click();
  await page.waitForFunction(() => window.printed === 1);
  const words = await shown(counselor);
  await page.emulateMedia({ media: "print" });
  assert.equal(plain(await page.evaluate(() => document.body.innerText)), plain(words));
  assert.equal(await page.locator("button:visible, nav:visible, header:visible, dialog:visible").count(), 0);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.ok(pdf.match(/\/Type\s*\/Page\b/g).length <= 2, "no empty pages");
  await page.emulateMedia({ media: null });
  await check(counselor, "document-part-note").uncheck();
  await page.locator(".paper").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await dialog(counselor).waitFor({ state: "detached" });
  person.assertNoProblems();
});

test("the team reads in the talk who took it out and how, the seeker's browser receives nothing of it", async () => {
  const { text } = counselor.person;
  const you = text("remark-you");
  await steps(counselor, noted(counselor.person, "remark-documented-paper", "remark-documented-anonymised", you)).waitFor();
  const control = await receives(lead.page);
  await show(lead.page, lead.person, name);
  await steps(lead, noted(lead.person, "remark-documented-paper", "remark-documented-anonymised", ina.displayName)).waitFor();
  await steps(lead, noted(lead.person, "remark-documented-file", "remark-documented-anonymised", ina.displayName)).first().waitFor();
  // The seeker goes on and sees nothing of it.
  await send(seeker.page, seeker.person, "Noch da?");
  await line(counselor.page, counselor.person, "Noch da?").waitFor();
  const count = (pieces) => pieces.filter((piece) => piece.includes(thread)).length;
  assert.ok(count(control) > 0, "the lead's browser receives it, and the search finds it there");
  assert.ok(received.length > 3);
  assert.equal(count(received), 0);
  const body = await seeker.page.locator("body").textContent();
  for (const secret of ["Dokumentation", "Tante", "denkst du"]) assert.ok(!body.includes(secret), secret);
});

test("a talk that is closed can be documented with its names, and how it ended stands in it", async () => {
  const { page, person } = counselor;
  await on(page, person).button("work-close").click();
  await page.locator("dialog[open]").getByRole("radio", { name: person.text("ending-sent-on") }).check();
  await page.locator("dialog[open]").getByRole("button", { name: person.text("work-close-submit"), exact: true }).click();
  await on(page, person).sentence("work-closed").waitFor();
  await openDialog(counselor);
  await check(counselor, "document-anonymised").uncheck();
  await dialog(counselor).getByText(person.text("document-named-body"), { exact: true }).waitFor();
  const words = await shown(counselor);
  const ended = person.text("remark-closed", { name: ina.displayName, words: person.text("ending-sent-on") });
  for (const part of [name, "Ina Berg", "Noch da?", person.text("document-names-kept"), ended]) assert.ok(words.includes(part), words);
  await saved(counselor, "document-save-text");
  await page.keyboard.press("Escape");
  await steps(counselor, noted(person, "remark-documented-file", "remark-documented-named", person.text("remark-you"))).waitFor();
});

test("in English, on a phone, and what can't be noted does not leave", async () => {
  const english = { person: await visitor(browser, relay.origin, { language: "en" }) };
  english.person.allow(/Failed to load resource: net::ERR_|WebSocket connection to .* failed/);
  english.page = await staffLogIn(english.person, ina);
  await show(english.page, english.person, name);
  await english.page.setViewportSize(phone);
  await english.page.locator(".person-small summary").click();
  await openDialog(english);
  assert.ok((await shown(english)).includes("Hallo [Person seeking help], ich bin [Counselor 1]."));
  await look(english.page, "document-phone");
  await english.page.setViewportSize(desktop);
  await look(english.page, "document-english");
  relay.refuse(true);
  await english.page.getByText(english.person.text("work-reconnecting"), { exact: true }).waitFor();
  const files = [];
  english.page.on("download", (file) => files.push(file));
  await button(english, "document-save-text").click();
  await dialog(english).locator("[role=alert] .notice").waitFor();
  assert.equal(files.length, 0);
  relay.refuse(false);
  await english.page.getByText(english.person.text("work-reconnecting"), { exact: true }).waitFor({ state: "detached" });
  const text = await saved(english, "document-save-text");
  assert.match(text.name, /^documentation-/);
  for (const { person } of [lead, counselor, seeker, english]) person.assertNoProblems();
});
