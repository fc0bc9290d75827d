// Whether leads read along in talks that a colleague has taken: an administrator decides it, the privacy text and the
// conversation tell the seeker, and a lead who reads along writes nothing before taking the talk over.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnBoth, lookOnce, startBrowser } from "./browser.js";
import { answer, answerField, area, line, on, progress, send, show, takenTalk } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const name = "Blaue Lampe 7";
const look = lookOnce();
const looks = lookOnBoth(look);

let box;
let browser;
let lead;
let counselor;
let seeker;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  ({ lead, counselor, seeker } = await takenTalk(browser, box, ina, name, "Hallo?"));
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** The administrator decides. */
async function say(along) {
  const { page, person } = lead;
  await area(page, person, "administration");
  const box_ = page.getByRole("checkbox", { name: person.text("admin-team-along") });
  await box_.setChecked(along);
  await page.getByRole("checkbox", { name: person.text("admin-team-along"), checked: along }).waitFor();
  await looks(page, `administration-along-${along}`);
  await area(page, person, "talks");
}

/** What the public pages say of it. */
async function told(sentence, start) {
  const { person } = seeker;
  const page = await person.open(`/privacy?lang=${person.language}`);
  const { sentence: words, text } = on(page, person);
  for (const key of ["privacy-read-holder", "privacy-read-leads", "privacy-read-team"]) {
    assert.equal(await words(key).count(), key === sentence ? 1 : 0, key);
  }
  await looks(page, sentence);
  await page.goto(new URL(`/?lang=${person.language}`, person.origin).href);
  assert.ok((await page.locator(".facts").textContent()).includes(text(start)));
  await looks(page, start);
  await page.close();
}

const inList = () => lead.page.locator(".row-talk", { hasText: name });

test("as long as the rule is on a lead reads along, and everybody is told", async () => {
  await told("privacy-read-leads", "start-read-answer-leads");
  const { page, person } = lead;
  await answer(counselor.page, counselor.person, name, "Ja, ich bin da.");
  await show(page, person, name);
  await line(page, person, "Ja, ich bin da.").waitFor();
  const { sentence } = on(page, person);
  await sentence("along-tag").waitFor();
  await sentence("along-body", { name: ina.displayName }).waitFor();
  assert.equal(await answerField(page, person, name).count(), 0);
  await looks(page, "read-along");
});

test("without the rule the next message is for whoever has taken the talk", async () => {
  await say(false);
  await told("privacy-read-holder", "start-read-answer");
  await send(seeker.page, seeker.person, "Nur für dich.");
  await line(counselor.page, counselor.person, "Nur für dich.").waitFor();
  await inList().waitFor({ state: "detached" });
  assert.equal(await lead.page.getByText("Nur für dich.").count(), 0);
});

test("with the rule again a lead takes over", async () => {
  await say(true);
  await send(seeker.page, seeker.person, "Und jetzt?");
  await progress(seeker.page, seeker.person, "Und jetzt?", "delivered");
  const { page, person } = lead;
  await show(page, person, name);
  await line(page, person, "Und jetzt?").waitFor();
  await page.locator(".chat-foot").getByRole("button", { name: person.text("queue-claim"), exact: true }).click();
  await answer(page, person, name, "Ich springe ein.");
  await line(seeker.page, seeker.person, "Ich springe ein.").waitFor();
  await on(counselor.page, counselor.person).sentence("along-tag").waitFor({ state: "detached" });
  for (const { person: of } of [lead, counselor, seeker]) of.assertNoProblems();
});
