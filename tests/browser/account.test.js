// The own access in Chromium: a new password shuts the old one and the other device out, "somebody knows my password" is
// the same in other words, deletion leaves nothing; staff change their passphrase.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { fillStaffLogIn, goodPassword, line, logIn, on, openLogIn, openSignUp, recoveryCode, send, setUp, signUp, staffLogIn, texts } from "./steps.js";

const lila = { name: "Regenbogen 12", password: "eisvogel teppich linde quark" };
const changed = { ...lila, password: "laterne kastanie im alten garten" };
const again = { ...lila, password: "muschel wind und papierboot fern" };
let box;
let browser;

const look = lookOnce();

before(async () => {
  box = await startBox();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** Chooses an entry of the menu of the person. */
async function choose(page, person, menu, entry) {
  await page.getByLabel(person.text(menu), { exact: true }).click();
  await on(page, person).button(entry).click();
}

/** Fills the form for a new password; ends at the new code. */
async function change(page, person, old, next) {
  const { field, button, sentence } = on(page, person);
  await field("account-password-current").fill(old);
  await field("recover-new-password").fill(next);
  await goodPassword(page, person);
  await button("recover-submit").click();
  await sentence("recovery-new-lead").waitFor();
  const code = await recoveryCode(page, person);
  await button("code-noted").click();
  await field("talk-message-label").waitFor();
  return code;
}

test("a new password shuts out the old one and tells the other device; deletion leaves nothing", async () => {
  const administrator = await visitor(browser, box.origin);
  const office = await setUp(administrator, box);
  const first = await visitor(browser, box.origin, { look, viewport: phone });
  const page = await openSignUp(first);
  const code = await signUp(page, first, lila);
  await send(page, first, "vorher");
  const second = await visitor(browser, box.origin, { look, viewport: phone });
  // The browser's own report of what is refused on purpose.
  for (const person of [first, second]) person.allow(/status of 4\d\d/);
  const other = await openLogIn(second);
  await logIn(other, second, lila);

  await choose(page, first, "chat-menu", "account-password-title");
  await on(page, first).heading("account-password-title").waitFor();
  await first.look(page, "seeker-password");
  // With a wrong one nothing changes.
  await on(page, first).field("account-password-current").fill("falsch falsch falsch");
  await goodPassword(page, first);
  await on(page, first).button("recover-submit").click();
  await on(page, first).sentence("failure-wrong-password").waitFor();
  const renewed = await change(page, first, lila.password, changed.password);
  assert.notEqual(renewed, code);
  assert.ok((await texts(page, first)).includes("vorher"));
  await send(page, first, "nachher");

  await on(other, second).heading("ended-password-changed-title").waitFor();
  await second.look(other, "seeker-password-changed");
  await on(other, second).button("ended-log-in").click();
  await on(other, second).field("signup-name").fill(lila.name);
  await on(other, second).field("field-password").fill(lila.password);
  await on(other, second).button("login-submit").click();
  await on(other, second).sentence("failure-wrong-credentials").waitFor();
  await logIn(other, second, changed);
  await line(other, second, "nachher").waitFor();

  await choose(other, second, "chat-menu", "account-known-title");
  await on(other, second).heading("account-known-title").waitFor();
  await second.look(other, "seeker-somebody-knows");
  await change(other, second, changed.password, again.password);
  await on(page, first).heading("ended-password-changed-title").waitFor();

  await choose(other, second, "chat-menu", "account-delete");
  await on(other, second).heading("account-delete-title").waitFor();
  await second.look(other, "seeker-delete");
  await on(other, second).field("account-password-current").fill(again.password);
  await on(other, second).button("account-delete-submit").click();
  await on(other, second).heading("ended-deleted-title").waitFor();
  await second.look(other, "seeker-deleted");
  await on(other, second).button("ended-log-in").click();
  await on(other, second).field("signup-name").fill(again.name);
  await on(other, second).field("field-password").fill(again.password);
  await on(other, second).button("login-submit").click();
  await on(other, second).sentence("failure-wrong-credentials").waitFor();

  // Staff: the new passphrase opens, the old one does not.
  const { page: desk } = office;
  await choose(desk, administrator, "staff-menu", "account-passphrase-title");
  await on(desk, administrator).heading("account-passphrase-title").waitFor();
  await assertAccessible(desk, "staff-passphrase");
  const next = "ziegel muschel kompass papierboot tulpe ufer";
  await on(desk, administrator).field("account-passphrase-current").fill(office.password);
  await on(desk, administrator).field("staff-recover-passphrase").fill(next);
  await goodPassword(desk, administrator);
  await on(desk, administrator).button("account-passphrase-submit").click();
  await on(desk, administrator).heading("invitation-code-title").waitFor();
  await on(desk, administrator).button("code-noted").click();
  await on(desk, administrator).heading("work-none-title").waitFor();
  const home = await visitor(browser, box.origin);
  home.allow(/status of 4\d\d/);
  const late = await home.open("/staff?lang=de");
  await fillStaffLogIn(late, home, { name: office.name, password: office.password });
  await on(late, home).sentence("failure-wrong-credentials").waitFor();
  await staffLogIn(home, { name: office.name, password: next });
  for (const person of [first, second, administrator, home]) await person.close();
});
