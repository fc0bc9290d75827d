// The workplace with three hundred talks that wait: what is built of the list, keys, talks side by side, drafts,
// filters, search, and how it looks on a phone and in the other language.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, desktop, phone, startBrowser, visitor } from "./browser.js";
import { answerField, claim, line, on, show, staffLogIn } from "./steps.js";

const TALKS = 300;
/** Rows that a window of this height can touch, with what is built beyond it on both sides. */
const ROWS_MAX = 24;
const demo = process.env.BEISTAND_DEMO ?? fileURLToPath(new URL("../../target/debug/demo", import.meta.url));
const mara = { name: "mara", password: "birke kompass regen flocke tasse hafen" };
const wide = { width: 1720, height: 900 };

let box;
let browser;
let person;
let page;

before(async () => {
  box = await startBox();
  await promisify(execFile)(demo, [
    "--url", box.origin, "--root-certificate", box.root, "--claim-code", box.claimCode, "--talks", String(TALKS),
  ]);
  browser = await startBrowser();
  person = await visitor(browser, box.origin);
  page = await staffLogIn(person, mara);
  await page.getByText(person.text("queue-mine"), { exact: true }).first().waitFor();
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

const rows = () => page.locator(".row-talk");
const focused = (locator) => locator.evaluate((element) => element === document.activeElement);
const heading = (name) => page.getByRole("heading", { level: 1, name, exact: true });
const region = (name) => page.getByRole("region", { name: person.text("work-talk-with", { name }), exact: true });
const search = () => page.getByRole("searchbox", { name: person.text("search-label") });
/** Looks for words and goes to the first place found in this talk; what a search before has found is another one. */
async function goTo(words, name) {
  await search().fill(words);
  await page.locator(".hit").filter({ hasText: name }).first().click();
  await heading(name).waitFor();
}

test("of three hundred talks only those near the window are built", async () => {
  // One of the demo's waits as well, and one was reopened by nobody: what the number says is what there is.
  const count = async () => Number(await page.locator(".jump-to").first().locator("b").textContent());
  await page.waitForFunction((least) => Number(document.querySelector(".jump-to b").textContent) >= least, TALKS);
  const all = await count();
  const built = await rows().count();
  assert.ok(built > 3 && built <= ROWS_MAX, `${built} rows are built`);
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  assert.ok(elements < 1000, `${elements} elements`);
  assert.equal(Number(await rows().first().getAttribute("aria-posinset")), 1);
  assert.ok(Number(await rows().first().getAttribute("aria-setsize")) >= all);
  // To the end: others are built, and no more of them.
  await page.locator(".rows").evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await page.waitForFunction(() => {
    const last = [...document.querySelectorAll(".row-talk")].at(-1);
    return last?.getAttribute("aria-posinset") === last?.getAttribute("aria-setsize");
  });
  assert.ok((await rows().count()) <= ROWS_MAX);
  await page.locator(".rows").evaluate((element) => element.scrollTo(0, 0));
  await page.waitForFunction(() => document.querySelector(".row-talk")?.getAttribute("aria-posinset") === "1");
  // The list by its heads: a press on "Mine" brings them into sight.
  await page.locator(".jump-to").nth(1).click();
  await on(page, person).heading("queue-mine").or(page.locator(".row-head", { hasText: person.text("queue-mine") })).first().waitFor();
  await assertAccessible(page, "workplace-crowd");
  await assertFits(page, "workplace-crowd");
});

test("keys go from talk to talk, and nothing happens while somebody types", async () => {
  await page.keyboard.press("w");
  const first = await page.getByRole("heading", { level: 1 }).textContent();
  assert.notEqual(first, "");
  const current = () => page.locator('.item[aria-current="true"]').getAttribute("class").then(() =>
    page.locator(".row-talk", { has: page.locator('[aria-current="true"]') }).getAttribute("aria-posinset"));
  assert.equal(await current(), "1");
  await page.keyboard.press("j");
  await page.locator('.row-talk[aria-posinset="2"] [aria-current="true"]').waitFor();
  // Further than the window: the list follows.
  for (let step = 0; step < 30; step++) await page.keyboard.press("j");
  await page.locator('.row-talk[aria-posinset="32"] [aria-current="true"]').waitFor();
  assert.ok((await rows().count()) <= ROWS_MAX);
  await page.keyboard.press("k");
  await page.locator('.row-talk[aria-posinset="31"] [aria-current="true"]').waitFor();

  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog");
  await sheet.getByText(person.text("shortcut-next"), { exact: true }).waitFor();
  await assertAccessible(page, "workplace-shortcuts");
  // While it is open its own keys are the browser's.
  await page.keyboard.press("j");
  await sheet.getByRole("checkbox", { name: person.text("shortcut-enabled") }).uncheck();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
  await page.keyboard.press("k");
  await page.locator('.row-talk[aria-posinset="31"] [aria-current="true"]').waitFor();
  await page.keyboard.press("?");
  await sheet.getByRole("checkbox", { name: person.text("shortcut-enabled") }).check();
  await sheet.getByRole("button", { name: person.text("shut") }).click();

  await page.keyboard.press("c");
  const name = await page.getByRole("heading", { level: 1 }).textContent();
  const field = answerField(page, person, name);
  await field.waitFor();
  await page.keyboard.press("r");
  assert.ok(await focused(field));
  await page.keyboard.type("jkweh?/");
  assert.equal(await field.inputValue(), "jkweh?/");
  assert.equal(await page.getByRole("dialog").filter({ visible: true }).count(), 0);
  await page.keyboard.press("Escape");
  assert.ok(await focused(heading(name)));
  await page.keyboard.press("h");
  await on(page, person).heading("work-hand-over-title").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("e");
  await on(page, person).heading("work-close-title").waitFor();
  await page.keyboard.press("Escape");
});

test("half-written answers stay with their talks, whatever is shown meanwhile, and over a reload", async () => {
  // One more is taken, so that there are two under names of their own.
  await goTo("Freundin macht Sorgen", "Ahorn 5");
  await search().fill("");
  await page.keyboard.press("Escape");
  await region("Ahorn 5").getByRole("button", { name: person.text("queue-claim"), exact: true }).click();
  await answerField(page, person, "Ahorn 5").fill("An Ahorn, halb");
  await goTo("sehr laut", "Blaue Lampe 27");
  await answerField(page, person, "Blaue Lampe 27").fill("An Lampe, auch halb");
  await goTo("ahorn", "Ahorn 5");
  await page.waitForFunction(() => document.querySelector(".talk-column .write textarea")?.value === "An Ahorn, halb");
  await on(page, person).sentence("talk-draft-saved").waitFor();
  await page.reload();
  await on(page, person).heading("work-none-title").waitFor();
  for (const [found, name, words] of [
    ["Freundin", "Ahorn 5", "An Ahorn, halb"],
    ["sehr laut", "Blaue Lampe 27", "An Lampe, auch halb"],
  ]) {
    await goTo(found, name);
    await page.waitForFunction((words) => document.querySelector(".talk-column .write textarea")?.value === words, words);
  }
});

test("a search finds lines, leads to them, and asks nobody", async () => {
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await search().fill("NUMMER 250");
  const hit = page.locator(".hit").filter({ hasText: "Frage Nummer 250 von vielen." });
  await hit.waitFor();
  assert.equal(await hit.locator("mark").textContent(), "Nummer");
  assert.match(await hit.textContent(), /Frage Nummer 250 von vielen\./);
  await page.getByText(person.text("search-found", { count: 1 }), { exact: true }).waitFor();
  await assertAccessible(page, "workplace-search");
  await hit.click();
  const found = line(page, person, "Frage Nummer 250 von vielen.");
  await found.waitFor();
  await page.waitForFunction(() => document.activeElement?.classList.contains("msg"));
  await search().fill("nirgends vorhanden");
  await page.getByText(person.text("search-found", { count: 0 }), { exact: true }).waitFor();
  await search().fill("Frage");
  await page.getByText(person.text("search-more", { count: 50 }), { exact: true }).waitFor();
  await search().fill("");
  await rows().first().waitFor();
  assert.ok(!requests.some((url) => /nummer|nirgends|search/i.test(url)), requests.join("\n"));
});

test("two talks stand side by side where there is room, and one where there is none", async () => {
  await page.setViewportSize(wide);
  for (const [found, name] of [["Freundin", "Ahorn 5"], ["sehr laut", "Blaue Lampe 27"]]) {
    await goTo(found, name);
    if (name === "Ahorn 5") await region(name).getByRole("button", { name: person.text("work-pin", { name }) }).click();
  }
  await search().fill("");
  assert.equal(await page.locator(".talk-column").count(), 2);
  await answerField(page, person, "Ahorn 5").fill("Links");
  await page.locator(".talk-column.current", { has: heading("Ahorn 5") }).waitFor();
  await answerField(page, person, "Blaue Lampe 27").fill("Rechts");
  await page.locator(".talk-column.current", { has: heading("Blaue Lampe 27") }).waitFor();
  assert.equal(await answerField(page, person, "Ahorn 5").inputValue(), "Links");
  await assertAccessible(page, "workplace-side-by-side");
  await assertFits(page, "workplace-side-by-side");
  await page.setViewportSize(desktop);
  await page.waitForFunction(() => document.querySelectorAll(".talk-column").length === 1);
  await heading("Blaue Lampe 27").waitFor();
  assert.equal(await answerField(page, person, "Blaue Lampe 27").inputValue(), "Rechts");
});

test("a filter leaves out what does not fit, and says so", async () => {
  await page.locator(".filter > summary").click();
  await page.getByRole("checkbox", { name: person.text("filter-unread") }).check();
  await page.locator(".filter .tag", { hasText: person.text("filter-active") }).waitFor();
  // What was read is not there; three hundred are unread.
  await page.waitForFunction(() => [...document.querySelectorAll(".row-talk")].every((row) => row.querySelector(".count")));
  await page.getByRole("button", { name: person.text("filter-reset") }).click();
  assert.equal(await page.getByRole("checkbox", { name: person.text("filter-unread") }).isChecked(), false);
  await page.locator(".filter > summary").click();
});

test("a phone shows one thing at a time", async () => {
  await page.setViewportSize(phone);
  await page.locator(".talk-column").waitFor();
  await page.locator(".queue").waitFor({ state: "hidden" });
  await assertAccessible(page, "workplace-talk-phone");
  await assertFits(page, "workplace-talk-phone");
  await page.getByRole("button", { name: person.text("work-back") }).click();
  await page.locator(".queue").waitFor();
  assert.equal(await page.locator(".talk-column").count(), 0);
  await assertAccessible(page, "workplace-list-phone");
  await assertFits(page, "workplace-list-phone");
  assert.ok((await rows().count()) <= ROWS_MAX);
  await page.setViewportSize(desktop);
  await person.close();
});

test("the same in English", async () => {
  const abroad = await visitor(browser, box.origin, { language: "en" });
  const desk = await staffLogIn(abroad, mara);
  await desk.locator(".row-talk").first().waitFor();
  await desk.keyboard.press("?");
  await desk.getByText(abroad.text("shortcut-longest"), { exact: true }).waitFor();
  await desk.keyboard.press("Escape");
  await show(desk, abroad, "Blaue Lampe 27").catch(() => undefined);
  await assertAccessible(desk, "workplace-english");
  await assertFits(desk, "workplace-english");
  await abroad.close();
});
