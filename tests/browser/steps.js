// What people do, step by step, by the names and roles that a screen reader would tell: each function ends when the
// page shows that it is done.
import assert from "node:assert/strict";
import { visitor } from "./browser.js";

/** Sentences by their names, and the parts of a page by what they are called. */
export function on(page, person) {
  const { text } = person;
  return {
    text,
    field: (name) => page.getByLabel(text(name), { exact: true }),
    button: (name, values) => page.getByRole("button", { name: text(name, values), exact: true }),
    link: (name) => page.getByRole("link", { name: text(name), exact: true }),
    heading: (name, values) => page.getByRole("heading", { name: text(name, values), exact: true }),
    sentence: (name, values) => page.getByText(text(name, values), { exact: true }),
  };
}

/** Waits until the page calls the new password good. */
export async function goodPassword(page, { text }) {
  const good = [3, 4].map((score) => page.getByText(text(`password-rating-${score}`), { exact: true }));
  await good[0].or(good[1]).waitFor();
}

/** Waits until the pages have taken over the form that stands in the shell. Who only fills it in need not wait. */
export async function pagesLoaded(page) {
  await page.locator("#early, #loading").first().waitFor({ state: "detached" });
}

/** From the start page to the form for a new name. */
export async function openSignUp(person) {
  const page = await person.open(`/?lang=${person.language}`);
  const { link, heading } = on(page, person);
  await link("start-write").click();
  await heading("signup-title").waitFor();
  await person.look(page, "seeker-sign-up", () => pagesLoaded(page));
  return page;
}

/** From the start page to the log-in of somebody who was here before. */
export async function openLogIn(person) {
  const page = await person.open(`/?lang=${person.language}`);
  const { link, heading } = on(page, person);
  await link("start-return").click();
  await heading("login-title").waitFor();
  await person.look(page, "seeker-log-in", () => pagesLoaded(page));
  return page;
}

/** A seeker signs up; ends at the empty conversation. Gives the words of the recovery code. */
export async function signUp(page, person, { name, password }) {
  const { field, button, heading } = on(page, person);
  await field("signup-name").fill(name);
  await field("field-password").fill(password);
  await goodPassword(page, person);
  await button("signup-submit").click();
  await heading("recovery-title").waitFor();
  await person.look(page, "seeker-recovery-code");
  const code = await recoveryCode(page, person);
  await button("code-noted").click();
  await field("talk-message-label").waitFor();
  await person.look(page, "seeker-first");
  return code;
}

/** The recovery code that the page shows. */
export async function recoveryCode(page, { text }) {
  const parts = await page.getByRole("list", { name: text("recovery-label") }).getByRole("listitem").allTextContents();
  assert.ok(parts.length > 0);
  return parts.join(" ");
}

/** A seeker logs in; ends at the conversation. */
export async function logIn(page, person, { name, password }) {
  const { field, button } = on(page, person);
  await field("signup-name").fill(name);
  await field("field-password").fill(password);
  await button("login-submit").click();
  await field("talk-message-label").waitFor();
}

/** A seeker sets a new password by the recovery code; gives the new code. */
export async function recover(page, person, { name, code, password }) {
  const { field, button, heading, sentence } = on(page, person);
  await button("login-forgot").click();
  await heading("recover-title").waitFor();
  await person.look(page, "seeker-recover");
  await field("signup-name").fill(name);
  await field("recover-code").fill(code);
  await field("recover-new-password").fill(password);
  await goodPassword(page, person);
  await button("recover-submit").click();
  await sentence("recovery-new-lead").waitFor();
  await person.look(page, "seeker-recovery-code-new");
  const renewed = await recoveryCode(page, person);
  await button("code-noted").click();
  await field("talk-message-label").waitFor();
  return renewed;
}

/** Writes a message and sends it; ends when the line stands in the conversation. */
export async function send(page, person, words) {
  const { field, button } = on(page, person);
  await field("talk-message-label").fill(words);
  await button("talk-send").click();
  await line(page, person, words).waitFor();
}

/** The lines with these words. */
export function line(page, { text }, words) {
  return page
    .getByRole("log", { name: text("talk-label") })
    .getByRole("listitem")
    .filter({ has: page.getByText(words, { exact: true }) });
}

/** Waits until an own line got so far: `stored`, `delivered`, `read`. */
export async function progress(page, person, words, step) {
  const steps = ["stored", "delivered", "read"];
  const reached = steps.slice(steps.indexOf(step)).map((name) => person.text(`talk-progress-${name}`));
  await line(page, person, words)
    .filter({ hasText: new RegExp(` · (${reached.join("|")})`) })
    .waitFor();
}

/** All texts of a conversation in their order. */
export function texts(page, { text }) {
  return page.getByRole("log", { name: text("talk-label") }).locator(".words-of").allTextContents();
}

// --- Staff

/** What the first administrator enters unless a test says otherwise. */
export const organisation = {
  organisationName: "Verein am Fluss e. V.",
  displayName: "Theo Adler",
  name: "theo.adler",
  password: "ziegel marder kompass 62 flöte tulpe",
  teamName: "Jugendberatung",
  siteName: "Beratung am Fluss",
};

/** Sets a box up by an administrator whom the test has nothing more to do with. */
export async function setUpAside(browser, box) {
  const administrator = await visitor(browser, box.origin);
  await setUp(administrator, box);
  await administrator.close();
}

/** The whole wizard; ends at the administrator's workplace, which it gives as `page` with the kit's codes. */
export async function setUp(person, box, changes = {}) {
  const data = { ...organisation, ...changes };
  const page = await person.open(`/setup?lang=${person.language}`);
  const { field, button, heading } = on(page, person);
  await heading("setup-code-title").waitFor();
  await person.look(page, "set-up-1-code");
  await field("setup-code-label").fill(box.claimCode);
  await button("next").click();
  await heading("setup-person-title").waitFor();
  await person.look(page, "set-up-2-person");
  await field("setup-organisation").fill(data.organisationName);
  await field("setup-display-name").fill(data.displayName);
  await field("setup-login-name").fill(data.name);
  await field("setup-passphrase").fill(data.password);
  await goodPassword(page, person);
  await button("next").click();
  await heading("setup-team-title").waitFor();
  await person.look(page, "set-up-3-team");
  await field("setup-team-name").fill(data.teamName);
  await field("setup-site-name").fill(data.siteName);
  await button("next").click();
  await heading("setup-retention-title").waitFor();
  await person.look(page, "set-up-4-retention");
  await button("setup-submit").click();
  await heading("kit-title").waitFor();
  await person.look(page, "set-up-5-kit");
  const kit = await kitCodes(page, person);
  await page.getByRole("checkbox", { name: person.text("kit-printed") }).check();
  await button("kit-continue").click();
  await heading("done-title").waitFor();
  await person.look(page, "set-up-6-done");
  await page.getByRole("link", { name: person.text("done-workplace") }).or(button("done-workplace")).click();
  await heading("work-none-title").waitFor();
  return { ...data, ...kit, page };
}

/** The codes of the kit on the page: `fingerprint`, `rootSecret`, `recovery`. */
export async function kitCodes(page, { text }) {
  const codes = {};
  for (const [name, label] of [
    ["fingerprint", text("kit-fingerprint")],
    ["rootSecret", text("kit-root")],
    ["recovery", text("recovery-label")],
  ]) {
    const parts = await page.getByRole("list", { name: label, exact: true }).getByRole("listitem").allTextContents();
    assert.ok(parts.length > 0, label);
    codes[name] = parts.join(" ");
  }
  return codes;
}

/** A staff person logs in; ends at the workplace. */
export async function staffLogIn(person, { name, password }) {
  const page = await person.open(`/staff?lang=${person.language}`);
  await fillStaffLogIn(page, person, { name, password });
  await on(page, person).heading("work-none-title").waitFor();
  return page;
}

/** Fills the log-in form and sends it. */
export async function fillStaffLogIn(page, person, { name, password }) {
  const { field, button, heading } = on(page, person);
  await heading("staff-login-title").waitFor();
  await person.look(page, "staff-log-in");
  await field("staff-login-name").fill(name);
  await field("staff-login-passphrase").fill(password);
  await button("staff-login-title").click();
}

/** Shows an area of the staff's pages: `talks` or `administration`. */
export async function area(page, person, name) {
  await on(page, person).button(`staff-nav-${name}`).click();
}

/** The administrator makes a link for somebody; gives its address. */
export async function invite(page, person, { displayName }) {
  const { field, button, heading } = on(page, person);
  await area(page, person, "administration");
  await field("admin-invite-name").fill(displayName);
  await button("admin-invite-submit").click();
  await heading("admin-invite-link-title", { name: displayName }).waitFor();
  await person.look(page, "administration-link");
  const link = await page.getByLabel(person.text("admin-invite-link-label"), { exact: true }).first().textContent();
  assert.match(link, /\/staff\/invitation#./);
  await button("admin-invite-another").click();
  return link.trim();
}

/** Somebody accepts an invitation; ends at the page that waits for the confirmation. Gives page and code. */
export async function accept(person, link, { displayName, name, password }) {
  const address = new URL(link, person.origin);
  address.search = `?lang=${person.language}`;
  const page = await person.open(address.href);
  const { field, button, heading } = on(page, person);
  await heading("invitation-title", { name: displayName }).waitFor();
  await person.look(page, "invitation");
  await field("staff-login-name").fill(name);
  await field("invitation-passphrase").fill(password);
  await goodPassword(page, person);
  await button("invitation-submit").click();
  await heading("invitation-code-title").waitFor();
  await person.look(page, "invitation-code");
  const label = person.text("invitation-code-title");
  const parts = await page.getByRole("list", { name: label }).getByRole("listitem").allTextContents();
  await button("code-noted").click();
  await heading("pending-title").waitFor();
  await person.look(page, "invitation-pending");
  return { page, code: parts.join(" ") };
}

/** The administrator confirms an accepted invitation; it appears by itself. */
export async function countersign(page, person, displayName) {
  const { button } = on(page, person);
  await area(page, person, "administration");
  await button("admin-countersign-of", { name: displayName }).click();
  await page.getByRole("button", { name: person.text("admin-remove-of", { name: displayName }), exact: true }).waitFor();
}

/** Invitation, acceptance and confirmation of a counselor in a browser of their own; gives `person` and `page`. */
export async function employ(browser, origin, administrator, administratorPage, counselor) {
  const link = await invite(administratorPage, administrator, counselor);
  const person = await visitor(browser, origin, { zone: counselor.zone });
  const { page, code } = await accept(person, link, counselor);
  await countersign(administratorPage, administrator, counselor.displayName);
  await area(administratorPage, administrator, "talks");
  await on(page, person).heading("work-none-title").waitFor();
  return { ...counselor, person, page, code };
}

/** On duty or not. */
export async function duty(page, person, available) {
  const switch_ = page.getByRole("switch", { name: person.text("presence-available") });
  if ((await switch_.getAttribute("aria-checked")) !== String(available)) await switch_.click();
  await page
    .getByRole("switch", { name: person.text("presence-available"), checked: available })
    .waitFor();
}

/** A lead saves the rules by which the team's waiting talks find somebody. */
export async function saveQueueRules(page, person) {
  const rules = page.getByRole("region", { name: person.text("lead-queue-title", { team: organisation.teamName }) });
  await rules.getByRole("button", { name: person.text("lead-queue-save"), exact: true }).click();
  await on(page, person).sentence("lead-queue-saved").waitFor();
}

/** A counselor takes the waiting conversation of a seeker; ends at the talk. */
export async function claim(page, person, seekerName) {
  const { button } = on(page, person);
  await button("queue-claim-of", { name: seekerName }).click();
  await answerField(page, person, seekerName).waitFor();
}

/** The field in which a counselor answers. */
export function answerField(page, { text }, seekerName) {
  return page.getByLabel(text("work-answer-label", { name: seekerName }), { exact: true });
}

/** A counselor answers in the conversation that is shown. */
export async function answer(page, person, seekerName, words) {
  await answerField(page, person, seekerName).fill(words);
  await on(page, person).button("talk-send").click();
  await line(page, person, words).waitFor();
}

/** A counselor shows a conversation of the list. */
export async function show(page, person, seekerName) {
  await page
    .getByRole("region", { name: person.text("queue-label") })
    .getByRole("button", { name: seekerName })
    .filter({ hasNotText: person.text("queue-claim") })
    .first()
    .click();
  await page.getByRole("heading", { level: 1, name: seekerName, exact: true }).waitFor();
}

/** A lead and a counselor, each a page with its person. */
export async function staffed(browser, box, employee) {
  const person = await visitor(browser, box.origin, { zone: employee.zone });
  const lead = { person, page: (await setUp(person, box)).page };
  return { lead, counselor: await employ(browser, box.origin, person, lead.page, employee) };
}

/** A lead, a counselor, and a seeker whose first words the counselor has taken: each a page with its person, the seeker's
 * also with all that its page has received. */
export async function takenTalk(browser, box, employee, name, words) {
  const { lead, counselor } = await staffed(browser, box, employee);
  const seeker = { person: await visitor(browser, box.origin) };
  seeker.page = await openSignUp(seeker.person);
  seeker.received = received(seeker.page);
  await signUp(seeker.page, seeker.person, { name, password: "quitte falter ozean 93 mörtel" });
  await send(seeker.page, seeker.person, words);
  await claim(counselor.page, counselor.person, name);
  return { lead, counselor, seeker };
}

/** Everything that a page gets from the box from now on, as one string of hexadecimal digits a piece. */
export function received(page) {
  const pieces = [];
  const keep = (bytes) => pieces.push(Buffer.from(bytes).toString("hex"));
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => keep(payload)));
  page.on("response", async (response) => {
    if (new URL(response.url()).pathname.startsWith("/api/")) keep(await response.body().catch(() => ""));
  });
  return pieces;
}

/** Waits until a field holds this: what was kept comes a moment after the field. */
export async function holds(locator, value) {
  await locator.evaluate(
    (element, wanted) =>
      new Promise((done) => {
        const look = () => (element.value === wanted ? done() : requestAnimationFrame(look));
        look();
      }),
    value,
  );
}
