// What a counselor notes for themselves about a talk: kept while it is typed, on all their devices, read by nobody else,
// and of two devices that change it at once neither loses a word.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, desktop, lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { on, show, staffLogIn, takenTalk } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const name = "Waldkauz-31";
const look = lookOnce();

let box;
let browser;
let lead;
let counselor;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  ({ lead, counselor } = await takenTalk(browser, box, ina, name, "Hallo?"));
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

const place = ({ page }) => page.locator(".own-note").filter({ visible: true });
const field = (who) => place(who).getByLabel(who.person.text("note-title"), { exact: true });
const saved = (who) => place(who).getByText(who.person.text("note-saved"), { exact: true }).waitFor();

/** Waits until the note holds this and nothing else. */
const holds = (who, value) =>
  field(who).evaluate(
    (element, wanted) =>
      new Promise((done) => {
        const look = () => (element.value === wanted ? done() : requestAnimationFrame(look));
        look();
      }),
    value,
  );

test("a note is kept as it is typed and stands there after a reload", async () => {
  const { page, person } = counselor;
  await show(page, person, name);
  await page.locator(".own-note textarea:not([readonly])").filter({ visible: true }).waitFor();
  await field(counselor).fill("Jüngerer Bruder auch da? Nachfragen.");
  await saved(counselor);
  await page.setViewportSize(desktop);
  await assertAccessible(page, "note");
  await look(page, "note");
  await page.reload();
  await show(page, person, name);
  await holds(counselor, "Jüngerer Bruder auch da? Nachfragen.");
});

test("nobody else reads it, not even who leads and reads the talk", async () => {
  await show(lead.page, lead.person, name);
  await lead.page.locator(".own-note textarea:not([readonly])").filter({ visible: true }).waitFor();
  assert.equal(await field(lead).inputValue(), "");
});

test("of two devices the second is told, and keeps what it has typed", async () => {
  // Who comes to the field reads what is new: here that was before the other device wrote.
  await field(counselor).focus();
  const other = { person: await visitor(browser, box.origin) };
  other.page = await staffLogIn(other.person, ina);
  await show(other.page, other.person, name);
  await holds(other, "Jüngerer Bruder auch da? Nachfragen.");
  await field(other).fill("Am Telefon: sicherer Ort bei der Tante.");
  await saved(other);
  // The first device does not know of it and goes on.
  await field(counselor).pressSequentially(" Schule?");
  const told = place(counselor).getByRole("alert").filter({ hasText: counselor.person.text("note-changed") });
  await told.getByText("Am Telefon: sicherer Ort bei der Tante.", { exact: true }).waitFor();
  assert.match(await field(counselor).inputValue(), /Schule\?/);
  await look(counselor.page, "note-two");
  await assertAccessible(counselor.page, "note-two");
  await on(counselor.page, counselor.person).button("note-both").filter({ visible: true }).click();
  await saved(counselor);
  const both = await field(counselor).inputValue();
  assert.match(both, /^Am Telefon: sicherer Ort bei der Tante\.\n\nJüngerer Bruder/);
  // The other one reads it when the person comes back to the field.
  await other.page.getByRole("heading", { level: 1, name, exact: true }).focus();
  await field(other).focus();
  await holds(other, both);
  other.person.assertNoProblems();
});

test("on a phone it is where one looks for the person, and fits", async () => {
  const { page } = counselor;
  await page.setViewportSize(phone);
  await page.locator(".person-small summary").click();
  await field(counselor).waitFor();
  await assertFits(page, "note-phone");
  await assertAccessible(page, "note-phone");
  await look(page, "note-phone");
  await page.setViewportSize(desktop);
  for (const { person } of [lead, counselor]) person.assertNoProblems();
});
