// Until when a letter is answered: a lead says it in the roster's rules, whoever writes reads it before and after, in the
// hours of their own place; whoever works sees it and has it in order; an answer keeps it, and too late is said as well.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnBoth, lookOnce, startBrowser, visitor } from "./browser.js";
import { answer, area, claim, duty, on, openSignUp, progress, send, show, signUp, staffed } from "./steps.js";

const password = "quitte falter ozean 93 mörtel";
const ben = { displayName: "Ben Ahrens", name: "ben", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const home = "Europe/Berlin";
const hour_ms = 3_600_000;
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
  ({ lead: { person: lead, page: leads }, counselor: { person: counselor, page: work } } = await staffed(browser, box, { ...ben, zone: home }));
  await duty(leads, lead, false);
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** Day and time on the wall of a place. */
function wall(moment, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(moment);
  const part = (name) => parts.find(({ type }) => type === name).value;
  return { day: `${part("year")}-${part("month")}-${part("day")}`, time: `${part("hour")}:${part("minute")}` };
}

/** Six in the evening at home, so many days from now. */
function six(days) {
  const day = new Date(`${wall(Date.now(), home).day}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  const wanted = day.toISOString().slice(0, 10);
  const found = [16, 17].map((hour) => Date.parse(`${wanted}T${hour}:00:00Z`));
  return found.find((moment) => wall(moment, home).time === "18:00");
}

/** How a page names that moment. */
function named(moment, { zone = home, weekday = "long", now = Date.now() } = {}) {
  const days = (Date.parse(wall(moment, zone).day) - Date.parse(wall(now, zone).day)) / (24 * hour_ms);
  const format = (options) => new Intl.DateTimeFormat("de-DE", { timeZone: zone, ...options }).format(moment);
  const near = { [-1]: "gestern", 0: "heute", 1: "morgen" }[days];
  return { day: near ?? format({ weekday }), time: format({ hour: "numeric" }) };
}

/** The lead promises an answer so many days later, on whatever day of the week. */
async function promise(days) {
  const { button, field, text } = on(leads, lead);
  await area(leads, lead, "roster");
  await button("roster-rules").click();
  await leads.getByRole("checkbox", { name: text("roster-promise-made") }).check();
  await field("roster-promise-days").fill(String(days));
  await field("roster-promise-by").fill("18:00");
  const weekdays = leads.getByRole("group", { name: text("roster-promise-weekdays") }).getByRole("checkbox");
  assert.equal(await weekdays.count(), 7);
  for (const weekday of await weekdays.all()) await weekday.check({ force: true });
  await look(leads, "rules");
  await button("roster-save").click();
  await leads.locator(".roster-dialog").waitFor({ state: "detached" });
}

async function arrive(name, zone = home) {
  const person = await visitor(browser, box.origin, { zone });
  const page = await openSignUp(person);
  await signUp(page, person, { name, password });
  return { person, page };
}

async function write({ person, page }, words) {
  await send(page, person, words);
  await progress(page, person, words, "stored");
}

const told = ({ person, page }, moment, options) => on(page, person).sentence("chat-promise", named(moment, options));
const row = (name) => work.locator(".row-talk", { hasText: name });

/** Leaves the page for a while, as somebody does who has written a letter; gives how to come back. */
async function away({ person, page }) {
  const address = page.url();
  await page.goto("about:blank");
  return async () => {
    await page.goto(address);
    await on(page, person).field("talk-message-label").waitFor();
  };
}

/** What a page shows at another time than the box's. */
async function at(person, page, moment) {
  await page.clock.setSystemTime(moment);
  await page.reload();
}

let backAgain;
const anna = {};
const bodo = {};

test("who finds nobody there reads until when an answer comes, before and after writing", async () => {
  const silent = await arrive("Zaunkönig-1");
  await on(silent.page, silent.person).sentence("chat-letter-before").waitFor();
  await silent.person.close();

  await promise(5);
  Object.assign(anna, await arrive("Anemone-11"));
  await told(anna, six(5)).waitFor();
  await looks(anna.page, "before");
  await write(anna, "Ich weiß nicht weiter.");
  await told(anna, six(5)).waitFor();
  await looks(anna.page, "letter");

  // Six hours further west it is noon, or another day.
  await promise(1);
  const zone = "America/New_York";
  Object.assign(bodo, await arrive("Birnbaum-22", zone));
  await told(bodo, six(1), { zone }).waitFor();
  await write(bodo, "Hallo?");
  await told(bodo, six(1), { zone }).waitFor();
  await bodo.page.reload();
  await told(bodo, six(1), { zone }).waitFor();

  // A slower rule is for whoever writes now; what was promised stays, also with more words.
  await promise(5);
  await write(bodo, "Ich warte.");
  await told(bodo, six(1), { zone }).waitFor();
  assert.equal(await told(bodo, six(5), { zone }).count(), 0);
});

test("whoever works sees what was promised, the most urgent first, and an answer keeps it", async () => {
  const { text } = counselor;
  const words = (moment, now) => text("queue-answer-by", named(moment, { weekday: "short", now }));
  // While somebody is there, minutes count.
  await row("Anemone-11").getByText(text("queue-present"), { exact: true }).waitFor();
  assert.equal(await row("Anemone-11").getByText(words(six(5)), { exact: true }).count(), 0);
  const back = [await away(anna), await away(bodo)];
  await row("Birnbaum-22").getByText(words(six(1)), { exact: true }).waitFor();
  await row("Anemone-11").getByText(words(six(5)), { exact: true }).waitFor();
  // Anna has waited longer, and was promised more time.
  await work.locator(".row-talk").nth(1).waitFor();
  const names = await work.locator(".row-talk b").allTextContents();
  assert.deepEqual(names, ["Birnbaum-22", "Anemone-11"]);
  await looks(work, "queue");
  backAgain = back[0];
  await back[1]();

  await claim(work, counselor, "Birnbaum-22");
  await row("Birnbaum-22").getByText(words(six(1)), { exact: true }).waitFor();
  await answer(work, counselor, "Birnbaum-22", "Ich bin für Sie da.");
  await row("Birnbaum-22").getByText(words(six(1)), { exact: true }).waitFor({ state: "detached" });
  const zone = "America/New_York";
  await told(bodo, six(1), { zone }).waitFor({ state: "detached" });
  // Whoever goes on writing now reads what is promised now.
  await told(bodo, six(5), { zone }).waitFor();
  await looks(bodo.page, "answered");
});

test("what is nearly due or too late is seen by its sign, and leads see whose it is", async () => {
  const { button, sentence, text } = on(leads, lead);
  await area(leads, lead, "lead");
  await sentence("lead-promise-safe", { count: 1 }).waitFor();
  await looks(leads, "lead-safe");

  const soon = six(5) - 2 * hour_ms;
  await at(counselor, work, soon);
  const due = row("Anemone-11").locator(".due");
  await due.getByText(text("queue-answer-by", { day: "heute", time: "18 Uhr" })).or(due).first().waitFor();
  assert.equal((await due.textContent()).trim(), text("queue-answer-by", { day: "heute", time: "18 Uhr" }));
  assert.equal(await due.locator("svg").count(), 1);
  await looks(work, "queue-soon");

  const late = six(6) - hour_ms;
  await at(counselor, work, late);
  await row("Anemone-11").locator(".due.over svg").waitFor();
  assert.equal((await due.textContent()).trim(), text("queue-overdue", { when: "gestern" }));
  await looks(work, "queue-late");
  await on(work, counselor).button("queue-claim-of", { name: "Anemone-11" }).click();
  await row("Anemone-11").locator(".tag.risk svg").waitFor();
  await looks(work, "queue-mine-late");

  await at(lead, leads, late);
  await on(leads, lead).button("staff-nav-talks").waitFor();
  await leads.locator(".tab .count", { hasText: "1" }).waitFor();
  await leads.locator(".tab", { has: leads.locator(".count") }).click();
  await sentence("lead-promise-risk", { count: 1 }).first().waitFor();
  const line = leads.locator(".promises li");
  await line.getByText(text("lead-promise-with", { name: ben.displayName }), { exact: true }).waitFor();
  await line.getByText(text("queue-overdue", { when: "gestern" })).waitFor();
  await looks(leads, "lead-late");
  await button("lead-promise-open-of", { name: "Anemone-11" }).click();
  await leads.getByRole("heading", { level: 1, name: "Anemone-11", exact: true }).waitFor();

  // Whoever waits reads the truth, and whom to call.
  await anna.page.clock.setSystemTime(late);
  await backAgain();
  await on(anna.page, anna.person).sentence("chat-late").waitFor();
  await on(anna.page, anna.person).heading("emergency-title").waitFor();
  assert.equal(await told(anna, six(5), { now: late }).count(), 0);
  await looks(anna.page, "late");
  await show(work, counselor, "Anemone-11");
  await answer(work, counselor, "Anemone-11", "Es tut mir leid, dass es so lange dauerte.");
  await on(anna.page, anna.person).sentence("chat-late").waitFor({ state: "detached" });
  await leads.locator(".tab .count").waitFor({ state: "detached" });
  for (const person of [anna.person, bodo.person, counselor, lead]) await person.close();
});
