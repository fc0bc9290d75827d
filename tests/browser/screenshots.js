// Pictures of every page in the states that people see, for looking at them and for the README:
//   node tests/browser/screenshots.js FOLDER
// Each page three times: on a phone (360 px), on a desktop, and there in dark; what is long in English once more.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startBox } from "./box.js";
import { desktop, phone, startBrowser, visitor } from "./browser.js";
import { told } from "./figures.js";
import {
  accept, answer, answerField, area, claim, countersign, duty, invite, line, logIn, on, openLogIn, openSignUp,
  progress, recover, send, setUp, show, signUp, staffLogIn,
} from "./steps.js";

const folder = process.argv[2];
if (!folder) throw new Error("which folder?");
mkdirSync(folder, { recursive: true });

async function look(page, name, before = async () => {}, higher = 0) {
  await before();
  for (const [form, viewport, colorScheme] of [
    ["phone", phone, "light"],
    ["desktop", desktop, "light"],
    ["dark", desktop, "dark"],
  ]) {
    await page.setViewportSize({ ...viewport, height: viewport.height + higher });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(folder, `${name}-${form}.png`), fullPage: true, animations: "disabled" });
  }
  await page.emulateMedia({ colorScheme: null });
}

const box = await startBox();
const browser = await startBrowser();
try {
  const open = (settings) => visitor(browser, box.origin, { look, ...settings });
  const visit = async (path, name, settings) => {
    const person = await open(settings);
    await look(await person.open(path), name);
    await person.context.close();
  };

  await visit("/?lang=de", "not-set-up");
  const administrator = await open();
  const kit = await setUp(administrator, box);
  const administration = kit.page;
  await duty(administration, administrator, false);
  for (const [path, name] of [
    ["/?lang=de", "start"],
    ["/?lang=en", "start-english"],
    ["/safety?lang=de", "safety"],
    ["/privacy?lang=de", "privacy"],
    ["/help?lang=de", "help"],
    ["/there-is-no-such-page?lang=de", "not-found"],
  ]) {
    await visit(path, name);
  }

  const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
  const link = await invite(administration, administrator, ina);
  const counselor = await open();
  const { page: work } = await accept(counselor, link, ina);
  await look(administration, "administration-accepted");
  await countersign(administration, administrator, ina.displayName);
  await on(work, counselor).heading("work-none-title").waitFor();
  await look(work, "workplace-empty");
  await duty(work, counselor, false);
  await look(administration, "administration");
  await on(administration, administrator).button("admin-renew-of", { name: ina.displayName }).click();
  await look(administration, "administration-renew");
  await administration.keyboard.press("Escape");

  const mia = { name: "Mondkatze-417", password: "quitte falter ozean 93 mörtel" };
  const seeker = await open();
  let talk = await openSignUp(seeker);
  const code = await signUp(talk, seeker, mia);
  await send(talk, seeker, "Hallo. Ich weiß nicht, ob ich hier richtig bin.");
  await send(talk, seeker, "Zu Hause wird nur noch geschrien, und ich trau mich nicht mehr aus dem Zimmer.");
  await look(talk, "seeker-letter");
  await duty(work, counselor, true);
  for (const [name, words] of [
    ["Leuchtturm-52", "Gibt es hier jemanden, der sich mit Schulden auskennt?"],
    ["Papierboot-88", "Ich wollte nur mal schreiben, wie es gestern war."],
  ]) {
    const other = await visitor(browser, box.origin);
    const page = await openSignUp(other);
    await signUp(page, other, { ...mia, name });
    await send(page, other, words);
    await progress(page, other, words, "stored");
    if (name === "Leuchtturm-52") await other.context.close();
  }
  await look(work, "workplace-waiting");
  await area(administration, administrator, "lead");
  await look(administration, "lead", undefined, 1200);
  await administration.context().route("**/api/v1/statistics", (route) =>
    route.fulfill({ status: 200, contentType: "application/octet-stream", body: told }));
  await area(administration, administrator, "talks");
  await area(administration, administrator, "lead");
  await administration.getByRole("figure").first().waitFor();
  await look(administration, "lead-figures", undefined, 4000);
  await claim(work, counselor, mia.name);
  await answer(work, counselor, mia.name, "Hallo Mondkatze, gut dass du schreibst. Du bist hier richtig. Bist du gerade in Sicherheit?");
  await line(talk, seeker, "Hallo Mondkatze, gut dass du schreibst. Du bist hier richtig. Bist du gerade in Sicherheit?").waitFor();
  await send(talk, seeker, "Ja. Er ist weg bis heute Abend.");
  await answerField(work, counselor, mia.name).fill("Dann haben wir Zeit.");
  await progress(talk, seeker, "Ja. Er ist weg bis heute Abend.", "read");
  await look(talk, "seeker-talk");
  await work.locator("section.person").getByLabel(counselor.text("note-title"), { exact: true }).fill("Kleiner Bruder auch da? Nach der Tante fragen.");
  await work.locator("section.person").getByText(counselor.text("note-saved"), { exact: true }).waitFor();
  await look(work, "workplace-talk");
  await work.locator(".person-small").evaluate((details) => (details.open = true));
  await look(work, "workplace-person", undefined, 700);
  await work.locator(".person-small").evaluate((details) => (details.open = false));
  await on(work, counselor).button("document-open").filter({ visible: true }).click();
  await work.locator(".preview .sheet-page").waitFor();
  await look(work, "workplace-document");
  await work.keyboard.press("Escape");
  await on(work, counselor).button("work-close").click();
  await work.locator("dialog[open]").getByRole("radio", { name: counselor.text("ending-blocked") }).check();
  await look(work, "workplace-block");
  await work.keyboard.press("Escape");
  await talk.getByLabel(seeker.text("chat-menu"), { exact: true }).click();
  await look(talk, "seeker-menu");
  for (const [entry, name] of [
    ["account-password-title", "seeker-password"],
    ["account-known-title", "seeker-password-known"],
    ["account-delete", "seeker-delete"],
  ]) {
    await on(talk, seeker).button(entry).click();
    await on(talk, seeker).button("back").waitFor();
    await look(talk, name);
    await on(talk, seeker).button("back").click();
    await talk.getByLabel(seeker.text("chat-menu"), { exact: true }).click();
  }
  await on(talk, seeker).button("log-out").click();
  await on(talk, seeker).heading("ended-logged-out-title").waitFor();
  await look(talk, "seeker-logged-out");

  talk = await openLogIn(seeker);
  const password = "hafer gleis uhu 58 tümpel narbe";
  await recover(talk, seeker, { name: mia.name, code, password });
  await talk.evaluate(() => fetch("/api/v1/revoke", {
    method: "POST",
    body: Uint8Array.from(sessionStorage.getItem("revoke").match(/../g), (digits) => parseInt(digits, 16)),
  }));
  await on(talk, seeker).heading("ended-expired-title").waitFor();
  await look(talk, "seeker-expired");
  await show(work, counselor, mia.name);
  await on(work, counselor).button("work-hand-over").click();
  await look(work, "workplace-hand-over");
  await work.keyboard.press("Escape");
  await work.getByLabel(counselor.text("staff-menu"), { exact: true }).click();
  await look(work, "workplace-menu");
  await on(work, counselor).button("account-passphrase-title").click();
  await on(work, counselor).button("back").waitFor();
  await look(work, "workplace-passphrase");

  const english = (page, name) => look(page, `${name}-english`);
  const abroad = await open({ language: "en", look: english });
  talk = await openLogIn(abroad);
  await logIn(talk, abroad, { name: mia.name, password });
  await line(talk, abroad, "Ja. Er ist weg bis heute Abend.").waitFor();
  await english(talk, "seeker-talk");
  await openSignUp(abroad);
  const office = await open({ language: "en", look: english });
  const desk = await staffLogIn(office, kit);
  await area(desk, office, "administration");
  await english(desk, "administration");
  const colleague = await open({ language: "en", look: english });
  const table = await staffLogIn(colleague, ina);
  await show(table, colleague, mia.name);
  await line(table, colleague, "Ja. Er ist weg bis heute Abend.").waitFor();
  await english(table, "workplace-talk");
} finally {
  await browser.close();
  await box.stop();
}
