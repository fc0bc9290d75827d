// P22 in a real browser: names and messages that would like to be markup, script, style or another reading order are
// words on every page, and nothing else. The words: tests/hostile/texts.json; that the client takes them letter for
// letter or refuses them is tested in tests/tests/flow/hostile.rs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertFits, desktop, phone, startBrowser, visitor } from "./browser.js";
import { answer, claim, employ, line, on, openSignUp, progress, send, setUp, signUp, texts } from "./steps.js";

const corpus = JSON.parse(readFileSync(new URL("../hostile/texts.json", import.meta.url), "utf8"));
const words = corpus.map(({ text }) => text);

/** Names that everybody is shown. */
const names = {
  organisationName: "<script>window.hostile=1</script> e. V.",
  displayName: "<b onmouseover=window.hostile=1>Theo</b>",
  teamName: "</title><svg/onload=window.hostile=1>",
  siteName: "\"><img src=x onerror=window.hostile=1>",
};
const counselorName = "'><iframe srcdoc=\"<script>parent.hostile=1</script>\">";
const pseudonym = "<img src=x onerror=window.hostile=1> {{7*7}}";

let box;
let browser;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** Fails if anything of what was typed became more than words. */
async function assertWordsOnly(page, name) {
  const found = await page.evaluate(() => {
    const strange = "iframe, object, embed, base, form[action^='javascript'], a[href^='javascript'], a[href^='data']";
    return {
      ran: "hostile" in globalThis,
      elements: [...document.querySelectorAll(strange)].map((element) => element.outerHTML),
      handlers: [...document.querySelectorAll("*")].flatMap((element) =>
        element.getAttributeNames().filter((attribute) => attribute.startsWith("on")),
      ),
      images: [...document.images].filter((image) => new URL(image.src, location).pathname.endsWith("/x")).length,
      hidden: getComputedStyle(document.body).display === "none",
    };
  });
  assert.deepEqual(found, { ran: false, elements: [], handlers: [], images: 0, hidden: false }, name);
}

test("p22_names_and_messages_are_words_on_every_page", async () => {
  const administrator = await visitor(browser, box.origin);
  const { page: office } = await setUp(administrator, box, names);
  const counselor = await employ(browser, box.origin, administrator, office, {
    displayName: counselorName,
    name: "ina.berg",
    password: "amboss wiesel kreide turm gondel 44 pfeil säge",
  });
  await assertWordsOnly(office, "workplace");
  await assertWordsOnly(counselor.page, "a colleague's workplace");

  // Pages that the server renders: the names stand there as they were typed.
  const reader = await visitor(browser, box.origin, { viewport: phone });
  for (const path of ["/?lang=de", "/privacy?lang=de", "/safety?lang=de", "/help?lang=de"]) {
    const page = await reader.open(path);
    await assertWordsOnly(page, path);
    await assertFits(page, path);
    if (path.startsWith("/?")) {
      assert.ok((await page.locator("body").innerText()).includes(names.siteName), "the site's name is shown");
    }
  }
  await reader.close();

  const seeker = await visitor(browser, box.origin, { viewport: phone });
  const talk = await openSignUp(seeker);
  await signUp(talk, seeker, { name: pseudonym, password: "quitte falter ozean 93 mörtel" });
  await send(talk, seeker, words[0]);
  await claim(counselor.page, counselor.person, pseudonym);
  for (const text of words.slice(1)) {
    await on(talk, seeker).field("talk-message-label").fill(text);
    await on(talk, seeker).button("talk-send").click();
  }
  const last = words.at(-1);
  await line(counselor.page, counselor.person, last).waitFor();
  await progress(talk, seeker, last, "delivered");
  assert.deepEqual(await texts(talk, seeker), words);
  assert.deepEqual(await texts(counselor.page, counselor.person), words);
  const answers = words.slice(0, 3).map((text) => `${text} zurück`);
  for (const text of answers) await answer(counselor.page, counselor.person, pseudonym, text);
  await line(talk, seeker, answers.at(-1)).waitFor();
  for (const [page, name] of [[talk, "a seeker's talk"], [counselor.page, "a counselor's talk"]]) {
    await assertWordsOnly(page, name);
    await assertFits(page, name);
    // What turns the reading order ends with its words: time and state after them are read as they are written.
    const orders = await page.locator(".words-of").evaluateAll((all) => all.map((one) => getComputedStyle(one).unicodeBidi));
    assert.deepEqual(new Set(orders), new Set(["plaintext"]), name);
  }
  assert.match(await counselor.page.title(), /./);
  await counselor.page.setViewportSize(desktop);
  await assertFits(counselor.page, "the list of talks");
  // Nothing ran, was loaded from elsewhere or refused by a policy: a visitor notes all three.
  for (const person of [administrator, counselor.person, seeker]) await person.close();
});
