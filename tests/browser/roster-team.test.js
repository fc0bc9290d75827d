// The duty roster among colleagues: rules and the gaps they show, filling one, swaps that a lead confirms, illness with
// a call to whoever can, wishes and the proposal that follows them, calendars, templates and the log.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser } from "./browser.js";
import { area, on, staffed } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };

let box;
let browser;
let lead;
let leads;
let counselor;
let work;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  ({ lead: { person: lead, page: leads }, counselor: { person: counselor, page: work } } = await staffed(browser, box, ina));
  for (const [page, person] of [[leads, lead], [work, counselor]]) {
    await area(page, person, "roster");
    await page.locator(".slots").first().waitFor();
  }
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** The day so many days after the Monday that is shown. */
async function day(page, days) {
  const monday = await page.locator(".slots").first().getAttribute("data-day");
  const date = new Date(`${monday}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function shifts(page, date) {
  return page.locator(`.slots[data-day="${date}"] .shift`);
}

async function closed(page) {
  await page.locator(".roster-dialog").waitFor({ state: "detached" });
}

/** Shows the same days anew, with what colleagues have changed. */
async function anew(page, person) {
  for (const mode of ["roster-mode-list", "roster-mode-week"]) {
    await on(page, person).button(mode).click();
    await page.locator(mode === "roster-mode-week" ? ".week" : ".day-list").waitFor();
  }
}

async function nextWeek(page, person) {
  const before = await page.locator(".slots").first().getAttribute("data-day");
  await on(page, person).button("roster-after").click();
  await page.locator(`.slots[data-day="${before}"]`).waitFor({ state: "detached" });
}

async function plan(name, days, from, to, more = async () => {}) {
  const { button, field } = on(leads, lead);
  await button("roster-add").click();
  await field("roster-who").selectOption({ label: name });
  await field("roster-day").fill(await day(leads, days));
  await field("roster-from").fill(from);
  await field("roster-to").fill(to);
  await more();
  await button("roster-save").click();
  await closed(leads);
}

test("rules show gaps, and a counselor fills one", async () => {
  const { button, field, text } = on(leads, lead);
  await button("roster-rules").click();
  await button("roster-staffing-add").click();
  await field("roster-from").fill("14:00");
  await field("roster-to").fill("18:00");
  await field("roster-state").selectOption({ label: "Sachsen" });
  await leads.getByRole("checkbox", { name: text("roster-open-on-holidays") }).check();
  await leads.getByRole("checkbox", { name: text("roster-approve-swaps") }).check();
  await button("roster-save").click();
  await closed(leads);
  await nextWeek(leads, lead);
  await leads.locator(".missing").getByText(text("roster-gaps", { count: 5 })).waitFor();

  await nextWeek(work, counselor);
  const tuesday = await day(work, 1);
  await shifts(work, tuesday).click();
  const own = on(work, counselor);
  await own.field("roster-to").fill("16:00");
  await work.getByRole("dialog").getByRole("button", { name: counselor.text("roster-gap-take"), exact: true }).click();
  await closed(work);
  await shifts(work, tuesday).filter({ hasText: "Sie" }).waitFor();
  // The rest of it is still a gap.
  await shifts(work, tuesday).filter({ hasText: "16–18" }).waitFor();
  assert.equal(await own.button("roster-add").count(), 0);
});

test("a shift is offered, taken, and confirmed by the lead", async () => {
  await plan("Ina Berg", 0, "09:00", "11:00");
  await anew(work, counselor);
  const own = on(work, counselor);
  const monday = await day(work, 0);
  await shifts(work, monday).filter({ hasText: "9–11" }).click();
  await own.button("roster-swap-offer").click();
  await own.button("roster-swap-offer-do").click();
  await closed(work);
  await own.sentence("roster-swap-own").waitFor();
  await anew(leads, lead);
  const { text, sentence } = on(leads, lead);
  await sentence("roster-swap-gift", { name: "Ina Berg" }).waitFor();
  await leads.getByRole("button", { name: new RegExp(`^${text("roster-take")}: .*9–11`) }).click();
  await shifts(leads, monday).filter({ hasText: "9–11" }).filter({ hasText: "Sie" }).waitFor();

  // A counselor's answer waits for the lead.
  await shifts(leads, monday).filter({ hasText: "9–11" }).click();
  await on(leads, lead).button("roster-swap-offer").click();
  await on(leads, lead).button("roster-swap-offer-do").click();
  await closed(leads);
  await anew(work, counselor);
  await work.getByRole("button", { name: new RegExp(`^${text("roster-take")}: .*9–11`) }).click();
  await own.sentence("roster-swap-waits").waitFor();
  await anew(leads, lead);
  await leads.getByRole("button", { name: new RegExp(`^${text("roster-swap-approve")}: .*9–11`) }).click();
  await shifts(leads, monday).filter({ hasText: "9–11" }).filter({ hasText: "Ina Berg" }).waitFor();
});

test("ill by one click: colleagues who can are called", async () => {
  const own = on(work, counselor);
  await own.button("time-today").click();
  const now = new Date();
  const late = `${String(Math.min(now.getHours() + 1, 23)).padStart(2, "0")}:58`;
  await on(leads, lead).button("time-today").click();
  const today = await leads.locator(".column.now .slots").getAttribute("data-day");
  await plan("Ina Berg", 0, late, "23:59", () => on(leads, lead).field("roster-day").fill(today));
  await anew(work, counselor);
  await own.button("roster-ill").click();
  await own.sentence("roster-ill-now").waitFor();
  // Who could step in hears of it wherever they are, and is led to the shift.
  await area(leads, lead, "talks");
  const told = leads.locator(".alarm").filter({ hasText: lead.text("alarm-roster-illness") });
  await told.waitFor();
  await told.getByRole("button", { name: lead.text("alarm-roster-look"), exact: true }).click();
  await told.waitFor({ state: "detached" });
  await on(leads, lead).heading("roster-title").waitFor();
  await shifts(work, today).filter({ hasText: counselor.text("roster-wanted") }).waitFor();
  await anew(leads, lead);
  await leads.getByText(lead.text("roster-calls"), { exact: true }).waitFor();
  await leads.getByRole("button", { name: new RegExp(`^${lead.text("roster-take")}: ${lead.text("time-today")}`) }).click();
  await shifts(leads, today).filter({ hasText: "Sie" }).waitFor();
  await work.getByRole("button", { name: new RegExp(`^${counselor.text("roster-absence-withdraw")}`) }).click();
  await own.button("roster-ill").waitFor();
});

test("a proposal follows wishes, and nothing changes before it is taken", async () => {
  const own = on(work, counselor);
  await own.button("roster-wishes").click();
  await own.button("roster-wish-add").click();
  await own.field("roster-wish").selectOption({ label: counselor.text("roster-wish-preferably") });
  await own.button("roster-save").click();
  await closed(work);
  const { button, text } = on(leads, lead);
  await nextWeek(leads, lead);
  await button("roster-proposal").click();
  await leads.getByText(text("roster-proposal-preferred")).first().waitFor();
  const gaps = await leads.locator(".shift.gap").count();
  assert.ok(gaps > 0);
  await button("roster-proposal-take").click();
  await closed(leads);
  await leads.locator(".shift.gap").first().waitFor({ state: "detached" });
  assert.equal(await leads.locator(".missing").count(), 0);
});

test("month and list show the same; a template brings the week again", async () => {
  const { button, field, text } = on(leads, lead);
  await button("roster-mode-month").click();
  await leads.locator(".month .chip-line").first().waitFor();
  await button("roster-mode-list").click();
  await leads.locator(".day-list .shift").first().waitFor();
  await button("roster-mode-week").click();
  await leads.locator(".week").waitFor();
  const count = await leads.locator(".week .shift").count();
  await button("roster-templates").click();
  await field("roster-template-name").fill("Übliche Woche");
  await button("roster-template-save").click();
  await closed(leads);
  await nextWeek(leads, lead);
  await button("roster-templates").click();
  await leads.getByRole("button", { name: `${text("roster-template-use")}: Übliche Woche` }).click();
  await closed(leads);
  await leads.locator(".week .shift:not(.gap)").nth(count - 1).waitFor();
});

test("a calendar link shows the own shifts until it is ended; files go out and in; the log tells", async () => {
  const own = on(work, counselor);
  await own.button("roster-links").click();
  await own.button("roster-link-make").click();
  const address = await work.locator(".copy output").textContent();
  const feed = () => counselor.context.request.get(address);
  assert.match(await (await feed()).text(), /BEGIN:VEVENT/);
  await work.getByRole("button", { name: new RegExp(`^${counselor.text("roster-link-end")}`) }).click();
  await work.locator(".copy output").waitFor({ state: "detached" });
  assert.equal((await feed()).status(), 404);
  await work.keyboard.press("Escape");

  const { button, text } = on(leads, lead);
  const download = leads.waitForEvent("download");
  await button("roster-export").click();
  const file = readFileSync(await (await download).path(), "utf8");
  assert.match(file, /BEGIN:VCALENDAR[^]*Ina Berg/);
  await button("roster-import").click();
  const event = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Ina Berg\r\nDTSTART:20300107T070000\r\nDURATION:PT2H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  await leads.locator("#import-file").setInputFiles({ name: "a.ics", mimeType: "text/calendar", buffer: Buffer.from(event) });
  await leads.getByText(/Ina Berg · Ina Berg/).waitFor();
  await button("roster-import-take").click();
  await closed(leads);
  await button("roster-log").click();
  await leads.getByText(text("roster-log-absence"), { exact: true }).waitFor();
  await leads.getByText(text("roster-log-added"), { exact: true }).first().waitFor();
  await leads.keyboard.press("Escape");
});
