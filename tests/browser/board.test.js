// The present at a glance, for whoever leads: who waits live and as a letter, who is on duty by the roster and really
// there, and where somebody is missing; each number leads to where something can be done about it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnBoth, lookOnce, startBrowser, visitor } from "./browser.js";
import { area, duty, on, openSignUp, progress, send, signUp, staffed } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const password = "quitte falter ozean 93 mörtel";
const look = lookOnce();
const looks = lookOnBoth(look);

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
  await duty(leads, lead, false);
  await duty(work, counselor, true);
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** A number and what is said of it. */
const tile = (name) => leads.locator(".tile").filter({ hasText: lead.text(name) });
const says = async (name, value, note, args = {}) => {
  await tile(name).locator(".tile-value").filter({ hasText: new RegExp(`^\\s*${value}(\\s|$)`) }).waitFor();
  await tile(name).getByText(lead.text(note, args), { exact: true }).waitFor();
};

/** Asks the box anew, as a look at the window does. */
const lookAgain = () => leads.evaluate(() => window.dispatchEvent(new Event("focus")));

async function arrive(name) {
  const person = await visitor(browser, box.origin);
  const page = await openSignUp(person);
  await signUp(page, person, { name, password });
  await send(page, person, "Hallo?");
  await progress(page, person, "Hallo?", "stored");
  return { person, page };
}

test("nobody waits, and without a roster whoever is there is on duty", async () => {
  await area(leads, lead, "lead");
  await says("board-waiting", 0, "board-waiting-none");
  await says("board-longest", "–", "board-longest-none");
  await says("board-duty", 1, "board-duty-free");
  await says("board-risk", 0, "board-risk-none");
  await on(leads, lead).sentence("board-gaps-none").waitFor();
  await duty(work, counselor, false);
  await says("board-duty", 0, "board-duty-free");
  await duty(work, counselor, true);
});

test("who is there waits live, who has left has written a letter", async () => {
  const lamp = await arrive("Blaue Lampe 7");
  await says("board-waiting", 1, "board-waiting-note", { live: "1", letters: "0" });
  await says("board-longest", 0, "board-longest");
  await arrive("Ahorn 5");
  await lamp.page.goto("about:blank");
  await says("board-waiting", 2, "board-waiting-note", { live: "1", letters: "1" });
  await tile("board-waiting").click();
  await leads.locator(".row-talk", { hasText: "Ahorn 5" }).waitFor();
});

test("the roster says who should be there, and somebody missing stands out", async () => {
  await area(leads, lead, "lead");
  await tile("board-duty").click();
  await leads.locator(".slots").first().waitFor();
  const { button, field, text } = on(leads, lead);
  await button("roster-add").click();
  await field("roster-who").selectOption({ label: "Ina Berg" });
  await field("roster-from").fill("00:00");
  await field("roster-to").fill("23:59");
  await button("roster-save").click();
  await leads.locator(".roster-dialog").waitFor({ state: "detached" });
  await button("roster-rules").click();
  await button("roster-staffing-add").click();
  await field("roster-from").fill("14:00");
  await field("roster-to").fill("18:00");
  await leads.getByRole("checkbox", { name: text("roster-open-on-holidays") }).check();
  await button("roster-save").click();
  await leads.locator(".roster-dialog").waitFor({ state: "detached" });

  await area(leads, lead, "lead");
  const named = { name: "Ina Berg", time: "23:59" };
  await says("board-duty", 1, "board-duty-until", named);
  assert.equal(await leads.locator(".tile.risk").count(), 0);
  await duty(work, counselor, false);
  await says("board-duty", 0, "board-duty-absent", named);
  await leads.locator(".tile.risk").filter({ hasText: text("board-duty") }).waitFor();
  // The working days of the six to come; today she is there.
  const weekday = new Intl.DateTimeFormat("en", { timeZone: "Europe/Berlin", weekday: "short" });
  const coming = [1, 2, 3, 4, 5, 6].map((days) => weekday.format(Date.now() + days * 86_400_000));
  const missing = coming.filter((day) => !day.startsWith("S")).length;
  const gap = leads.locator(".missing-list li").filter({ hasText: text("board-gap", { count: 1 }) });
  await gap.nth(missing - 1).waitFor();
  assert.equal(await gap.count(), missing);
  await looks(leads, "board");

  // What a colleague changes is there at the next look.
  await area(work, counselor, "roster");
  await work.locator(".shift.gap").first().click();
  await work.getByRole("dialog").getByRole("button", { name: counselor.text("roster-gap-take"), exact: true }).click();
  await work.locator(".roster-dialog").waitFor({ state: "detached" });
  await lookAgain();
  await gap.nth(missing - 1).waitFor({ state: "detached" });
  assert.equal(await gap.count(), missing - 1);
});

test("how much each person has to do is shown once an administrator has said so", async () => {
  const { button, text } = on(leads, lead);
  const workload = leads.getByRole("region", { name: text("board-workload"), exact: true });
  assert.equal(await workload.count(), 0);
  const say = async (shown) => {
    await area(leads, lead, "administration");
    await leads.getByRole("checkbox", { name: text("admin-team-workload") }).setChecked(shown);
    await leads.getByRole("checkbox", { name: text("admin-team-workload"), checked: shown }).waitFor();
    await look(leads, `administration-${shown}`);
    await area(leads, lead, "lead");
  };
  await say(true);
  await workload.getByRole("row").filter({ hasText: "Ina Berg" }).waitFor();
  await looks(leads, "workload");
  await say(false);
  await button("board-to-roster").waitFor();
  await workload.waitFor({ state: "detached" });
});
