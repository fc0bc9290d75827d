// What the staff note about a talk: why it was closed and what it was about, tags, and what goes with a handover. Two
// at the workplace read it; the seeker reads none of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { desktop, lookOnce, phone, startBrowser } from "./browser.js";
import { area, answerField, claim, line, on, organisation, send, show, takenTalk } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const name = "Waldkauz-31";
const look = lookOnce();

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

const dialog = ({ page }) => page.locator("dialog[open]");
const row = ({ page }) => page.locator(".row-talk", { hasText: name });
const notes = ({ page }, words) => page.locator(".talk-column .note", { hasText: words });
/** The words of a sentence that depend on nothing: up to the first value. */
const begin = ({ text }, key, values) => text(key, values);

test("a lead writes the topics down, and they stay", async () => {
  const { page, person } = lead;
  await area(page, person, "lead");
  const { field, button, sentence } = on(page, person);
  await button("topics-suggest").click();
  const suggested = await field("topics-label").inputValue();
  assert.ok(suggested.split("\n").length > 5, suggested);
  await field("topics-label").fill("Familie\nSchule\n");
  await look(page, "topics");
  await page.getByRole("region", { name: person.text("topics-title", { team: organisation.teamName }) })
    .getByRole("button", { name: person.text("lead-queue-save"), exact: true }).click();
  await sentence("topics-saved").waitFor();
  await page.setViewportSize(phone);
  await look(page, "topics-phone");
  await page.setViewportSize(desktop);
  await area(page, person, "talks");
});

test("tags are put on a talk, stand in the list of both, and choose what the list shows", async () => {
  const { page, person } = counselor;
  await show(page, person, name);
  const column = page.locator("section.person");
  for (const tag of ["Dolmetschen", "bitte ruhig antworten"]) {
    await column.getByLabel(person.text("tags-new"), { exact: true }).fill(tag);
    await column.getByRole("button", { name: person.text("tags-add"), exact: true }).click();
    await column.getByRole("button", { name: person.text("tags-remove", { tag }), exact: true }).waitFor();
  }
  await row(lead).getByText("Dolmetschen", { exact: true }).waitFor();
  await look(page, "tags");
  // What has no room is left out as a whole: nothing is cut.
  const cut = await page.locator(".item .tag").evaluateAll((tags) =>
    tags.filter((tag) => {
      const line = tag.parentElement.getBoundingClientRect();
      const { top } = tag.getBoundingClientRect();
      return top < line.bottom && tag.scrollWidth > tag.clientWidth && tag.previousElementSibling;
    }).length);
  assert.equal(cut, 0);

  await lead.page.locator(".filter summary").click();
  await lead.page.getByLabel(lead.person.text("tags-title"), { exact: true }).selectOption("Dolmetschen");
  await row(lead).waitFor();
  await column.getByRole("button", { name: person.text("tags-remove", { tag: "Dolmetschen" }), exact: true }).click();
  await row(lead).waitFor({ state: "detached" });
  await lead.page.getByRole("button", { name: lead.person.text("filter-reset") }).click();
  await row(lead).getByText("bitte ruhig antworten", { exact: true }).waitFor();
  await lead.page.locator(".filter summary").click();
});

test("a talk is handed over with a note that the colleague reads and the seeker does not", async () => {
  const { page, person } = counselor;
  await show(page, person, name);
  await on(page, person).button("work-hand-over").click();
  await dialog(counselor).getByRole("radio", { name: organisation.displayName }).check();
  await dialog(counselor).getByLabel(person.text("work-hand-over-note"), { exact: true }).fill("Sie wartet auf die Adresse.");
  await look(page, "hand-over");
  await dialog(counselor).getByRole("button", { name: person.text("work-hand-over-submit"), exact: true }).click();
  await answerFieldOf(lead);
  const side = lead.page.locator(".sides").getByRole("button", { name: lead.person.text("beside-team") });
  await side.locator(".count").waitFor();
  await side.click();
  await lead.page.locator(".beside .note", { hasText: "Sie wartet auf die Adresse." }).waitFor();
  await look(lead.page, "handed-over");
  await lead.page.locator(".sides").getByRole("button", { name: lead.person.text("beside-with", { name }) }).click();
  // And back to the team, from where the counselor takes it again.
  await on(lead.page, lead.person).button("work-hand-over").click();
  await dialog(lead).getByRole("radio", { name: lead.person.text("work-hand-over-team") }).check();
  await dialog(lead).getByRole("button", { name: lead.person.text("work-hand-over-submit"), exact: true }).click();
  await claim(page, person, name);
});

async function answerFieldOf(who) {
  await show(who.page, who.person, name);
  await answerField(who.page, who.person, name).waitFor();
}

test("a talk is closed with a reason and a topic, which the staff read and the seeker does not", async () => {
  const { page, person } = counselor;
  await on(page, person).button("work-close").click();
  await on(page, person).heading("work-close-title").waitFor();
  await dialog(counselor).getByLabel(person.text("ending-topic"), { exact: true }).selectOption("Schule");
  await dialog(counselor).getByRole("radio", { name: person.text("ending-sent-on") }).check();
  await look(page, "close");
  await page.setViewportSize(phone);
  await look(page, "close-phone");
  await page.setViewportSize(desktop);
  await dialog(counselor).getByRole("button", { name: person.text("work-close-submit"), exact: true }).click();
  await on(page, person).sentence("work-closed").waitFor();
  const words = begin(person, "ending-with-topic", { reason: person.text("ending-sent-on"), topic: "Schule" });
  await notes(counselor, words).waitFor();
  await show(lead.page, lead.person, name);
  await notes(lead, words).waitFor();
  await look(page, "closed");
  await line(seeker.page, seeker.person, "Hallo?").waitFor();
  await seeker.page.getByText(seeker.person.text("talk-closed"), { exact: true }).waitFor();

  // A new message opens it again.
  await send(seeker.page, seeker.person, "Noch etwas.");
  await claim(page, person, name);
  await line(page, person, "Noch etwas.").waitFor();
  const shown = await seeker.page.locator("body").textContent();
  for (const secret of ["Schule", person.text("ending-sent-on"), "Adresse", "ruhig"]) {
    assert.ok(!shown.includes(secret), secret);
  }
});

test("on a phone everything of it has room, also the six areas of who leads and administers", async () => {
  await counselor.page.setViewportSize(phone);
  await look(counselor.page, "talk-phone");
  await lead.page.setViewportSize(phone);
  await lead.page.getByRole("button", { name: lead.person.text("work-back"), exact: true }).click();
  const bar = lead.page.locator(".bar nav");
  assert.equal(await bar.locator(".tab").count(), 6);
  const [content, room] = await bar.evaluate((bar) => [bar.scrollWidth, bar.clientWidth]);
  assert.ok(content <= room, `the areas are ${content} wide in ${room}`);
  await look(lead.page, "list-phone");
  for (const { person } of [lead, counselor, seeker]) person.assertNoProblems();
});
