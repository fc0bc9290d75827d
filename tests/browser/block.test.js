// A pseudonym is blocked: the counselor says why, the seeker reads that they can't write and where help is, and a lead
// lifts it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { desktop, lookOnce, phone, startBrowser } from "./browser.js";
import { claim, line, on, send, show, takenTalk } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const name = "Uhu-12";
const why = "Droht und beschimpft";
const look = lookOnce();

let box;
let browser;
let lead;
let counselor;
let seeker;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  ({ lead, counselor, seeker } = await takenTalk(browser, box, ina, name, "Na warte."));
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

test("who is blocked reads why nothing can be written, and where help is", async () => {
  const { page, person } = counselor;
  await on(page, person).button("work-close").click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByRole("radio", { name: person.text("ending-blocked") }).check();
  const submit = dialog.getByRole("button", { name: person.text("block-submit"), exact: true });
  // Not without a word of what has happened.
  await submit.click();
  const field = dialog.getByLabel(person.text("block-why"), { exact: true });
  assert.ok(await field.evaluate((field) => !field.validity.valid && field === document.activeElement));
  await field.fill(why);
  await look(page, "dialog");
  await page.setViewportSize(phone);
  await look(page, "dialog-phone");
  await page.setViewportSize(desktop);
  await submit.click();
  await on(page, person).sentence("block-now").waitFor();
  assert.equal(await on(page, person).button("block-lift").count(), 0);
  await page.locator(".talk-column .note", { hasText: why }).waitFor();
  await look(page, "counselor");

  const there = on(seeker.page, seeker.person);
  await there.sentence("chat-blocked").waitFor();
  await line(seeker.page, seeker.person, "Na warte.").waitFor();
  assert.equal(await seeker.page.locator(".chat-foot").count(), 0);
  await seeker.page.locator("a[href^='tel:']").first().waitFor();
  await look(seeker.page, "seeker");
  await seeker.page.setViewportSize(phone);
  await look(seeker.page, "seeker-phone");
  await seeker.page.setViewportSize(desktop);
});

test("a lead lifts it, and the seeker writes again", async () => {
  const { page, person } = lead;
  await show(page, person, name);
  await page.locator(".talk-column .note", { hasText: why }).waitFor();
  await look(page, "lead");
  await on(page, person).button("block-lift").click();
  await on(page, person).sentence("work-closed").waitFor();
  await seeker.page.getByText(seeker.person.text("talk-unblocked"), { exact: true }).waitFor();
  await send(seeker.page, seeker.person, "Tut mir leid.");
  await claim(counselor.page, counselor.person, name);
  await line(counselor.page, counselor.person, "Tut mir leid.").waitFor();
  const shown = await seeker.page.locator("body").textContent();
  assert.ok(!shown.includes(why));
  for (const { person } of [lead, counselor, seeker]) person.assertNoProblems();
});
