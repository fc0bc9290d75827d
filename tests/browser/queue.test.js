// Whose turn it is: a lead sets the team's rule, waiting talks are offered to the least busy one on duty and to nobody
// beyond the limit; what is given back, closed and written in again waits anew.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { answer, area, claim, duty, employ, on, openSignUp, progress, saveQueueRules, send, setUp, show, signUp } from "./steps.js";

const password = "quitte falter ozean 93 mörtel";
const look = lookOnce();
const people = ["Ben Ahrens", "Cem Yilmaz"].map((displayName) => ({
  displayName, name: displayName.split(" ")[0].toLowerCase(), password: "amboss wiesel kreide turm gondel 44 pfeil",
}));

let box;
let browser;
let administrator;
let administration;
let team;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  administrator = await visitor(browser, box.origin, { look });
  administration = (await setUp(administrator, box)).page;
  await duty(administration, administrator, false);
  team = [];
  for (const one of people) {
    const employed = await employ(browser, box.origin, administrator, administration, one);
    await on(employed.page, employed.person).heading("work-none-title").waitFor();
    team.push(employed);
  }
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

async function write(name, words) {
  const person = await visitor(browser, box.origin);
  const page = await openSignUp(person);
  await signUp(page, person, { name, password });
  await send(page, person, words);
  await progress(page, person, words, "stored");
  return { person, page };
}

const item = ({ page }, name) => page.locator(".row-talk", { hasText: name });
const claimButton = ({ page, person }, name) => on(page, person).button("queue-claim-of", { name });

/** Whose turn it is: the one who is told so, and the other. */
async function turn(name) {
  const own = team.map((one) => item(one, name).getByText(one.person.text("queue-offered-own"), { exact: true }));
  await Promise.any(own.map((told) => told.waitFor()));
  const mine = (await own[0].isVisible()) ? 0 : 1;
  return [team[mine], team[1 - mine]];
}

test("a lead says that talks are offered in turn, and the rule stays", async () => {
  await area(administration, administrator, "lead");
  const { field } = on(administration, administrator);
  await administration.getByRole("radio", { name: administrator.text("lead-queue-push") }).check();
  await field("lead-queue-talks").fill("1");
  await field("lead-queue-offer").fill("600");
  await saveQueueRules(administration, administrator);
  await look(administration, "lead");
  await administration.setViewportSize(phone);
  await look(administration, "lead-phone");
  await administration.setViewportSize({ width: 1280, height: 800 });
  await area(administration, administrator, "talks");
  await area(administration, administrator, "lead");
  await field("lead-queue-talks").waitFor();
  assert.equal(await field("lead-queue-talks").inputValue(), "1");
  assert.ok(await administration.getByRole("radio", { name: administrator.text("lead-queue-push") }).isChecked());
  await area(administration, administrator, "talks");
  // Who leads nothing has no such area.
  assert.equal(await on(team[0].page, team[0].person).button("staff-nav-lead").count(), 0);
});

test("a talk is offered to one, the next to the other, and a third to nobody", async () => {
  for (const { page, person } of team) await duty(page, person, true);
  const names = ["Anemone-11", "Birnbaum-22", "Calla-33"];
  const first = await write(names[0], "Ist da wer?");
  const [one, other] = await turn(names[0]);
  await item(other, names[0]).getByText(other.person.text("queue-offered", { name: one.displayName }), { exact: true }).waitFor();
  assert.equal(await claimButton(other, names[0]).count(), 0);
  await show(other.page, other.person, names[0]);
  await look(other.page, "offered-elsewhere");
  await look(one.page, "offered-own");
  // The lead may help out at any time.
  await claimButton({ page: administration, person: administrator }, names[0]).waitFor();
  await claim(one.page, one.person, names[0]);
  await answer(one.page, one.person, names[0], "Ja, ich bin da.");

  await write(names[1], "Ich auch.");
  const [second] = await turn(names[1]);
  assert.equal(second.displayName, other.displayName);
  await claim(other.page, other.person, names[1]);
  await write(names[2], "Und ich.");
  await item(one, names[2]).waitFor();
  await claimButton(one, names[2]).click();
  await one.page.getByText(one.person.text("failure-talks-full"), { exact: true }).first().waitFor();

  // With both busy it is nobody's turn, until one has closed a talk.
  await show(one.page, one.person, names[0]);
  await on(one.page, one.person).button("work-close").click();
  await one.page.getByRole("dialog").getByRole("button", { name: one.person.text("work-close-submit"), exact: true }).click();
  await on(one.page, one.person).sentence("work-closed").waitFor();
  const [free] = await turn(names[2]);
  assert.equal(free.displayName, one.displayName);
  await claim(one.page, one.person, names[2]);

  // A new message opens what was closed, for those who read it: it is not the other's turn, whose
  // own talk is given back to the team and offered to them again.
  await send(first.page, first.person, "Noch etwas.");
  await item(one, names[0]).waitFor();
  await show(other.page, other.person, names[1]);
  await other.page.getByRole("button", { name: other.person.text("work-release"), exact: true }).filter({ visible: true }).click();
  await item(other, names[1]).getByText(other.person.text("queue-offered-own"), { exact: true }).waitFor();
  await item(one, names[1]).getByText(one.person.text("queue-offered", { name: other.displayName }), { exact: true }).waitFor();
  await item(one, names[0]).getByText(one.person.text("queue-offered", { name: other.displayName })).waitFor({ state: "detached" });
  // A row that was there keeps its place while the pointer moves in the list.
  await item(other, names[0]).waitFor({ state: "detached" });
  for (const { person } of [...team, { person: administrator }]) await person.close();
});
