// Forms under hard conditions: somebody is quicker than the page, or writes more than there is room for; and what a
// used link leaves behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnce, startBrowser, visitor } from "./browser.js";
import {
  accept, answer, answerField, area, claim, goodPassword, line, on, openSignUp, organisation, progress, setUp, signUp, texts,
} from "./steps.js";

let box;
let browser;
let administrator;
let administration;
const look = lookOnce();

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
  const { field, button, sentence } = on(page, person);
  await field("talk-message-label").fill("Erster Satz");
  await button("talk-send").click();
  // Nobody clicks into the field: it has the focus again.
  await page.keyboard.type("Zweiter");
  await progress(page, person, "Erster Satz", "stored");
  assert.equal(await field("talk-message-label").inputValue(), "Zweiter");
  await page.keyboard.type(" Satz");
  assert.equal(await field("talk-message-label").inputValue(), "Zweiter Satz");

  // A counselor who writes on at once after sending is seen to do so.
  await claim(administration, administrator, name);
  await answerField(administration, administrator, name).pressSequentially("Ich bin da");
  await sentence("chat-typing").waitFor();
  await answer(administration, administrator, name, "Ich bin da.");
  await line(page, person, "Ich bin da.").waitFor();
  await sentence("chat-typing").waitFor({ state: "detached" });
  await progress(administration, administrator, "Ich bin da.", "stored");
  await answerField(administration, administrator, name).pressSequentially("Und");
  await sentence("chat-typing").waitFor();
  await person.close();
});

test("a message that is too long is not sent and not cut; the longest one arrives whole", async () => {
  const person = await visitor(browser, box.origin, { look });
  const page = await openSignUp(person);
  const name = "Papierboot-89";
  await signUp(page, person, { name, password: "quitte falter ozean 93 mörtel" });
  const { field, button, sentence } = on(page, person);
  const composer = field("talk-message-label");
  // Counted as sent: an umlaut has two bytes.
  const longest = "ü".repeat(8 * 1024);
  await composer.fill(`${longest}!`);
  await sentence("talk-too-long").waitFor();
  await look(page, "seeker-too-long");
  for (const press of [() => button("talk-send").click(), () => composer.press("Control+Enter")]) {
    await press();
    assert.equal(await composer.inputValue(), `${longest}!`);
  }
  assert.deepEqual(await texts(page, person), []);
  // Neither is a message of nothing but spaces.
  await composer.fill("  \n ");
  await button("talk-send").click();
  assert.deepEqual(await texts(page, person), []);

  await composer.fill(longest);
  await sentence("talk-too-long").waitFor({ state: "detached" });
  await button("talk-send").click();
  await progress(page, person, longest, "stored");
  await claim(administration, administrator, name);
  await line(administration, administrator, longest).waitFor();
  await person.close();
});

test("names and passwords that are empty or too long get a sentence, and stay in their fields", async () => {
  const person = await visitor(browser, box.origin);
  const page = await openSignUp(person);
  const { field, button, sentence } = on(page, person);
  await goodPassword(page, person);
  // Fields end at a number of characters, names at one of bytes.
  for (const name of ["", "€".repeat(60), "Falter\u0007"]) {
    await field("signup-name").fill(name);
    await button("signup-submit").click();
    await sentence("failure-name-invalid").waitFor();
    assert.equal(await field("signup-name").inputValue(), name);
    await page.reload();
    await goodPassword(page, person);
  }
  await field("signup-name").fill("Papierboot-90");
  const password = "quitte falter ozean 93 mörtel ".repeat(40);
  await field("field-password").fill(password);
  await goodPassword(page, person);
  await button("signup-submit").click();
  await sentence("failure-password-invalid").waitFor();
  assert.equal(await field("field-password").inputValue(), password);
  await person.close();

  await area(administration, administrator, "administration");
  const office = on(administration, administrator);
  for (const name of ["", "€".repeat(80)]) {
    await office.field("admin-invite-name").fill(name);
    await office.button("admin-invite-submit").click();
    await office.sentence("failure-name-invalid").waitFor();
    assert.equal(await office.field("admin-invite-name").inputValue(), name);
    await office.field("admin-site-name").fill(name);
    await office.button("admin-site-save").click();
    await office.sentence("failure-settings-invalid").waitFor();
    assert.equal(await office.field("admin-site-name").inputValue(), name);
    await area(administration, administrator, "talks");
    await area(administration, administrator, "administration");
  }
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
