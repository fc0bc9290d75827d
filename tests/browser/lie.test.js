// A lying server, seen by the person: what the client notices (tests/tests/flow/lies) stops the page with a sentence
// that says what is wrong and what to do, with the emergency numbers, and nothing can be written any more.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, phone, startBrowser, visitor } from "./browser.js";
import { on, openLogIn, openSignUp, progress, send, setUpAside, signUp } from "./steps.js";

const person = { name: "Kieselstein-4410", password: "quitte falter ozean 93 mörtel" };

let box;
let browser;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  await setUpAside(browser, box);
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** The hard stop: what was noticed, what to do, whom to call; and no field to write in. */
async function assertStopped(page, visiting, sentence) {
  const { heading, sentence: words, field } = on(page, visiting);
  await heading("conflict-title").waitFor();
  for (const name of ["conflict-lead", sentence, "conflict-what"]) await words(name).waitFor();
  assert.ok((await page.getByRole("link", { name: /112/ }).count()) > 0, "the emergency number is there");
  assert.equal(await field("talk-message-label").count(), 0, "nothing can be written");
  await assertAccessible(page, sentence);
  await assertFits(page, sentence);
}

test("p14_a_changed_roster_stops_the_page_and_says_so", async () => {
  const seeker = await visitor(browser, box.origin, { viewport: phone });
  let lies = 0;
  await seeker.context.route("**/api/v1/log/0", async (route) => {
    const response = await route.fetch();
    const body = Buffer.from(await response.body());
    body[body.length >> 1] ^= 1;
    lies += 1;
    await route.fulfill({ response, body });
  });
  const page = await seeker.open("/?lang=de");
  await on(page, seeker).link("start-write").click();
  await assertStopped(page, seeker, "conflict-log");
  assert.ok(lies > 0);
  await seeker.close();
});

/** Lies in one answer of the server: a bit of it is another. */
async function lie(person, path, place) {
  const told = { times: 0 };
  await person.context.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    const body = Buffer.from(await response.body());
    body[place(body)] ^= 1;
    told.times += 1;
    await route.fulfill({ response, body });
  });
  return told;
}

test("p13_another_organisation_stops_the_page_and_says_so", async () => {
  const seeker = await visitor(browser, box.origin, { viewport: phone });
  // The id stands behind the mark that there is one.
  const told = await lie(seeker, "/api/v1/organisation", () => 5);
  const page = await seeker.open("/?lang=de");
  await on(page, seeker).link("start-write").click();
  await assertStopped(page, seeker, "conflict-organisation");
  assert.ok(told.times > 0);
  await seeker.close();
});

test("p12_a_changed_account_stops_the_page_and_says_so", async () => {
  const seeker = await visitor(browser, box.origin);
  const page = await openSignUp(seeker);
  const own = { ...person, name: "Kieselstein-4411" };
  await signUp(page, seeker, own);
  await seeker.close();

  const later = await visitor(browser, box.origin, { viewport: phone });
  const told = await lie(later, "/api/v1/log-in/finish", (body) => body.length - 40);
  const elsewhere = await openLogIn(later);
  const { field, button } = on(elsewhere, later);
  await field("signup-name").fill(own.name);
  await field("field-password").fill(own.password);
  await button("login-submit").click();
  await assertStopped(elsewhere, later, "conflict-account");
  assert.ok(told.times > 0);
  await later.close();
});

test("p08_a_talk_put_back_stops_the_page_and_says_so", async () => {
  const early = new Map();
  const first = await visitor(browser, box.origin);
  const page = await openSignUp(first);
  await signUp(page, first, person);
  await send(page, first, "Der erste Satz");
  await progress(page, first, "Der erste Satz", "stored");
  // What the server says at this time is kept …
  const talks = /\/api\/v1\/conversations?(\/[0-9a-f]+\/0)?$/;
  await first.context.route(talks, async (route) => {
    const response = await route.fetch();
    early.set(new URL(route.request().url()).pathname, await response.body());
    await route.fulfill({ response });
  });
  await page.reload();
  await progress(page, first, "Der erste Satz", "stored");
  assert.equal(early.size, 2, "the list and the talk");
  await send(page, first, "Der zweite Satz");
  await progress(page, first, "Der zweite Satz", "stored");
  const { text } = first;
  await page.getByLabel(text("chat-menu"), { exact: true }).click();
  await page.getByRole("button", { name: text("log-out"), exact: true }).click();
  await page.getByRole("heading", { name: text("ended-logged-out-title") }).waitFor();
  await first.close();

  // … and told to a clean browser afterwards, as if the second sentence had never been written.
  const second = await visitor(browser, box.origin, { viewport: phone });
  await second.context.route(talks, (route) => {
    const body = early.get(new URL(route.request().url()).pathname);
    return route.fulfill({ status: 200, contentType: "application/octet-stream", body });
  });
  const elsewhere = await openLogIn(second);
  const { field, button } = on(elsewhere, second);
  await field("signup-name").fill(person.name);
  await field("field-password").fill(person.password);
  await button("login-submit").click();
  await assertStopped(elsewhere, second, "conflict-conversation");
  await second.close();
});
