// Groups: several seekers and the team, founded and moderated in an area of their own, come to by invitation from a talk.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { desktop, lookOnBoth, lookOnce, startBrowser, visitor } from "./browser.js";
import { answerField, area, claim, line, on, openSignUp, send, signUp, takenTalk } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const title = "Trauer um Eltern";
const password = "quitte falter ozean 93 mörtel";
const look = lookOnce();
const both = lookOnBoth(look);

let box;
let browser;
let lead;
let counselor;
let first;
let second;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  ({ lead, counselor, seeker: first } = await takenTalk(browser, box, ina, "Waldkauz-31", "Hallo?"));
  second = { person: await visitor(browser, box.origin) };
  second.page = await openSignUp(second.person);
  await signUp(second.page, second.person, { name: "Kiesel-7", password });
  await send(second.page, second.person, "Guten Abend");
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

const tab = ({ page, person }) =>
  page.getByRole("navigation", { name: person.text("staff-nav-label") }).getByRole("button", { name: person.text("group-area"), exact: true });
const said = ({ page }, words) => page.getByRole("log").getByRole("listitem").filter({ has: page.getByText(words, { exact: true }) });
const places = ({ page, person }) => page.getByRole("navigation", { name: person.text("group-places") });
const guest = ({ page, person }, name) =>
  page.getByRole("complementary", { name: person.text("group-who") }).getByRole("listitem").filter({ hasText: name });

async function write({ page, person }, words) {
  await page.getByLabel(person.text("group-answer"), { exact: true }).fill(words);
  await on(page, person).button("talk-send").click();
  await said({ page }, words).waitFor();
}

/** Invited from the talk that the counselor has open, says to come, and is let in. */
async function comes(seeker, seekerName, name) {
  const { page, person } = counselor;
  await area(page, person, "talks");
  await page.getByRole("region", { name: person.text("queue-label") }).getByRole("button", { name: seekerName }).first().click();
  await answerField(page, person, seekerName).waitFor();
  await on(page, person).button("group-invite", { title }).first().click();
  const own = on(seeker.page, seeker.person);
  await own.sentence("group-invited", { title }).waitFor();
  await both(seeker.page, "group-invitation");
  await own.field("group-name").fill(name);
  await own.button("group-join").click();
  await own.sentence("group-joined", { name }).waitFor();
  await on(page, person).sentence("group-joined", { name }).waitFor();
  await look(page, "group-admission");
  await on(page, person).button("group-admit").click();
  await places(seeker).getByRole("button", { name: title }).waitFor();
  await on(page, person).button("group-admit").waitFor({ state: "detached" });
}

test("there are none before the administration wants some", async () => {
  assert.equal(await tab(counselor).count(), 0);
  await area(lead.page, lead.person, "administration");
  await lead.page.getByRole("checkbox", { name: lead.person.text("group-allow") }).check();
  await tab(lead).waitFor();
  await tab(counselor).click();
  await on(counselor.page, counselor.person).sentence("group-none").waitFor();
});

test("a counselor founds one with times", async () => {
  const { page, person } = counselor;
  await on(page, person).button("group-found").first().click();
  await on(page, person).field("group-title").fill(title);
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
  const pad = (number) => String(number).padStart(2, "0");
  const day = `${yesterday.getFullYear()}-${pad(yesterday.getMonth() + 1)}-${pad(yesterday.getDate())}`;
  const times = page.getByRole("group", { name: person.text("group-times") });
  await times.locator('input[type="date"]').fill(day);
  await on(page, person).button("group-time-more").click();
  assert.equal(await times.locator('input[type="date"]').count(), 2);
  await both(page, "group-founding");
  await page.setViewportSize(desktop);
  // Open now, whatever hour it is: from this hour on, for as long as a day may be.
  const now = await page.evaluate(() => {
    const date = new Date(Date.now() - 60_000);
    const two = (number) => String(number).padStart(2, "0");
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
    const last = new Date(date.getTime() - 60_000);
    return { day, time, until: `${two(last.getHours())}:${two(last.getMinutes())}` };
  });
  await times.locator('input[type="date"]').first().fill(now.day);
  await times.locator('input[type="time"]').nth(0).fill(now.time);
  await times.locator('input[type="time"]').nth(1).fill(now.until);
  await page.locator(".group-form").getByRole("button", { name: person.text("group-found"), exact: true }).click();
  await page.getByRole("complementary", { name: person.text("group-who") }).waitFor();
  await on(page, person).sentence("group-empty").waitFor();
  await look(page, "group-empty");
});

test("two seekers come, each by a name of the group's", async () => {
  await area(counselor.page, counselor.person, "talks");
  await claim(counselor.page, counselor.person, "Kiesel-7");
  await comes(first, "Waldkauz-31", "Igel");
  await comes(second, "Kiesel-7", "Wolke");
  await tab(counselor).click();
  await guest(counselor, "Igel").waitFor();
  await guest(counselor, "Wolke").waitFor();
  await write(counselor, "Willkommen zusammen.");
  for (const seeker of [first, second]) {
    await places(seeker).getByRole("button", { name: title }).click();
    await said(seeker, "Willkommen zusammen.").waitFor();
  }
  await send(first.page, first.person, "Schön, dass ihr da seid.");
  await said(second, "Schön, dass ihr da seid.").filter({ hasText: "Igel" }).waitFor();
  await said(counselor, "Schön, dass ihr da seid.").filter({ hasText: "Igel" }).waitFor();
  await send(second.page, second.person, "Danke.");
  await said(first, "Danke.").filter({ hasText: "Wolke" }).waitFor();
  // No pseudonym of a talk is to be seen by others.
  assert.equal(await second.page.getByText("Waldkauz").count(), 0);
  await both(first.page, "group-seeker");
  await both(counselor.page, "group-moderated");
  await counselor.page.setViewportSize(desktop);
});

test("muted, heard again, and taken out", async () => {
  const { page, person } = counselor;
  const act = (name, key) => guest(counselor, name).getByRole("button", { name: person.text(key) }).click();
  await act("Wolke", "group-mute");
  await on(second.page, second.person).sentence("group-muted").waitFor();
  assert.equal(await second.page.locator("textarea").count(), 0);
  await both(second.page, "group-muted");
  await act("Wolke", "group-unmute");
  await on(second.page, second.person).sentence("group-muted").waitFor({ state: "detached" });
  await act("Wolke", "group-remove");
  await places(second).waitFor({ state: "detached" });
  await line(second.page, second.person, "Guten Abend").waitFor();
  await write(counselor, "Jetzt sind wir zu dritt.");
  await said(first, "Jetzt sind wir zu dritt.").waitFor();
  assert.equal(await second.page.getByText("Jetzt sind wir zu dritt.").count(), 0);
});

test("outside of its times it says when it opens again", async () => {
  const { page, person } = counselor;
  await on(page, person).button("group-change").click();
  await on(page, person).button("group-time-remove").first().click();
  await look(page, "group-changing");
  await on(page, person).button("group-save").click();
  await on(page, person).button("group-save").waitFor({ state: "detached" });
  await first.page.locator("footer.chat-foot .note").waitFor();
  assert.equal(await first.page.locator("textarea").count(), 0);
  await both(first.page, "group-closed");
});
