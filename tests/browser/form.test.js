// Forms under hard conditions: somebody is quicker than the page; and what a used link leaves behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser, visitor } from "./browser.js";
import { accept, area, on, openSignUp, organisation, progress, setUp, signUp } from "./steps.js";

let box;
let browser;
let administrator;
let administration;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** Holds back the bundle that rates passwords; gives what lets it through, and the promise that it was asked for. */
async function holdStrength(person) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  let asked;
  const wanted = new Promise((resolve) => (asked = resolve));
  await person.context.route(/\/assets\/strength[^/]*\.wasm$/, async (route) => {
    asked();
    await held;
    await route.continue();
  });
  return { release, wanted };
}

test("who presses Next while the passphrase is rated gets on as soon as it is rated", async () => {
  const person = await visitor(browser, box.origin);
  const strength = await holdStrength(person);
  const page = await person.open("/setup?lang=de");
  const { field, button, heading, sentence } = on(page, person);
  await field("setup-code-label").fill(box.claimCode);
  await button("next").click();
  await heading("setup-person-title").waitFor();
  await field("setup-organisation").fill(organisation.organisationName);
  await field("setup-display-name").fill(organisation.displayName);
  await field("setup-login-name").fill(organisation.name);
  await field("setup-passphrase").fill(organisation.password);
  await button("next").click();
  await button("busy").waitFor();
  await strength.wanted;
  assert.equal(await sentence("failure-password-weak").count(), 0);

  // Back to the step before: nobody waits there, and the way on is free again.
  await button("back").click();
  await heading("setup-code-title").waitFor();
  await button("next").waitFor();
  strength.release();
  await button("next").click();
  await heading("setup-person-title").waitFor();
  await button("next").click();
  await heading("setup-team-title").waitFor();
  await person.close();
});

test("who signs up while the password is rated gets in, or is told that it is too weak", async () => {
  administrator = await visitor(browser, box.origin);
  administration = (await setUp(administrator, box)).page;
  for (const [name, password, good] of [
    ["Nachtfalter-61", "quitte falter ozean 93 mörtel", true],
    ["Nachtfalter-62", "passwort1", false],
  ]) {
    const person = await visitor(browser, box.origin);
    const strength = await holdStrength(person);
    const page = await openSignUp(person);
    const { field, button, heading, sentence } = on(page, person);
    await field("signup-name").fill(name);
    await field("field-password").fill(password);
    await button("signup-submit").click();
    await button("busy").waitFor();
    await strength.wanted;
    assert.equal(await sentence("failure-password-weak").count(), 0);
    strength.release();
    await (good ? heading("recovery-title") : sentence("failure-password-weak")).waitFor();
    await person.close();
  }
});

test("what is typed while the first message is on its way stays", async () => {
  const person = await visitor(browser, box.origin);
  const page = await openSignUp(person);
  const name = "Papierboot-88";
  await signUp(page, person, { name, password: "quitte falter ozean 93 mörtel" });
  const { field, button } = on(page, person);
  await field("talk-message-label").fill("Erster Satz");
  await button("talk-send").click();
  // Nobody clicks into the field: it has the focus again.
  await page.keyboard.type("Zweiter");
  await progress(page, person, "Erster Satz", "stored");
  assert.equal(await field("talk-message-label").inputValue(), "Zweiter");
  await page.keyboard.type(" Satz");
  assert.equal(await field("talk-message-label").inputValue(), "Zweiter Satz");
  await person.close();
});

test("a link that was used is not shown as open any more", async () => {
  const { field, button, heading } = on(administration, administrator);
  await area(administration, administrator, "administration");
  const uli = { displayName: "Uli Ulme", name: "uli.ulme", password: "kelle 23 ahorn fjord zimt laute drachen" };
  await field("admin-invite-name").fill(uli.displayName);
  await button("admin-invite-submit").click();
  await heading("admin-invite-link-title", { name: uli.displayName }).waitFor();
  const label = administrator.text("admin-invite-link-label");
  const link = await administration.getByLabel(label, { exact: true }).first().textContent();
  const person = await visitor(browser, box.origin);
  await accept(person, link.trim(), uli);
  await button("admin-countersign-of", { name: uli.displayName }).waitFor();
  await heading("admin-invite-link-title", { name: uli.displayName }).waitFor({ state: "detached" });
  await person.close();
  await administrator.close();
});
