// Who is told that something waits while no page of theirs is open: an administrator enters a mail server and tries it,
// a counselor chooses what for, and one mail comes that says nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnce, phone, desktop, assertFits, startWholeBrowser, visitor } from "./browser.js";
import { startMailServer, read } from "./smtp.js";
import { area, duty, employ, on, openSignUp, progress, send, setUp, signUp, staffLogIn } from "./steps.js";

const look = lookOnce();
const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const seeker = { name: "Mondkatze-417", password: "quitte falter ozean 93 mörtel" };

let box;
let mailbox;
let browser;
let administrator;
let administration;
let counselor;

before(async () => {
  box = await startBox();
  // From now on the box trusts its own authority, which vouches for the mail server as well.
  await box.end();
  box.environment = { SSL_CERT_FILE: join(box.data, "certificates/root.pem") };
  await box.start();
  const pem = readFileSync(join(box.data, "certificates/server.pem"));
  mailbox = await startMailServer({ pem, user: "box", password: "tannenzapfen" });
  browser = await startWholeBrowser();
  administrator = await visitor(browser, box.origin, { look });
  administration = (await setUp(administrator, box)).page;
  await duty(administration, administrator, false);
  counselor = await employ(browser, box.origin, administrator, administration, ina);
});

after(async () => {
  await browser?.close();
  await box?.stop();
  await mailbox?.stop();
});

/** Opens the own choices. */
async function openNotices({ page, person }) {
  await page.getByLabel(person.text("staff-menu"), { exact: true }).click();
  await on(page, person).button("notices-title").click();
  await on(page, person).heading("notices-ways").waitFor();
}

const box_ = ({ page, person }, occasion, way) =>
  page.getByRole("group", { name: person.text(`notices-${occasion}`), exact: true })
    .getByRole("checkbox", { name: person.text(`notices-${way}`), exact: true });

async function save({ page, person }) {
  await on(page, person).button("notices-save").click();
  await on(page, person).sentence("notices-saved").waitFor();
}

test("without a mail server nobody is offered e-mail", async () => {
  await openNotices(counselor);
  const { page, person } = counselor;
  await on(page, person).sentence("notices-mail-none").waitFor();
  assert.equal(await box_(counselor, "request", "mail").count(), 0);
});

test("an administrator enters a mail server, hears what is wrong, and a test mail comes", async () => {
  const page = administration;
  const { field, button, sentence, heading } = on(page, administrator);
  await area(page, administrator, "administration");
  await heading("mail-title").waitFor();
  await field("mail-host").fill("localhost");
  assert.equal(await field("mail-port").inputValue(), "587");
  await page.getByRole("radio", { name: administrator.text("mail-tls") }).check();
  assert.equal(await field("mail-port").inputValue(), "465");
  await page.getByRole("radio", { name: administrator.text("mail-starttls") }).check();
  await field("mail-port").fill(String(mailbox.port));
  await field("mail-user").fill("box");
  await field("mail-sender").fill("box");
  await field("mail-password").fill("falsch");
  assert.equal(await field("mail-link").inputValue(), box.origin);
  await button("mail-save").click();
  await sentence("mail-sender-bad").waitFor();
  await field("mail-sender").fill("box@verein.example");
  await button("mail-save").click();
  await sentence("mail-saved").waitFor();
  await look(page, "administration-mail");
  await page.setViewportSize(phone);
  await assertFits(page, "administration-mail-phone");
  await page.setViewportSize(desktop);

  await field("mail-test-to").fill("theo@verein.example");
  await button("mail-test-send").click();
  await sentence("mail-fault-log-in").waitFor();
  assert.equal(mailbox.mails.length, 0);

  // The password is never shown again, and kept as long as nobody enters another one.
  assert.equal(await field("mail-password").inputValue(), "");
  await field("mail-password").fill("tannenzapfen");
  await button("mail-save").click();
  await page.waitForFunction(() => document.querySelector("#mail-password").value === "");
  await button("mail-save").click();
  await field("mail-test-to").fill("theo@verein.example");
  await button("mail-test-send").click();
  await sentence("mail-test-sent", { address: "theo@verein.example" }).waitFor();
  const [mail] = mailbox.mails;
  assert.ok(mail.secret);
  assert.equal(mail.to, "theo@verein.example");
  assert.equal(read(mail).headers.subject, administrator.text("told-test"));
});

test("a counselor chooses what for; a mail comes when no page is open, and says nothing else", async () => {
  const { page, person } = counselor;
  const { field, button, sentence } = on(page, person);
  await area(page, person, "talks");
  await openNotices(counselor);
  await box_(counselor, "request", "mail").check();
  await button("notices-save").click();
  await sentence("notices-address-missing").waitFor();
  await field("notices-address").fill("ina");
  await button("notices-save").click();
  await sentence("notices-address-bad").waitFor();
  await field("notices-address").fill("ina@verein.example");
  await save(counselor);
  await look(page, "notices");
  await page.setViewportSize(phone);
  await assertFits(page, "notices-phone");
  await page.setViewportSize(desktop);
  // It stays, also for whoever logs in anew.
  await page.reload();
  await on(page, person).heading("work-none-title").waitFor();
  await openNotices(counselor);
  assert.ok(await box_(counselor, "request", "mail").isChecked());
  assert.equal(await field("notices-address").inputValue(), "ina@verein.example");

  // As long as a page is open, that one calls.
  const visit = await visitor(browser, box.origin);
  const talk = await openSignUp(visit);
  await signUp(talk, visit, seeker);
  await send(talk, visit, "Geheimes Wort Quittenbaum");
  await progress(talk, visit, "Geheimes Wort Quittenbaum", "stored");

  await page.getByLabel(person.text("staff-menu"), { exact: true }).click();
  await button("log-out").click();
  await on(page, person).heading("ended-logged-out-title").waitFor();
  // Until a moment after the last page has gone, it may be a reload.
  for (let number = 2; mailbox.mails.length < 2; number++) {
    await send(talk, visit, `Sind Sie da? ${number}`);
    await Promise.race([mailbox.come(2), progress(talk, visit, `Sind Sie da? ${number}`, "stored")]);
  }
  const mail = mailbox.mails[1];
  assert.equal(mail.to, "ina@verein.example");
  const { headers, text } = read(mail);
  assert.equal(headers.subject, person.text("told-team"));
  assert.equal(text, person.text("told-team-body", { link: `${box.origin}/staff` }));
  assert.doesNotMatch(mail.data, /Quittenbaum|Mondkatze|Ina Berg|Sind Sie/);
  // One, however much comes.
  await send(talk, visit, "Hallo?");
  await progress(talk, visit, "Hallo?", "stored");
  assert.equal(mailbox.mails.length, 2);
  assert.doesNotMatch(box.output, /verein\.example|tannenzapfen/);
  visit.assertNoProblems();
});

test("who is away is called by nothing until then", async () => {
  const { person } = counselor;
  const page = await staffLogIn(person, ina);
  await openNotices({ page, person });
  const { field, button, sentence } = on(page, person);
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  await field("notices-away").fill(day(500));
  await button("notices-save").click();
  await sentence("notices-away-bad").waitFor();
  await field("notices-away").fill(day(3));
  await save({ page, person });
  await page.reload();
  await on(page, person).heading("work-none-title").waitFor();
  await openNotices({ page, person });
  assert.equal(await field("notices-away").inputValue(), day(3));
  await look(page, "notices-away");
});

test("the page calls only by the ways that were chosen", async () => {
  const { person } = counselor;
  await person.context.grantPermissions(["notifications"]);
  await person.context.addInitScript(() => {
    window.notices = [];
    const Real = window.Notification;
    window.Notification = class extends Real {
      constructor(title, options) {
        super(title, options);
        window.notices.push(options.body);
      }
    };
  });
  const page = await staffLogIn(person, ina);
  const { field, sentence } = on(page, person);
  await duty(page, person, true);
  // Nobody has the page before their eyes.
  await page.evaluate(() => (document.hasFocus = () => false));
  const talk = async (name) => {
    const visit = await visitor(browser, box.origin);
    const at = await openSignUp(visit);
    await signUp(at, visit, { ...seeker, name });
    await send(at, visit, "Ist da jemand?");
    await page.locator(".row-talk", { hasText: name }).waitFor();
    return visit;
  };
  const notices = () => page.evaluate(() => window.notices);
  // Still away: nothing at all.
  const first = await talk("Uferlicht-1");
  assert.deepEqual(await notices(), []);
  await openNotices({ page, person });
  await field("notices-away").fill("");
  await box_({ page, person }, "request", "desktop").uncheck();
  await save({ page, person });
  await area(page, person, "talks");
  const second = await talk("Uferlicht-2");
  assert.deepEqual(await notices(), []);
  await openNotices({ page, person });
  await box_({ page, person }, "request", "desktop").check();
  await save({ page, person });
  await area(page, person, "talks");
  const third = await talk("Uferlicht-3");
  await page.waitForFunction(() => window.notices.length > 0);
  assert.deepEqual(await notices(), [person.text("alarm-notice-request")]);
  await sentence("alarm-due").waitFor();
  for (const visit of [first, second, third]) await visit.close();
  person.assertNoProblems();
});
