// The same ways by keyboard alone: every step is reached by Tab, where the eye would look for it, and done by Enter
// or Space; and what a screen reader is told of a conversation.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser, visitor } from "./browser.js";
import { startElsewhere } from "./relay.js";
import { answer, claim, line, on, pagesLoaded, progress, send, setUp } from "./steps.js";

/** More stops than any page has between two things one wants. */
const STOPS_MAX = 40;

const seekerName = "Feldlerche-803";

let elsewhere;
let box;
let browser;
let administrator;
let staff;

before(async () => {
  elsewhere = await startElsewhere();
  box = await startBox({ environment: { BEISTAND_LEAVE_TO: elsewhere.origin } });
  browser = await startBrowser();
  administrator = await visitor(browser, box.origin);
  staff = (await setUp(administrator, box)).page;
});

after(async () => {
  await browser?.close();
  await box?.stop();
  elsewhere?.close();
});

/** Presses Tab until `target` has the focus, and shows that it can be seen. */
async function tabTo(page, target) {
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    await page.keyboard.press("Tab");
    const focused = await target.evaluate((element) => element === document.activeElement).catch(() => false);
    if (!focused) continue;
    const seen = await target.evaluate((element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const around = getComputedStyle(element.closest("form.write, .password, .field") ?? element);
      return [outlineStyle !== "none" && outlineWidth !== "0px", boxShadow !== "none", around.boxShadow !== "none",
        around.outlineStyle !== "none"].some(Boolean);
    });
    assert.ok(seen, "the focus can be seen");
    return;
  }
  assert.fail(`not reached by Tab: ${target}`);
}

test("a seeker signs up, writes and leaves by keyboard alone", async () => {
  const person = await visitor(browser, box.origin, { elsewhere: elsewhere.origin });
  const page = await person.open("/?lang=de");
  const { field, button, link, heading, sentence } = on(page, person);

  // The first stop leads past the header.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await tabTo(page, link("start-write"));
  await page.keyboard.press("Enter");
  await heading("signup-title").waitFor();
  await pagesLoaded(page);
  await tabTo(page, field("signup-name"));
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(seekerName);
  await tabTo(page, field("field-password"));
  // The words that were offered are kept.
  await sentence("password-rating-4").waitFor();
  const offered = await field("field-password").inputValue();
  assert.equal(offered.trim().split(/[\s-]+/).length, 4, offered);
  await tabTo(page, button("signup-submit"));
  await page.keyboard.press("Enter");
  await heading("recovery-title").waitFor();
  await tabTo(page, button("code-noted"));
  await page.keyboard.press("Space");
  await field("talk-message-label").waitFor();
  await tabTo(page, field("talk-message-label"));
  await page.keyboard.type("Ohne Maus");
  await page.keyboard.press("ControlOrMeta+Enter");
  await progress(page, person, "Ohne Maus", "stored");
  await page.keyboard.type("Weiter im selben Feld");
  assert.equal(await field("talk-message-label").inputValue(), "Weiter im selben Feld");
  await tabTo(page, button("talk-send"));
  await page.keyboard.press("Enter");
  await line(page, person, "Weiter im selben Feld").waitFor();

  // Emergency numbers open and close, and give the focus back.
  await tabTo(page, button("chat-emergency-open"));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("link", { name: "112" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.ok(await button("chat-emergency-open").evaluate((element) => element === document.activeElement));

  // A screen reader: the conversation is a log with a name; lines of others say whose they are.
  await claim(staff, administrator, seekerName);
  await answer(staff, administrator, seekerName, "Auch ohne Maus.");
  await line(page, person, "Auch ohne Maus.").waitFor();
  const log = page.getByRole("log", { name: person.text("talk-label") });
  // The history is not read out, what comes afterwards is.
  await page.locator('[role="log"][aria-live="polite"]').waitFor();
  assert.match(await log.ariaSnapshot(), /Theo Adler.*Auch ohne Maus\./s);

  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await person.left(page);
  await person.close();
});

test("a counselor takes a talk, answers and closes it by keyboard alone", async () => {
  const { button, heading, field } = on(staff, administrator);
  const person = await visitor(browser, box.origin);
  const page = await person.open("/?lang=de");
  const seekers = on(page, person);
  await seekers.link("start-write").click();
  await seekers.field("signup-name").fill("Seepferdchen-77");
  await page.getByText(person.text("password-rating-4"), { exact: true }).waitFor();
  await seekers.button("signup-submit").click();
  await seekers.button("recovery-skip").click();
  await send(page, person, "Bitte melden");

  await staff.reload();
  await heading("work-none-title").waitFor();
  const take = button("queue-claim-of", { name: "Seepferdchen-77" });
  await take.waitFor();
  await tabTo(staff, take);
  await staff.keyboard.press("Enter");
  const own = staff.getByLabel(administrator.text("work-answer-label", { name: "Seepferdchen-77" }), { exact: true });
  await own.waitFor();
  await tabTo(staff, own);
  await staff.keyboard.type("Bin da");
  await staff.keyboard.press("ControlOrMeta+Enter");
  await line(page, person, "Bin da").waitFor();
  await tabTo(staff, button("work-close"));
  await staff.keyboard.press("Enter");
  await heading("work-close-title").waitFor();
  await tabTo(staff, staff.getByRole("dialog").getByRole("button", { name: administrator.text("work-close-submit") }));
  await staff.keyboard.press("Enter");
  await seekers.sentence("talk-closed").waitFor();
  await person.close();
  await administrator.close();
});
