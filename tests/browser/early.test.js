// The seeker's form stands before anything large has come: what is typed, chosen and pressed there goes on in the pages
// when they come. And a page or a worker that breaks down says so.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { desktop, lookOnce, phone, startBrowser, visitor } from "./browser.js";
import { logIn, on, openLogIn, openSignUp, organisation, pagesLoaded, recoveryCode, setUpAside, signUp } from "./steps.js";
import { languages } from "./text.js";

const own = "quitte falter ozean 93 mörtel";

let box;
let browser;
/** Path of the seeker's shell. */
let write;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  await setUpAside(browser, box);
  const person = await visitor(browser, box.origin);
  const page = await person.open("/");
  write = new URL(await page.locator('a[href^="/write/"]').first().getAttribute("href"), box.origin).pathname;
  await person.close();
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** A person at the shell, whose WebAssembly waits until `release()`. */
async function early(settings = {}, query = "") {
  const person = await visitor(browser, box.origin, settings);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await person.context.route(/\/assets\/(seeker|worker)\.[^/]*\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  const page = await person.open(`${write}?lang=${person.language}${query}`);
  return { person, page, release, ...on(page, person) };
}

/** Where the caret stands in the field that has the focus. */
function caret(page) {
  return page.evaluate(() => {
    const { id, selectionStart, selectionEnd, selectionDirection, value } = document.activeElement;
    const inPage = document.activeElement.closest("#app") !== null;
    return { id, value, selection: [selectionStart, selectionEnd, selectionDirection], inPage };
  });
}

/** What a person meets in a form, in order: names of fields, buttons and links, and where they stand. */
function controls(page, place) {
  return page.locator(`${place} :is(a, button, input)`).evaluateAll((all) =>
    all.map((element) => {
      const { x, y, height } = element.getBoundingClientRect();
      return { name: element.labels?.[0]?.textContent ?? element.textContent.trim(), at: [x, y, height].map(Math.round) };
    }),
  );
}

test("the form is there before the WebAssembly, accessible, and nothing moves when the pages take it over", async () => {
  for (const [query, title] of [["", "signup-title"], ["&to=log-in", "login-title"]]) {
    for (const [language, viewport] of [["de", phone], ["en", phone], ["de", desktop]]) {
      const { person, page, release, heading, sentence, field } = await early({ language, viewport }, query);
      await heading(title).waitFor();
      await sentence("early-loading").waitFor();
      await lookOnce()(page, `early ${title} ${language} ${viewport.width}`);
      if (!query) {
        assert.match(await field("signup-name").inputValue(), /^\p{Lu}\p{L}+ \d{2,3}$/u);
        // With a password of one's own nothing is suggested that would need room.
        await field("field-password").fill(own);
      }
      await page.evaluate(() => document.fonts.ready);
      const before = await controls(page, "#early");
      release();
      await pagesLoaded(page);
      // The name of the site comes into the header.
      const same = (list) => list.filter(({ name }) => name !== person.text("back-to-start") && name !== organisation.siteName);
      assert.deepEqual(same(await controls(page, "#app")), same(before));
      await person.close();
    }
  }
});

test("what was typed stays, with the focus, the caret and what is selected", async () => {
  for (const language of languages) {
    const { person, page, release, field, button } = await early({ language });
    const chips = page.locator(".chip");
    const offered = await chips.allTextContents();
    await button("signup-other-names").click();
    assert.notDeepEqual(await chips.allTextContents(), offered);
    await chips.nth(1).click();
    assert.equal(await field("signup-name").inputValue(), (await chips.allTextContents())[1]);
    await field("signup-name").fill("Mondkatze 4171");
    await field("field-password").fill(own);
    await page.getByRole("button", { name: `${person.text("password-hide")} ${person.text("field-password")}` }).click();
    await field("signup-name").evaluate((input) => input.focus());
    await field("signup-name").evaluate((input) => input.setSelectionRange(4, 9, "backward"));
    const [left, names] = [await caret(page), await chips.allTextContents()];
    assert.deepEqual(left, { id: "name", value: "Mondkatze 4171", selection: [4, 9, "backward"], inPage: false });
    release();
    await pagesLoaded(page);
    assert.deepEqual(await caret(page), { ...left, inPage: true });
    assert.deepEqual(await chips.allTextContents(), names);
    assert.equal(await field("field-password").inputValue(), own);
    assert.equal(await field("field-password").getAttribute("type"), "password");
    await page.keyboard.type("fisch");
    assert.equal(await field("signup-name").inputValue(), "Mondfisch 4171");
    await person.close();
  }
});

test("who presses the button early gets on by itself, unless the typing went on", async () => {
  const { person, page, release, field, button, sentence, heading } = await early();
  await field("signup-name").fill("Eisvogel 731");
  await field("field-password").fill(own);
  await button("signup-submit").click();
  await sentence("early-kept").waitFor();
  await lookOnce()(page, "early, pressed");
  await field("signup-name").press("End");
  await field("signup-name").press("5");
  assert.equal(await field("signup-name").inputValue(), "Eisvogel 7315");
  await sentence("early-loading").waitFor();
  await button("signup-submit").waitFor();
  await field("signup-name").press("Enter");
  await button("busy").waitFor();
  release();
  await heading("recovery-title").waitFor();
  assert.ok(await recoveryCode(page, person));
  await person.close();

  const again = await early({}, "&to=log-in");
  await again.field("signup-name").fill("Eisvogel 7315");
  await again.field("field-password").fill(own);
  await again.button("login-submit").click();
  await again.sentence("early-kept").waitFor();
  again.release();
  await again.field("talk-message-label").waitFor();
  await again.person.close();
});

test("nobody signs up with a password that was never seen", async () => {
  const { person, page, release, field, button, sentence, heading } = await early();
  await button("signup-submit").click();
  await sentence("early-no-password").waitFor();
  // Held back until somebody has pressed the button of the pages as well.
  let give;
  const held = new Promise((resolve) => (give = resolve));
  await person.context.route(/\/assets\/words-/, async (route) => {
    await held;
    await route.continue();
  });
  release();
  await pagesLoaded(page);
  await button("signup-submit").click();
  await button("busy").waitFor();
  give();
  await sentence("signup-password-hint").waitFor();
  await button("signup-submit").waitFor();
  assert.equal(await heading("signup-title").count(), 1);
  assert.equal((await field("field-password").inputValue()).split(" ").length, 4);
  // Seen now.
  await button("signup-submit").click();
  await heading("recovery-title").waitFor();
  await person.close();
});

test("the other forms are reached from the shell", async () => {
  const { person, page, release, field, button, heading } = await early();
  await button("signup-have-account").click();
  await heading("login-title").waitFor();
  await field("signup-name").fill("Eisvogel");
  release();
  await pagesLoaded(page);
  await heading("login-title").waitFor();
  assert.equal(await field("signup-name").inputValue(), "Eisvogel");
  assert.equal(await caret(page).then(({ id, inPage }) => inPage && id), "name");
  await person.close();

  const forgetful = await early({}, "&to=log-in");
  await forgetful.button("login-forgot").click();
  await forgetful.sentence("shell-loading").waitFor();
  forgetful.release();
  await forgetful.heading("recover-title").waitFor();
  await forgetful.person.close();
});

test("a word that an input method holds open is not torn", async () => {
  const { person, page, release, field } = await early();
  const input = await person.context.newCDPSession(page);
  await field("signup-name").fill("");
  const site = page.context().waitForEvent("requestfinished", (request) => request.url().includes("/api/v1/site/"));
  const compose = (text) =>
    input.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await compose("ほ");
  release();
  // Somebody goes on typing until everything is there.
  let there = false;
  site.then(() => (there = true));
  for (let n = 0; !there; n += 1) await compose(n % 2 ? "ほし" : "ほ");
  await compose("ほし");
  assert.equal(await page.locator("#early").count(), 1);
  await input.send("Input.insertText", { text: "星" });
  await pagesLoaded(page);
  const { value, selection, inPage } = await caret(page);
  assert.deepEqual([value, ...selection.slice(0, 2), inPage], ["星", 1, 1, true]);
  // Whoever stops in the middle of a word is not waited for.
  const other = await early();
  const others = await other.person.context.newCDPSession(other.page);
  await other.field("signup-name").fill("");
  await others.send("Input.imeSetComposition", { text: "ほし", selectionStart: 2, selectionEnd: 2 });
  other.release();
  await pagesLoaded(other.page);
  assert.equal((await caret(other.page)).value, "ほし");
  await other.person.close();
  await person.close();
});

test("a box that can't be reached at first loses nothing of it", async () => {
  const { person, page, release, field, button, heading } = await early();
  person.allow(/Failed to load resource/);
  await person.context.route(/\/api\/v1\//, (route) => route.abort());
  await field("signup-name").fill("Eisvogel 88");
  await field("field-password").fill(own);
  release();
  await heading("unreachable-title").waitFor();
  await person.context.unroute(/\/api\/v1\//);
  await button("retry").click();
  await heading("signup-title").waitFor();
  assert.equal(await field("signup-name").inputValue(), "Eisvogel 88");
  assert.equal(await field("field-password").inputValue(), own);
  await person.close();
});

test("who takes the words that are offered does not load the judge of passwords; whoever was inside gets back there", async () => {
  const person = await visitor(browser, box.origin);
  const loaded = [];
  person.context.on("request", (request) => loaded.push(request.url()));
  const page = await openSignUp(person);
  const { button, heading, sentence, field } = on(page, person);
  await sentence("password-rating-4").waitFor();
  await button("signup-submit").click();
  await heading("recovery-title").waitFor();
  assert.ok(loaded.some((url) => /\/assets\/words-/.test(url)));
  assert.deepEqual(loaded.filter((url) => url.includes("strength")), []);
  await button("code-noted").click();
  await field("talk-message-label").waitFor();
  let forms = 0;
  await page.exposeFunction("formSeen", () => (forms += 1));
  await page.addInitScript(() => {
    new MutationObserver(() => document.getElementById("early") && globalThis.formSeen()).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  await field("talk-message-label").waitFor();
  assert.equal(forms, 0);
  await person.close();
});

test("a page that breaks down says so", async () => {
  const person = await visitor(browser, box.origin);
  person.allow(/RuntimeError|unreachable/);
  const page = await openSignUp(person);
  await pagesLoaded(page);
  const { button, sentence } = on(page, person);
  // Without secure randomness nothing may go on: the code that asks for it ends with a panic.
  await page.evaluate(() => {
    const { getRandomValues } = Crypto.prototype;
    Crypto.prototype.getRandomValues = () => {
      Crypto.prototype.getRandomValues = getRandomValues;
      throw new Error("gone");
    };
  });
  await button("signup-other-names").click();
  await sentence("shell-failed-broken").waitFor();
  await lookOnce()(page, "broken");
  assert.ok(await page.getByRole("link", { name: person.text("leave"), exact: true }).isVisible());
  assert.equal(await page.locator("#app").count(), 0);
  await person.close();
});

test("a worker that breaks down says so", async () => {
  const person = await visitor(browser, box.origin);
  person.allow(/RuntimeError|unreachable/);
  const name = { name: "Haselnuss-92", password: own };
  const first = await openSignUp(person);
  await signUp(first, person, name);
  await first.close();
  await person.context.route(/\/assets\/worker-boot\./, async (route) => {
    const answer = await route.fetch();
    const body = `Crypto.prototype.getRandomValues = () => { throw new Error("gone"); };\n${await answer.text()}`;
    await route.fulfill({ response: answer, body });
  });
  const page = await openLogIn(person);
  const { field, button, sentence } = on(page, person);
  await field("signup-name").fill(name.name);
  await field("field-password").fill(name.password);
  await button("login-submit").click();
  await sentence("shell-failed-broken").waitFor();
  await person.close();
  // A worker that works does the same.
  const other = await visitor(browser, box.origin);
  await logIn(await openLogIn(other), other, name);
  await other.close();
});
