// A team's room: what colleagues say that is about no talk. Live for its members, each month anew, in an area without any
// field in which somebody is answered; a seeker's browser receives none of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, desktop, lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { answer, answerField, area, holds, on, organisation, received, send, staffLogIn, takenTalk } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const name = "Waldkauz-31";
const team = organisation.teamName;
const look = lookOnce();
const DAY_MS = 24 * 60 * 60 * 1000;

let box;
let browser;
let lead;
let counselor;
let seeker;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  ({ lead, counselor, seeker } = await takenTalk(browser, box, ina, name, "Hallo?"));
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** The area's tab, whatever number stands on it. */
const tab = ({ page, person }) =>
  page.getByRole("navigation", { name: person.text("staff-nav-label") }).getByRole("button", { name: person.text("staff-nav-room") });
const heading = ({ page, person }) => page.getByRole("heading", { level: 1, name: person.text("room-title", { team }), exact: true });
const field = ({ page, person }) => page.getByRole("textbox", { name: person.text("room-answer-label", { team }), exact: true });
const log = ({ page, person }) => page.getByRole("log", { name: person.text("room-label") });
const said = (who, words) => log(who).getByRole("listitem").filter({ has: who.page.getByText(words, { exact: true }) });
const month = (date) => new Intl.DateTimeFormat("de-DE", { month: "long", year: "numeric", timeZone: "UTC" }).format(date);
const nextMonth = (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));

async function open(who) {
  await tab(who).click();
  await heading(who).waitFor();
}

async function write(who, words) {
  await field(who).fill(words);
  await on(who.page, who.person).button("talk-send").click();
  await said(who, words).waitFor();
}

test("an empty room says what it is for, who reads it and how long it is kept", async () => {
  const { page, person } = counselor;
  await answerField(page, person, name).fill("Halb fertige Antwort");
  await open(counselor);
  await on(page, person).sentence("room-empty").waitFor();
  const note = page.locator(".beside-note");
  const sentences = ["beside-only", "room-hidden"].map((key) => person.text(key));
  const names = [person.text("reader-lead", { name: organisation.displayName }), person.text("talk-own")];
  for (const words of [...sentences, ...names, person.text("room-kept", { days: 30 })]) {
    await note.filter({ hasText: words }).waitFor();
  }
  // No field of a talk is near, and what was half written there is not here.
  assert.equal(await page.locator("textarea").count(), 1, "one field");
  assert.equal(await field(counselor).inputValue(), "");
  await look(page, "room-empty");
  await field(counselor).fill("Halb fertige Frage");
  await area(page, person, "talks");
  await holds(answerField(page, person, name), "Halb fertige Antwort");
  await open(counselor);
  await holds(field(counselor), "Halb fertige Frage");
});

test("colleagues talk in it, live, and a seeker's browser receives none of it", async () => {
  const control = received(lead.page);
  const asked = [];
  lead.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await lead.page.reload();
  await on(lead.page, lead.person).heading("work-none-title").waitFor();
  await write(counselor, "Wer tauscht Freitag?");

  // The lead sees from elsewhere that there is something, and finds it.
  await tab(lead).locator(".count").filter({ hasText: "1" }).waitFor();
  await tab(lead).getByText(lead.person.text("room-unread", { count: 1 })).waitFor();
  await open(lead);
  await said(lead, "Wer tauscht Freitag?").waitFor();
  await tab(lead).locator(".count").waitFor({ state: "detached" });
  await said(counselor, "Wer tauscht Freitag?").filter({ hasText: counselor.person.text("talk-progress-read") }).waitFor();
  await write(lead, "Ich, gern.");
  await said(counselor, "Ich, gern.").waitFor();
  // Seen where it stands, it is not counted.
  assert.equal(await tab(counselor).locator(".count").count(), 0);

  // The counselor is with the seeker when more comes.
  await area(counselor.page, counselor.person, "talks");
  await write(lead, "Danke dir.");
  await tab(counselor).locator(".count").waitFor();
  await answer(counselor.page, counselor.person, name, "Ja, ich bin da.");
  await seeker.page.getByText("Ja, ich bin da.", { exact: true }).first().waitFor();
  await open(counselor);
  await said(counselor, "Danke dir.").waitFor();
  await look(counselor.page, "room");

  const fetched = asked.map((path) => /\/conversation\/(f{8}[0-9a-f]{24})\//.exec(path)?.[1]).find(Boolean);
  assert.ok(fetched, "the lead's browser has fetched the room");
  const count = (pieces) => pieces.filter((piece) => piece.includes(fetched)).length;
  assert.ok(count(control) > 1, "it received it, and the search finds it there");
  assert.ok(seeker.received.length > 8);
  assert.equal(count(seeker.received), 0);
});

test("each month begins anew, and the former ones can be read", async () => {
  // Another device of the counselor's, whose clock is in the next month.
  const other = { person: await visitor(browser, box.origin) };
  const now = new Date();
  const ahead = nextMonth(now).getTime() + 2 * DAY_MS - now.getTime();
  const goAhead = (ms) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + ms;
  };
  other.person.context.on("page", (page) => page.on("worker", (worker) => worker.evaluate(goAhead, ahead)));
  other.page = await staffLogIn(other.person, ina);
  await open(other);
  const { page, person } = other;
  const select = page.getByRole("combobox", { name: person.text("room-month"), exact: true });
  await select.waitFor();
  assert.deepEqual(await select.locator("option").allTextContents(), [month(nextMonth(now)), month(now)]);
  await on(page, person).sentence("room-empty").waitFor();
  await select.selectOption(month(now));
  await said(other, "Wer tauscht Freitag?").waitFor();
  await on(page, person).sentence("room-over").waitFor();
  assert.equal(await page.locator("textarea").count(), 0, "nothing is written there any more");
  await look(page, "room-month");
  await page.setViewportSize(phone);
  await look(page, "room-month-phone");
  await page.setViewportSize(desktop);
  await on(page, person).button("room-now", { month: month(nextMonth(now)) }).click();
  await on(page, person).sentence("room-empty").waitFor();
  // Something new in a month that is not shown.
  await write(lead, "Noch etwas.");
  const chip = page.getByRole("button", { name: person.text("room-elsewhere", { count: 1, month: month(now) }), exact: true });
  await chip.click();
  await said(other, "Noch etwas.").waitFor();
  await chip.waitFor({ state: "detached" });
  await person.close();
});

test("it can be read by everybody, on a phone and in the dark as well", async () => {
  const { page } = counselor;
  for (const [where, viewport] of [["desktop", desktop], ["phone", phone]]) {
    await page.setViewportSize(viewport);
    await field(counselor).waitFor();
    await assertFits(page, `room-${where}`);
    await assertAccessible(page, `room-${where}`);
  }
  await page.setViewportSize(desktop);
  for (const { person } of [lead, counselor, seeker]) person.assertNoProblems();
});
