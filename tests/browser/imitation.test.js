// P22 in a real browser: names, colours and messages that would like to be taken for the interface's own words.
// What a person wrote stands apart as that person's, for the eye and for the ear, turns no word around it, leads
// nowhere, and no colour hides what the interface says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, phone, startBrowser, visitor } from "./browser.js";
import { answer, area, claim, employ, line, on, openSignUp, progress, send, setUp, signUp, texts } from "./steps.js";

/** Names that everybody is shown: some speak as the box would, some are written from right to left and end in what
 * has no direction of its own. */
const names = {
  organisationName: "עמותה 24 (3)",
  displayName: "Beistand: Ihr Passwort wird gebraucht",
  teamName: "צוות 7 · (2)",
  siteName: "Beistand – Ihre Sitzung ist abgelaufen",
};
const counselorName = "עזרה 3 – (1)";
const pseudonym = "מערכת 12 – (5)";

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

/** What the interface itself says in a talk, and what asks for a secret, in the reader's language. */
function imitations(text) {
  return [
    text("talk-closed"),
    text("talk-missing"),
    `${text("reader-seeker")}: ${text("talk-own")}: ok`,
    "Beistand: Ihr Passwort wird gebraucht. https://evil.example/anmelden mailto:a@evil.example tel:+491",
    `Danke.\n\n\n\n\u2029\u2028\n${text("talk-released")}`,
    "\u202e.thcuarbeg driw trowssaP rhI :dnatsieB",
    `\u2067\u2067\u202b${text("talk-closed")}`,
    `${text("talk-own")}\u200b\u200d\u2060: \ufeff\u200f12:00 · ${text("talk-progress-read")}`,
    "Hallo?",
  ];
}

/** Where a name stands, as text or in an attribute that is read out, and could turn the words beside it. */
function turned(page, name) {
  return page.evaluate((wanted) => {
    const isolates = ["isolate", "plaintext", "isolate-override"];
    const alone = (whole) => whole.trim() === wanted;
    const marked = (whole) => whole.split(wanted).length === whole.split(`\u2068${wanted}\u2069`).length;
    const stands = { here: 0, wrong: [] };
    const look = (whole, fits, where) => {
      if (!whole.includes(wanted)) return;
      stands.here += 1;
      if (!fits) stands.wrong.push(where);
    };
    const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const whole = walker.currentNode.data;
      let apart = marked(whole);
      for (let element = walker.currentNode.parentElement; !apart && element; element = element.parentElement) {
        const { unicodeBidi, display } = getComputedStyle(element);
        const inline = display === "inline" || display === "contents";
        apart = alone(element.textContent) && (!inline || isolates.includes(unicodeBidi));
        // The paragraph ends here: what stands in it beside the name is turned.
        if (!inline) break;
      }
      look(whole, apart, walker.currentNode.parentElement.outerHTML);
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
      for (const attribute of ["aria-label", "title", "placeholder", "alt"]) {
        const whole = element.getAttribute(attribute) ?? "";
        look(whole, alone(whole) || marked(whole), `${attribute}=${whole}`);
      }
    }
    look(document.title, alone(document.title) || marked(document.title), `title ${document.title}`);
    return stands;
  }, name);
}

/** Fails where a name is missing or turns what stands around it. */
async function assertApart(page, name, where) {
  const { here, wrong } = await turned(page, name);
  assert.ok(here > 0, `${name} stands nowhere: ${where}`);
  assert.deepEqual(wrong, [], where);
}

/** Fails unless each message stands in a bubble of its own that says whose it is, and nowhere else as it is. */
async function assertPersons(page, { text }, words, who, where) {
  const found = await page.getByRole("log", { name: text("talk-label") }).evaluate(
    (log, [wanted, ears]) => {
      const ground = (element) => getComputedStyle(element).backgroundColor;
      const note = log.querySelector(".note");
      const said = [...log.querySelectorAll(".words-of")].filter((one) => wanted.includes(one.textContent));
      return {
        count: said.length,
        // What a screen reader says before the words, and what the eye sees around them.
        heard: said.map((one) => one.closest("li.msg").firstElementChild.textContent.trim()).every((whose) => whose === ears),
        seen: said.every((one) => ground(one.closest("li.msg")) !== ground(note)),
        within: said.every((one) => {
          const [outer, inner] = [one.closest("li.msg").getBoundingClientRect(), one.getBoundingClientRect()];
          return inner.left >= outer.left && inner.right <= outer.right && inner.bottom <= outer.bottom;
        }),
        order: said.every((one) => getComputedStyle(one).unicodeBidi === "plaintext"),
        active: said.flatMap((one) => [...one.querySelectorAll("*")]).length,
        notes: [...log.querySelectorAll(".note")].filter((one) => wanted.includes(one.textContent)).length,
        links: said.flatMap((one) => [...one.closest("li.msg").querySelectorAll("a, button")]).length,
      };
    },
    [words, who],
  );
  const wanted = { count: words.length, heard: true, seen: true, within: true, order: true, active: 0, notes: 0, links: 0 };
  assert.deepEqual(found, wanted, where);
  for (const role of ["alert", "status", "heading", "link", "dialog"]) {
    for (const word of words) assert.equal(await page.getByRole(role, { name: word, exact: true }).count(), 0, `${where}: ${role}`);
  }
}

test("p22_nothing_a_person_writes_passes_for_the_interface", async () => {
  const administrator = await visitor(browser, box.origin);
  const { page: office } = await setUp(administrator, box, names);
  const counselor = await employ(browser, box.origin, administrator, office, {
    displayName: counselorName,
    name: "ina.berg",
    password: "amboss wiesel kreide turm gondel 44 pfeil säge",
  });
  await area(office, administrator, "administration");
  await assertApart(office, counselorName, "administration");
  await assertApart(office, names.teamName, "administration");
  await area(office, administrator, "talks");

  const seeker = await visitor(browser, box.origin, { viewport: phone });
  const start = await seeker.open("/?lang=de");
  await assertApart(start, names.organisationName, "start");
  await start.close();
  const talk = await openSignUp(seeker);
  await signUp(talk, seeker, { name: pseudonym, password: "quitte falter ozean 93 mörtel" });
  await assertApart(talk, names.teamName, "before the first message");
  const words = imitations(seeker.text);
  await send(talk, seeker, words[0]);

  await on(counselor.page, counselor.person).button("queue-claim-of", { name: pseudonym }).waitFor();
  await assertApart(counselor.page, pseudonym, "the list of talks");
  await claim(counselor.page, counselor.person, pseudonym);
  for (const word of words.slice(1)) {
    await on(talk, seeker).field("talk-message-label").fill(word);
    await on(talk, seeker).button("talk-send").click();
  }
  await line(counselor.page, counselor.person, words.at(-1)).waitFor();
  await progress(talk, seeker, words.at(-1), "delivered");
  assert.deepEqual(await texts(counselor.page, counselor.person), words);
  await assertPersons(counselor.page, counselor.person, words, `${counselor.person.text("reader-seeker")}:`, "a counselor's talk");
  await assertPersons(talk, seeker, words, `${seeker.text("talk-own")}:`, "a seeker's own words");
  await assertApart(counselor.page, pseudonym, "a counselor's talk");

  const answers = words.slice(0, 3).map((word) => `${word} `.trimEnd().concat("!"));
  for (const word of answers) await answer(counselor.page, counselor.person, pseudonym, word);
  await line(talk, seeker, answers.at(-1)).waitFor();
  await assertPersons(talk, seeker, answers, counselorName, "a seeker's talk");
  await assertApart(talk, counselorName, "a seeker's talk");
  await assertApart(counselor.page, counselorName, "a counselor's own name");
  await assertFits(talk, "a seeker's talk");
  await assertFits(counselor.page, "a counselor's talk");
  for (const person of [administrator, counselor.person, seeker]) await person.close();
});

test("p22_no_colour_hides_what_the_interface_says", async () => {
  const administrator = await visitor(browser, box.origin);
  const office = await administrator.open("/staff?lang=de");
  const { field, button, sentence } = on(office, administrator);
  await field("staff-login-name").fill("theo.adler");
  await field("staff-login-passphrase").fill("ziegel marder kompass 62 flöte tulpe");
  await button("staff-login-title").click();
  await area(office, administrator, "administration");
  const seeker = await visitor(browser, box.origin, { viewport: phone });
  for (const colour of ["#ffffff", "#ffff00", "#000000"]) {
    await field("admin-site-accent").fill(colour);
    await button("admin-site-save").click();
    await sentence("admin-site-saved").waitFor();
    const start = await seeker.open("/?lang=de");
    await assertAccessible(start, `start in ${colour}`);
    await on(start, seeker).link("start-write").click();
    await on(start, seeker).heading("signup-title").waitFor();
    await assertAccessible(start, `sign-up in ${colour}`);
    await start.close();
  }
  for (const person of [administrator, seeker]) await person.close();
});
