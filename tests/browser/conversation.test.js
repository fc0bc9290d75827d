// The main job from end to end: a new box, an organisation, a counselor by invitation, a seeker on two devices, and
// a conversation that goes on through absence, a lost password and a hand-over. Every state of every page that these
// people come through is checked by axe in both colour schemes and for its width.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { startElsewhere } from "./relay.js";
import {
  accept, answer, answerField, area, claim, countersign, duty, employ, fillStaffLogIn, invite, line, logIn, on,
  openLogIn, openSignUp, organisation, progress, recover, send, setUp, show, signUp, staffLogIn, texts,
} from "./steps.js";
import { anyOf } from "./text.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const bo = { displayName: "Bo Linde", name: "bo.linde", password: "kelle 23 ahorn fjord zimt laute drachen" };
const seekerData = { name: "Mondkatze-417", password: "quitte falter ozean 93 mörtel" };
const newPassword = "hafer gleis uhu 58 tümpel narbe";

let elsewhere;
let box;
let browser;
let administrator;
let administration;
let counselor;
let seeker;
let talk;
let code;
const look = lookOnce();

before(async () => {
  elsewhere = await startElsewhere();
  box = await startBox({ environment: { BEISTAND_LEAVE_TO: elsewhere.origin } });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await box?.stop();
  elsewhere?.close();
});

test("set-up refuses wrong codes and weak passphrases, then makes the organisation", async () => {
  administrator = await visitor(browser, box.origin, { look });
  const page = await administrator.open("/setup?lang=de");
  const { field, button, heading, sentence } = on(page, administrator);
  await heading("setup-code-title").waitFor();
  await field("setup-code-label").fill("ABCD");
  await button("next").click();
  await sentence("failure-claim-code-invalid").waitFor();
  await look(page, "set-up-1-code-invalid");
  await page.close();

  const kit = await setUp(administrator, box);
  administration = kit.page;
  await look(administration, "workplace-empty");
  await area(administration, administrator, "administration");
  await look(administration, "administration");
});

test("a well-formed claim code of another box is refused at the end of set-up", async () => {
  const other = await startBox();
  try {
    const person = await visitor(browser, other.origin);
    person.allow(/status of 4\d\d/);
    await assert.rejects(
      Promise.race([
        setUp(person, { claimCode: box.claimCode }),
        person.context.waitForEvent("page").then(async (page) => {
          await page.getByText(person.text("failure-wrong-claim-code"), { exact: true }).waitFor();
          throw new Error("refused");
        }),
      ]),
      /refused/,
    );
    await person.close();
  } finally {
    await other.stop();
  }
});

test("an invitation is accepted once and confirmed", async () => {
  const link = await invite(administration, administrator, ina);
  const person = await visitor(browser, box.origin, { look });
  const { page } = await accept(person, link, ina);
  assert.doesNotMatch(page.url(), /#./, "the link's secret is gone from the address");
  await look(administration, "administration-accepted");

  // The same link a second time: before the confirmation the form refuses it, afterwards the page.
  const late = await visitor(browser, box.origin);
  late.allow(/status of 4\d\d/);
  const form = await late.open(link);
  const { field, button, heading, sentence } = on(form, late);
  await heading("invitation-title", { name: ina.displayName }).waitFor();
  await field("staff-login-name").fill("somebody.else");
  await sentence("password-rating-4").or(sentence("password-rating-3")).waitFor();
  await button("invitation-submit").click();
  await sentence("failure-invitation-invalid").waitFor();
  await countersign(administration, administrator, ina.displayName);
  await on(page, person).heading("work-none-title").waitFor();
  await form.reload();
  await sentence("failure-invitation-invalid").waitFor();
  await look(form, "invitation-used");
  await late.close();
  counselor = { ...ina, person, page };
});

test("a log-in name that a colleague has is refused", async () => {
  const link = await invite(administration, administrator, { displayName: "Nora Nebel" });
  const person = await visitor(browser, box.origin);
  person.allow(/status of 4\d\d/);
  const page = await person.open(link);
  const { field, button, sentence } = on(page, person);
  await field("staff-login-name").fill(ina.name);
  await page.getByText(anyOf(person.text, "password-rating-4")).waitFor();
  await button("invitation-submit").click();
  await sentence("failure-name-taken").waitFor();
  await person.close();
});

test("a seeker signs up: weak passwords are refused, names that give away are doubted", async () => {
  seeker = await visitor(browser, box.origin, { look, viewport: phone });
  talk = await openSignUp(seeker);
  const { field, button, sentence } = on(talk, seeker);
  await field("signup-name").fill("lena.mueller@example.org");
  await sentence("signup-doubt-email").waitFor();
  await field("field-password").fill("passwort1");
  await sentence("password-rating-0").or(sentence("password-rating-1")).waitFor();
  await button("signup-submit").click();
  await sentence("failure-password-weak").waitFor();
  await look(talk, "seeker-sign-up-refused");
  code = await signUp(talk, seeker, seekerData);
});

test("a name that is taken is refused with a sentence", async () => {
  const person = await visitor(browser, box.origin);
  person.allow(/status of 4\d\d/);
  const page = await openSignUp(person);
  const { field, button, sentence } = on(page, person);
  // Another way of writing the same name.
  await field("signup-name").fill(` ${seekerData.name.toUpperCase()} `);
  await page.getByText(anyOf(person.text, "password-rating-4")).or(sentence("password-rating-3")).waitFor();
  await button("signup-submit").click();
  await sentence("signup-name-taken").waitFor();
  await person.close();
});

test("live both ways: claim, typing, delivered, read", async () => {
  await duty(administration, administrator, false);
  await duty(counselor.page, counselor.person, true);
  await on(talk, seeker).sentence("chat-somebody-there").waitFor();
  await send(talk, seeker, "Hallo, ist da wer?");
  await progress(talk, seeker, "Hallo, ist da wer?", "stored");
  await look(counselor.page, "workplace-waiting");
  await claim(counselor.page, counselor.person, seekerData.name);
  await line(counselor.page, counselor.person, "Hallo, ist da wer?").waitFor();
  await progress(talk, seeker, "Hallo, ist da wer?", "read");
  await on(talk, seeker).sentence("talk-claimed", { name: ina.displayName }).waitFor();

  await answerField(counselor.page, counselor.person, seekerData.name).pressSequentially("Ja, ich");
  await on(talk, seeker).sentence("chat-typing").waitFor();
  await answer(counselor.page, counselor.person, seekerData.name, "Ja, ich bin da. Was ist los?");
  await line(talk, seeker, "Ja, ich bin da. Was ist los?").waitFor();
  await progress(counselor.page, counselor.person, "Ja, ich bin da. Was ist los?", "read");

  await on(talk, seeker).field("talk-message-label").pressSequentially("Es ist");
  const is = { name: counselor.person.text("reader-seeker") };
  await on(counselor.page, counselor.person).sentence("talk-is-typing", is).waitFor();
  await send(talk, seeker, "Es ist wegen der Schule.");
  await line(counselor.page, counselor.person, "Es ist wegen der Schule.").waitFor();
  await look(talk, "seeker-talk");
  await look(counselor.page, "workplace-talk");
});

test("nobody there: the message waits, the counselor answers later, the seeker reads it on another device", async () => {
  await counselor.person.close();
  await on(talk, seeker).sentence("chat-nobody-there").waitFor();
  await send(talk, seeker, "Bist du noch da?");
  await progress(talk, seeker, "Bist du noch da?", "stored");
  await look(talk, "seeker-letter");
  await seeker.close();

  counselor.person = await visitor(browser, box.origin, { look });
  counselor.page = await staffLogIn(counselor.person, ina);
  await look(counselor.page, "workplace-back");
  await show(counselor.page, counselor.person, seekerData.name);
  await line(counselor.page, counselor.person, "Bist du noch da?").waitFor();
  await answer(counselor.page, counselor.person, seekerData.name, "Jetzt wieder. Erzähl.");
  await progress(counselor.page, counselor.person, "Jetzt wieder. Erzähl.", "stored");

  seeker = await visitor(browser, box.origin, { look });
  talk = await openLogIn(seeker);
  await logIn(talk, seeker, seekerData);
  await line(talk, seeker, "Jetzt wieder. Erzähl.").waitFor();
  assert.deepEqual(await texts(talk, seeker), [
    "Hallo, ist da wer?",
    "Ja, ich bin da. Was ist los?",
    "Es ist wegen der Schule.",
    "Bist du noch da?",
    "Jetzt wieder. Erzähl.",
  ]);
  await progress(counselor.page, counselor.person, "Jetzt wieder. Erzähl.", "read");
});

test("wrong passwords and unknown names get the same sentence", async () => {
  const person = await visitor(browser, box.origin, { look });
  person.allow(/status of 4\d\d/);
  const page = await openLogIn(person);
  const { field, button, sentence } = on(page, person);
  for (const name of [seekerData.name, "Niemand-5555"]) {
    await field("signup-name").fill(name);
    await field("field-password").fill("ganz bestimmt das falsche 7");
    await button("login-submit").click();
    await sentence("failure-wrong-credentials").waitFor();
    await look(page, "seeker-log-in-refused");
    await field("field-password").fill("");
    await page.reload();
    await on(page, person).heading("login-title").waitFor();
  }
  await person.close();

  const colleague = await visitor(browser, box.origin, { look });
  colleague.allow(/status of 4\d\d/);
  const staff = await colleague.open("/staff?lang=de");
  await fillStaffLogIn(staff, colleague, { name: ina.name, password: "nicht die richtige Passphrase 1" });
  await on(staff, colleague).sentence("failure-wrong-credentials").waitFor();
  await colleague.close();
});

test("a draft survives a reload and reaches no other place", async () => {
  const { field, sentence } = on(talk, seeker);
  await field("talk-message-label").fill("Ich weiß nicht, ob ich das sagen soll");
  await sentence("talk-draft-saved").waitFor();
  await talk.reload();
  await line(talk, seeker, "Jetzt wieder. Erzähl.").waitFor();
  await talk.waitForFunction(
    ([label, words]) => document.querySelector(`textarea[aria-label="${label}"]`)?.value === words,
    [seeker.text("talk-message-label"), "Ich weiß nicht, ob ich das sagen soll"],
  );
  await field("talk-message-label").fill("");
});

test("several tabs of one account show the same, once", async () => {
  const second = await openLogIn(seeker);
  await logIn(second, seeker, seekerData);
  await send(second, seeker, "Aus dem zweiten Tab");
  await send(talk, seeker, "Aus dem ersten Tab");
  for (const page of [talk, second]) {
    await line(page, seeker, "Aus dem ersten Tab").waitFor();
    await line(page, seeker, "Aus dem zweiten Tab").waitFor();
  }
  await line(counselor.page, counselor.person, "Aus dem ersten Tab").waitFor();
  await answer(counselor.page, counselor.person, seekerData.name, "Angekommen, beides.");
  for (const page of [talk, second]) {
    await line(page, seeker, "Angekommen, beides.").waitFor();
    const all = await texts(page, seeker);
    assert.equal(new Set(all).size, all.length, `nothing twice: ${all}`);
    for (const alarm of ["talk-missing", "talk-refused"]) {
      assert.equal(await on(page, seeker).sentence(alarm).count(), 0, "no false alarm");
    }
  }
  await second.close();
});

test("the recovery code sets a new password, history intact; the old password and code are dead", async () => {
  const before = await texts(talk, seeker);
  const elsewhere = await visitor(browser, box.origin, { look });
  elsewhere.allow(/status of 4\d\d/);
  const page = await openLogIn(elsewhere);
  const renewed = await recover(page, elsewhere, { name: seekerData.name, code, password: newPassword });
  assert.notEqual(renewed, code);
  await line(page, elsewhere, before.at(-1)).waitFor();
  assert.deepEqual(await texts(page, elsewhere), before);

  // The other device is logged out.
  seeker.allow(/status of 4\d\d/);
  await on(talk, seeker).heading("ended-password-changed-title").waitFor();
  await look(talk, "seeker-ended");
  await seeker.close();

  const old = await visitor(browser, box.origin);
  old.allow(/status of 4\d\d/);
  const form = await openLogIn(old);
  const { field, button, sentence, heading } = on(form, old);
  await field("signup-name").fill(seekerData.name);
  await field("field-password").fill(seekerData.password);
  await button("login-submit").click();
  await sentence("failure-wrong-credentials").waitFor();
  await button("login-forgot").click();
  await heading("recover-title").waitFor();
  await field("signup-name").fill(seekerData.name);
  await field("recover-code").fill(code);
  await form.getByText(anyOf(old.text, "password-rating-4")).or(sentence("password-rating-3")).waitFor();
  await button("recover-submit").click();
  await sentence("failure-wrong-code").waitFor();
  await old.close();

  seeker = elsewhere;
  talk = page;
  await send(talk, seeker, "Neues Passwort, alles noch da.");
  await line(counselor.page, counselor.person, "Neues Passwort, alles noch da.").waitFor();
  await answer(counselor.page, counselor.person, seekerData.name, "Wie schön.");
  await line(talk, seeker, "Wie schön.").waitFor();
});

test("a talk is handed to a colleague who was not there, the seeker sees who reads now", async () => {
  const colleague = await employ(browser, box.origin, administrator, administration, bo);
  await colleague.person.close();
  const { button, heading } = on(counselor.page, counselor.person);
  await button("work-hand-over").click();
  await heading("work-hand-over-title").waitFor();
  await look(counselor.page, "workplace-hand-over");
  await counselor.page.getByRole("radio", { name: bo.displayName }).check();
  await counselor.page.getByRole("dialog").getByRole("button", { name: counselor.person.text("work-hand-over-submit") }).click();
  await on(talk, seeker).sentence("talk-handed-over", { name: bo.displayName }).waitFor();

  const back = await visitor(browser, box.origin, { look });
  const page = await staffLogIn(back, bo);
  await show(page, back, seekerData.name);
  await line(page, back, "Hallo, ist da wer?").waitFor();
  await answer(page, back, seekerData.name, "Hallo, ich bin Bo und habe alles gelesen.");
  await line(talk, seeker, "Hallo, ich bin Bo und habe alles gelesen.").waitFor();

  // Closed, and opened again by a new message.
  await on(page, back).button("work-close").click();
  await on(page, back).heading("work-close-title").waitFor();
  await look(page, "workplace-close");
  await page.getByRole("dialog").getByRole("button", { name: back.text("work-close-submit") }).click();
  await on(talk, seeker).sentence("talk-closed").waitFor();
  await look(talk, "seeker-closed");
  await send(talk, seeker, "Eins noch.");
  await on(talk, seeker).sentence("talk-reopened").waitFor();
  await claim(page, back, seekerData.name);
  await line(page, back, "Eins noch.").waitFor();
  await back.close();
});

test("a removed counselor is logged out and can't return", async () => {
  counselor.person.allow(/status of 4\d\d/);
  const { button, heading } = on(administration, administrator);
  await area(administration, administrator, "administration");
  await button("admin-remove-of", { name: ina.displayName }).click();
  await heading("admin-remove-title", { name: ina.displayName }).waitFor();
  await look(administration, "administration-remove");
  await administration.getByRole("dialog").getByRole("button", { name: administrator.text("admin-remove-submit"), exact: true }).click();
  await on(counselor.page, counselor.person).heading("ended-revoked-title").waitFor();
  await look(counselor.page, "staff-ended");
  await counselor.person.close();

  const again = await visitor(browser, box.origin);
  again.allow(/status of 4\d\d/);
  const page = await again.open("/staff?lang=de");
  await fillStaffLogIn(page, again, ina);
  await on(page, again).sentence("failure-wrong-credentials").or(on(page, again).sentence("failure-revoked")).waitFor();
  await again.close();
});

test("quick exit by button and by three times Esc leaves nothing in any tab", async () => {
  for (const exit of ["button", "escape"]) {
    const person = await visitor(browser, box.origin, { elsewhere: elsewhere.origin });
    const page = await openLogIn(person);
    await logIn(page, person, { ...seekerData, password: newPassword });
    const other = await openLogIn(person);
    await logIn(other, person, { ...seekerData, password: newPassword });
    assert.notEqual(await page.evaluate(() => sessionStorage.length), 0);
    if (exit === "button") await on(page, person).link("leave").click();
    else for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
    await Promise.all([person.left(page), person.left(other)]);
    for (const tab of [page, other]) {
      await tab.goto(`${box.origin}/help`);
      assert.deepEqual(await tab.evaluate(() => [sessionStorage.length, localStorage.length]), [0, 0], exit);
      assert.equal(await tab.evaluate(() => document.cookie), "");
    }
    // The way back shows nothing either.
    await page.goto(`${box.origin}/help`);
    await page.goBack();
    assert.equal(await line(page, person, "Hallo, ist da wer?").count(), 0);
    await person.close();
  }
});

test("log-out ends the session of this device", async () => {
  const { button } = on(talk, seeker);
  await talk.getByLabel(seeker.text("chat-menu"), { exact: true }).click();
  await look(talk, "seeker-menu");
  await button("log-out").click();
  await on(talk, seeker).heading("ended-logged-out-title").waitFor();
  await look(talk, "seeker-logged-out");
  assert.equal(await talk.evaluate(() => sessionStorage.length), 0);
  await talk.reload();
  await on(talk, seeker).heading("login-title").or(on(talk, seeker).heading("signup-title")).waitFor();
  await seeker.close();
  await administrator.close();
});
