// Sessions that run out under somebody's hands, and what a person's choice of being on duty survives.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { startRelay } from "./relay.js";
import {
  answerField, area, claim, employ, fillStaffLogIn, line, logIn, on, openSignUp, organisation, progress, send, setUp, show, signUp, texts,
} from "./steps.js";

const seekerData = { name: "Haselnuss-208", password: "quitte falter ozean 93 mörtel" };
const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const look = lookOnce();

let box;
let browser;
let relay;
let administrator;
let administration;
let counselor;

before(async () => {
  box = await startBox();
  relay = await startRelay(box.address);
  browser = await startBrowser();
  administrator = await visitor(browser, box.origin);
  administration = (await setUp(administrator, box)).page;
});

after(async () => {
  await browser?.close();
  await relay?.close();
  await box?.stop();
});

/** Ends the session of a page from outside, as time does: the box knows its token no longer. */
async function expire(page) {
  const handle = await page.evaluate(() => sessionStorage.getItem("revoke"));
  assert.match(handle, /^[0-9a-f]{64}$/);
  const answer = await administrator.context.request.post(`${box.origin}/api/v1/revoke`, {
    headers: { "content-type": "application/octet-stream" },
    data: Buffer.from(handle, "hex"),
  });
  assert.equal(answer.status(), 200);
}

/** The switch between on and off duty, in that state. */
function dutySwitch(page, person, checked) {
  return page.getByRole("switch", { name: person.text("presence-available"), checked });
}

test("who was just confirmed is not on duty; the choice survives a reload", async () => {
  const passer = await visitor(browser, box.origin);
  const start = await openSignUp(passer);
  await signUp(start, passer, { name: "Zaungast-77", password: seekerData.password });
  const { sentence } = on(start, passer);
  await sentence("chat-nobody-there").waitFor();
  await dutySwitch(administration, administrator, false).click();
  await sentence("chat-somebody-there").waitFor();
  await dutySwitch(administration, administrator, true).click();
  await sentence("chat-nobody-there").waitFor();

  counselor = await employ(browser, box.origin, administrator, administration, ina);
  const { page, person } = counselor;
  await dutySwitch(page, person, false).waitFor();
  // Seekers are told the same, also those who come after the counselor is connected.
  await start.reload();
  await sentence("chat-nobody-there").waitFor();
  await page.reload();
  await on(page, person).heading("work-none-title").waitFor();
  await dutySwitch(page, person, false).waitFor();

  await dutySwitch(page, person, false).click();
  await sentence("chat-somebody-there").waitFor();
  await page.reload();
  await dutySwitch(page, person, true).waitFor();
  await dutySwitch(page, person, true).click();
  await sentence("chat-nobody-there").waitFor();
  await page.reload();
  await on(page, person).heading("work-none-title").waitFor();
  await dutySwitch(page, person, false).waitFor();
  await sentence("chat-nobody-there").waitFor();
  await passer.close();
});

test("a seeker's session runs out in a dead spot: told why, and nothing written is lost", async () => {
  const seeker = await visitor(browser, relay.origin, { look, viewport: phone });
  seeker.allow(/Failed to load resource|WebSocket connection to .* failed/);
  const page = await openSignUp(seeker);
  await signUp(page, seeker, seekerData);
  await send(page, seeker, "Eins");
  await progress(page, seeker, "Eins", "stored");
  await claim(counselor.page, counselor.person, seekerData.name);
  relay.refuse(true);
  await on(page, seeker).sentence("talk-reconnecting").waitFor();
  await send(page, seeker, "Zwei, schon abgeschickt");
  await on(page, seeker).field("talk-message-label").fill("Drei, noch nicht");
  await expire(page);
  relay.refuse(false);

  const { heading, sentence, button, field } = on(page, seeker);
  await heading("ended-expired-title").waitFor();
  await sentence("ended-expired").waitFor();
  await sentence("ended-unsent").waitFor();
  await look(page, "seeker-expired");
  await button("ended-log-in").click();
  await logIn(page, seeker, seekerData);
  await line(page, seeker, "Eins").waitFor();
  const left = "Zwei, schon abgeschickt\nDrei, noch nicht";
  assert.equal(await field("talk-message-label").inputValue(), left);
  await send(page, seeker, left);
  await progress(page, seeker, left, "stored");
  assert.deepEqual(await texts(page, seeker), ["Eins", left]);
  await line(counselor.page, counselor.person, left).waitFor();

  // Whoever else logs in on this page gets nothing of it.
  await field("talk-message-label").fill("Geht niemanden etwas an");
  await expire(page);
  await heading("ended-expired-title").waitFor();
  await button("ended-log-in").click();
  await logIn(page, seeker, { name: "Zaungast-77", password: seekerData.password });
  assert.equal(await field("talk-message-label").inputValue(), "");
  assert.equal(await page.getByText("Geht niemanden etwas an").count(), 0);
  await seeker.close();
});

test("a counselor's session runs out while an answer is being written, in English", async () => {
  await counselor.person.close();
  const person = await visitor(browser, box.origin, { look, language: "en" });
  person.allow(/Failed to load resource|WebSocket connection to .* failed/);
  const page = await person.open("/staff?lang=en");
  await fillStaffLogIn(page, person, ina);
  await on(page, person).heading("work-none-title").waitFor();
  await show(page, person, seekerData.name);
  const field = answerField(page, person, seekerData.name);
  await field.fill("Half an answer");
  await expire(page);
  const { heading, sentence, button } = on(page, person);
  await heading("ended-expired-title").waitFor();
  await sentence("ended-unsent").waitFor();
  await look(page, "staff-expired");
  await button("ended-log-in").click();
  await fillStaffLogIn(page, person, ina);
  await show(page, person, seekerData.name);
  await page.waitForFunction(
    ([label, words]) => document.querySelector(`textarea[aria-label="${label}"]`)?.value === words,
    [person.text("work-answer-label", { name: seekerData.name }), "Half an answer"],
  );
  await person.close();
});

test("an administrator's session runs out between two fields: the forms stand as they were left", async () => {
  administrator.allow(/Failed to load resource|WebSocket connection to .* failed/);
  const { field, button, heading, sentence, text } = on(administration, administrator);
  await area(administration, administrator, "administration");
  await field("admin-invite-name").fill("Jona Falk");
  await field("admin-invite-role").selectOption({ label: text("role-lead") });
  await field("admin-site-retention").fill("45");
  await field("admin-site-emergency").fill("112; Notruf\n0800 111 0 333; Nummer gegen Kummer");
  // The mail server's form shows what the box has, and begins anew; what is ticked of a team is said at once.
  const typed = () =>
    administration
      .locator("main section:not(:has(#mail-title)) :is(input:not([type=checkbox]), textarea, select)")
      .evaluateAll((fields) => fields.map(({ id, value }) => [id, value]));
  const left = await typed();
  assert.equal(left.length, 7);
  // To look something up is not to give up.
  await area(administration, administrator, "talks");
  await area(administration, administrator, "administration");
  assert.deepEqual(await typed(), left);

  await expire(administration);
  await heading("ended-expired-title").waitFor();
  await sentence("ended-unsent").waitFor();
  await button("ended-log-in").click();
  await fillStaffLogIn(administration, administrator, organisation);
  await field("admin-invite-name").waitFor();
  assert.deepEqual(await typed(), left);
  await button("admin-site-save").click();
  await sentence("admin-site-saved").waitFor();
  await button("admin-invite-submit").click();
  await heading("admin-invite-link-title", { name: "Jona Falk" }).waitFor();

  // What was sent is not kept any more, and nobody else gets what was not.
  await area(administration, administrator, "talks");
  await area(administration, administrator, "administration");
  assert.equal(await field("admin-invite-name").inputValue(), "");
  assert.equal(await field("admin-site-retention").inputValue(), "45");
  await field("admin-invite-name").fill("Nur für Theo");
  await expire(administration);
  await button("ended-log-in").click();
  await fillStaffLogIn(administration, administrator, ina);
  await heading("work-none-title").waitFor();
  assert.equal(await administration.getByText("Nur für Theo").count(), 0);
  await administrator.close();
});
