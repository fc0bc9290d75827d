// What a team says among itself about a talk: two counselors at the workplace, and a seeker whose browser receives none
// of it. The two fields are never on the screen together, don't look alike, and keep what is half written apart.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, desktop, phone, startBrowser } from "./browser.js";
import { answer, answerField, holds, line, on, received, send, show, takenTalk, texts } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const name = "Waldkauz-31";

let box;
let browser;
let lead;
let counselor;
let seeker;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  ({ lead, counselor, seeker } = await takenTalk(browser, box, ina, name, "Hallo?"));
  await answer(counselor.page, counselor.person, name, "Ja, ich bin da.");
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

const side = ({ page, person }, key, values) => page.locator(".sides").getByRole("button", { name: person.text(key, values) });
const toTeam = (who) => side(who, "beside-team").click();
const toSeeker = (who) => side(who, "beside-with", { name }).click();
const field = ({ page, person }) => page.getByRole("textbox", { name: person.text("beside-answer-label", { name }) });
const said = ({ page, person }, words) =>
  page.getByRole("log", { name: person.text("beside-label") }).getByRole("listitem").filter({ has: page.getByText(words, { exact: true }) });

async function write(who, words) {
  await field(who).fill(words);
  await on(who.page, who.person).button("talk-send").click();
  await said(who, words).waitFor();
}

test("what is written to the team is never in the field that the seeker's answer is written in", async () => {
  const { page, person } = counselor;
  await answerField(page, person, name).fill("Halb fertige Antwort");
  await toTeam(counselor);
  await on(page, person).sentence("beside-only").filter({ visible: true }).first().waitFor();
  assert.equal(await page.locator(".talk-column textarea:visible").count(), 1, "one field at a time");
  assert.equal(await field(counselor).inputValue(), "");
  await field(counselor).fill("Halb fertige Frage");
  await toSeeker(counselor);
  await holds(answerField(page, person, name), "Halb fertige Antwort");
  await page.keyboard.press("Escape");
  // By the keyboard as well.
  await page.getByRole("heading", { level: 1, name, exact: true }).focus();
  await page.keyboard.press("t");
  await field(counselor).waitFor();
  await holds(field(counselor), "Halb fertige Frage");
});

test("two counselors talk beside the talk, live, and the seeker's browser receives none of it", async () => {
  const control = received(lead.page);
  await lead.page.reload();
  await on(lead.page, lead.person).heading("work-none-title").waitFor();
  await write(counselor, "Wer liest bei mir mit?");
  const thread = (await field(counselor).getAttribute("id")).replace("beside-", "");
  assert.match(thread, /^f{8}[0-9a-f]{24}$/);

  // The lead reads in the list that something is there, and finds it.
  await lead.page.getByText(lead.person.text("beside-unread", { count: 1 }), { exact: true }).waitFor();
  await show(lead.page, lead.person, name);
  await side(lead, "beside-team").locator(".count").waitFor();
  await toTeam(lead);
  await said(lead, "Wer liest bei mir mit?").waitFor();
  await side(lead, "beside-team").locator(".count").waitFor({ state: "detached" });
  await said(counselor, "Wer liest bei mir mit?").filter({ hasText: counselor.person.text("talk-progress-read") }).waitFor();

  // The counselor is with the seeker again when the answer comes.
  await toSeeker(counselor);
  await write(lead, "Ich, ab jetzt.");
  await side(counselor, "beside-team").locator(".count").waitFor();
  await answerField(counselor.page, counselor.person, name).fill("");
  await answer(counselor.page, counselor.person, name, "Ich schreibe gleich.");
  await line(seeker.page, seeker.person, "Ich schreibe gleich.").waitFor();
  assert.deepEqual(await texts(seeker.page, seeker.person), ["Hallo?", "Ja, ich bin da.", "Ich schreibe gleich."]);
  await toTeam(counselor);
  await said(counselor, "Ich, ab jetzt.").waitFor();

  const count = (pieces) => pieces.filter((piece) => piece.includes(thread)).length;
  assert.ok(count(control) > 2, "the lead's browser received it, and the search finds it there");
  assert.ok(seeker.received.length > 10);
  assert.equal(count(seeker.received), 0);
});

test("it can be read by everybody, on a phone and in the dark as well", async () => {
  const { page } = counselor;
  for (const [where, viewport] of [["desktop", desktop], ["phone", phone]]) {
    await page.setViewportSize(viewport);
    await field(counselor).waitFor();
    await assertFits(page, `beside-${where}`);
    await assertAccessible(page, `beside-${where}`);
  }
  await page.setViewportSize(desktop);
  for (const { person } of [lead, counselor, seeker]) person.assertNoProblems();
});
