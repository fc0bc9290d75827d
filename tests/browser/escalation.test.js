// A request that nobody accepts goes on: to the next on duty, to the leads, and then it is a letter, of which its
// writer reads kindly; whoever takes it later makes it live again. Each step stands in the talk, for staff alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnBoth, startBrowser, visitor } from "./browser.js";
import { answer, area, claim, duty, employ, on, openSignUp, progress, saveQueueRules, send, setUp, show, signUp } from "./steps.js";
import { anyOf } from "./text.js";

const password = "quitte falter ozean 93 mörtel";
const looks = lookOnBoth();
const people = ["Ben Ahrens", "Cem Yilmaz"].map((displayName) => ({
  displayName, name: displayName.split(" ")[0].toLowerCase(), password: "amboss wiesel kreide turm gondel 44 pfeil",
}));

let box;
let browser;
let lead;
let leads;
let ben;
let cem;
const lila = {};

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  lead = await visitor(browser, box.origin);
  leads = (await setUp(lead, box)).page;
  await duty(leads, lead, false);
  [ben, cem] = [await employ(browser, box.origin, lead, leads, people[0]), await employ(browser, box.origin, lead, leads, people[1])];
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

const row = ({ page }, name) => page.locator(".row-talk", { hasText: name });
/** What the seeker reads below the lines once it is a letter. */
const letter = () => lila.page.locator(".note.letter", { hasText: lila.person.text("chat-letter-instead") });
/** A line of a talk's log. */
const words = ({ text }, name) => anyOf(text, name, "name", "time");
const note = (page, person, name) => page.getByRole("log").getByText(words(person, name));

test("a lead says how long each step stands", async () => {
  const { button, field } = on(leads, lead);
  await area(leads, lead, "roster");
  await button("roster-rules").click();
  await leads.getByRole("checkbox", { name: lead.text("roster-promise-made") }).check();
  // Whoever is there counts as on duty.
  await button("roster-save").click();
  await leads.locator(".roster-dialog").waitFor({ state: "detached" });
  await area(leads, lead, "lead");
  const switched = leads.getByRole("checkbox", { name: lead.text("lead-escalation-on") });
  assert.ok(!(await switched.isChecked()), "nobody has chosen it yet");
  assert.equal(await field("lead-escalation-leads").isVisible(), false);
  await switched.check();
  await field("lead-escalation-next").fill("15");
  await field("lead-escalation-leads").fill("15");
  await field("lead-escalation-letter").fill("15");
  await looks(leads, "rules");
  await saveQueueRules(leads, lead);
  await area(leads, lead, "talks");
  await area(leads, lead, "lead");
  await field("lead-escalation-letter").waitFor();
  assert.equal(await field("lead-escalation-letter").inputValue(), "15");
  await area(leads, lead, "talks");
});

test("step by step it goes on, and each step stands in the talk", async () => {
  for (const one of [ben, cem]) await duty(one.page, one.person, true);
  lila.person = await visitor(browser, box.origin);
  lila.page = await openSignUp(lila.person);
  await signUp(lila.page, lila.person, { name: "Lila-7", password });
  await send(lila.page, lila.person, "Ist jemand da?");
  await progress(lila.page, lila.person, "Ist jemand da?", "stored");
  await on(lila.page, lila.person).sentence("chat-somebody-there").waitFor();
  await show(ben.page, ben.person, "Lila-7");

  // One of the two by name; the other is told whom.
  const own = [ben, cem].map((one) => row(one, "Lila-7").getByText(one.person.text("escalation-tag-own"), { exact: true }));
  await Promise.any(own.map((tag) => tag.waitFor()));
  const [asked, other] = (await own[0].isVisible()) ? [ben, cem] : [cem, ben];
  const name = asked.displayName;
  await row(other, "Lila-7").getByText(other.person.text("escalation-tag-person", { name }), { exact: true }).waitFor();
  await note(ben.page, ben.person, asked === ben ? "escalation-line-own" : "escalation-line-person").waitFor();

  // Whoever leads hears it off duty, too.
  await row({ page: leads }, "Lila-7").getByText(lead.text("escalation-tag-leads"), { exact: true }).waitFor();
  await on(leads, lead).sentence("alarm-rings").waitFor();
  await note(ben.page, ben.person, "escalation-line-leads").waitFor();
  await looks(ben.page, "steps");
  await on(lila.page, lila.person).sentence("chat-somebody-there").waitFor();
  assert.equal(await lila.page.getByRole("log").getByText(/gefragt/).count(), 0, "whom the team asks is the team's");
});

test("then it is a letter: its writer reads so, with the promise, and goes on writing", async () => {
  const { sentence } = on(lila.page, lila.person);
  await letter().waitFor();
  await sentence("chat-nobody-there").waitFor();
  await lila.page.getByText(anyOf(lila.person.text, "chat-promise", "day", "time")).waitFor();
  await looks(lila.page, "letter");
  await note(ben.page, ben.person, "escalation-line-letter").waitFor();
  await row(ben, "Lila-7").getByText(ben.person.text("escalation-tag-letter"), { exact: true }).waitFor();
  // Nobody is called for a letter who is not on duty.
  await on(leads, lead).sentence("alarm-rings").waitFor({ state: "hidden" });
  await send(lila.page, lila.person, "Dann schreibe ich eben.");
  await progress(lila.page, lila.person, "Dann schreibe ich eben.", "stored");
  await letter().waitFor();
});

test("who takes it makes it live again, and the steps stay where they were", async () => {
  await claim(ben.page, ben.person, "Lila-7");
  const { sentence } = on(lila.page, lila.person);
  await letter().waitFor({ state: "detached" });
  await sentence("chat-somebody-there").waitFor();
  await answer(ben.page, ben.person, "Lila-7", "Jetzt bin ich da.");
  await lila.page.getByText("Jetzt bin ich da.", { exact: true }).waitFor();
  const items = await ben.page.getByRole("log").getByRole("listitem").allInnerTexts();
  const place = (name) => items.findIndex((item) => words(ben.person, name).test(item.trim()));
  const became = place("escalation-line-letter");
  const later = items.findIndex((item) => item.includes("Dann schreibe ich eben."));
  assert.ok(place("escalation-line-leads") < became && became < later && became >= 0, JSON.stringify(items));
  for (const { person } of [ben, cem, lila, { person: lead }]) person.assertNoProblems();
});
