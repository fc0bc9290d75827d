// The duty roster with real clicks: a lead plans shifts on the grid of hours, by form and by keyboard alone; single,
// repeating, one of them otherwise.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { phone, startBrowser, visitor } from "./browser.js";
import { area, on, setUp } from "./steps.js";

let box;
let browser;
let lead;
let page;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  lead = await visitor(browser, box.origin);
  page = (await setUp(lead, box)).page;
  await area(page, lead, "roster");
  await on(page, lead).button("roster-add").waitFor();
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** The day so many days after this week's Monday, as an input has it. */
async function day(days) {
  const monday = await page.locator(".slots").first().getAttribute("data-day");
  const date = new Date(`${monday}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Everything that stands on a day, as it is read. */
function shifts(date) {
  return page.locator(`.slots[data-day="${date}"] .shift`);
}

/** Next week: nothing of it is over yet. */
async function nextWeek() {
  const before = await page.locator(".slots").first().getAttribute("data-day");
  await on(page, lead).button("roster-after").click();
  await page.locator(`.slots[data-day="${before}"]`).waitFor({ state: "detached" });
}

async function save() {
  await on(page, lead).button("roster-save").click();
  await page.locator(".roster-dialog").waitFor({ state: "detached" });
}

test("a single shift is planned, pushed with the mouse and deleted", async () => {
  const { button, field, text } = on(page, lead);
  await nextWeek();
  const [tuesday, wednesday] = [await day(1), await day(2)];
  await button("roster-add").click();
  await field("roster-who").selectOption({ label: "Theo Adler" });
  await field("roster-day").fill(tuesday);
  await field("roster-from").fill("14:00");
  await field("roster-to").fill("18:00");
  await save();
  await shifts(tuesday).waitFor();
  assert.match(await shifts(tuesday).textContent(), /14–18.*Sie.*Live-Chat/);
  // It is pushed to the next day, and the form asks before anything changes.
  const from = await shifts(tuesday).boundingBox();
  const to = await page.locator(`.slots[data-day="${wednesday}"]`).boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, from.y + 20, { steps: 5 });
  await page.mouse.up();
  await field("roster-day").waitFor();
  assert.equal(await field("roster-day").inputValue(), wednesday);
  assert.equal(await field("roster-from").inputValue(), "14:00");
  await save();
  await shifts(wednesday).waitFor();
  assert.equal(await shifts(tuesday).count(), 0);
  await shifts(wednesday).click();
  await button("roster-remove").click();
  await button("roster-remove-yes").click();
  await shifts(wednesday).waitFor({ state: "detached" });
  await page.getByText(text("roster-removed"), { exact: true }).waitFor({ state: "attached" });
});

test("a shift is drawn on the grid, repeats, and one of it is otherwise", async () => {
  const { button, field, text } = on(page, lead);
  const [monday, friday] = [await day(0), await day(4)];
  const slots = await page.locator(`.slots[data-day="${monday}"]`).boundingBox();
  const hour = slots.height / (await page.locator(".hours span").count());
  const x = slots.x + slots.width / 2;
  await page.mouse.move(x, slots.y + 2 * hour + 2);
  await page.mouse.down();
  await page.mouse.move(x, slots.y + 4 * hour + 2, { steps: 5 });
  await page.mouse.up();
  await field("roster-day").waitFor();
  assert.equal(await field("roster-day").inputValue(), monday);
  const minutes = async (name) => {
    const [hours, minutes] = (await field(name).inputValue()).split(":").map(Number);
    return hours * 60 + minutes;
  };
  assert.equal((await minutes("roster-to")) - (await minutes("roster-from")), 120);
  await field("roster-from").fill("10:00");
  await field("roster-to").fill("12:00");
  await field("roster-repeats").selectOption({ label: text("roster-repeat-weekly") });
  await page.getByRole("checkbox", { name: "Freitag" }).check();
  await save();
  await shifts(friday).waitFor();
  assert.match(await shifts(monday).textContent(), /10–12.*Noch niemand/);
  // Only this one has somebody.
  await shifts(friday).click();
  await page.getByText("Jede Woche: Mo, Fr", { exact: true }).waitFor();
  await button("roster-edit").click();
  await field("roster-who").selectOption({ label: "Theo Adler" });
  await save();
  await shifts(friday).filter({ hasText: "Sie" }).waitFor();
  assert.match(await shifts(monday).textContent(), /Noch niemand/);
  // The following ones are later.
  await nextWeek();
  const [next, last] = [await day(0), await day(4)];
  assert.match(await shifts(last).textContent(), /Noch niemand/);
  await shifts(next).click();
  await button("roster-edit").click();
  await field("roster-from").fill("11:00");
  await field("roster-to").fill("13:00");
  await page.getByRole("radio", { name: text("roster-scope-following") }).check();
  await save();
  await shifts(last).filter({ hasText: "11–13" }).waitFor();
  await button("roster-before").click();
  await shifts(monday).filter({ hasText: "10–12" }).waitFor();
  // All that are still to come go.
  await shifts(monday).click();
  await button("roster-remove").click();
  await page.getByRole("radio", { name: text("roster-scope-all") }).check();
  await button("roster-remove-yes").click();
  await shifts(monday).waitFor({ state: "detached" });
  await shifts(friday).waitFor({ state: "detached" });
});

test("two shifts at once are refused in words, and Escape leaves all as it was", async () => {
  const { button, field, sentence } = on(page, lead);
  const thursday = await day(3);
  for (const [from, to] of [["09:00", "11:00"], ["10:00", "12:00"]]) {
    await button("roster-add").click();
    await field("roster-who").selectOption({ label: "Theo Adler" });
    await field("roster-day").fill(thursday);
    await field("roster-from").fill(from);
    await field("roster-to").fill(to);
    await button("roster-save").click();
    await shifts(thursday).first().waitFor();
  }
  await sentence("roster-denied-overlap").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".roster-dialog").waitFor({ state: "detached" });
  assert.equal(await shifts(thursday).count(), 1);
});

test("by keyboard alone a shift is planned and changed; the focus comes back", async () => {
  const { field } = on(page, lead);
  const saturday = await day(5);
  await page.locator(`[data-key="add-${saturday}"]`).focus();
  await page.keyboard.press("Enter");
  await field("roster-day").waitFor();
  assert.equal(await field("roster-day").inputValue(), saturday);
  // From the task over the person to the button, without the mouse.
  await field("roster-who").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  for (let stop = 0; stop < 30; stop++) {
    if (await page.evaluate(() => document.activeElement?.type === "submit")) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await shifts(saturday).waitFor();
  await page.waitForFunction((key) => document.activeElement?.dataset.key === key, `add-${saturday}`);
  await page.keyboard.press("Tab");
  assert.ok(await shifts(saturday).evaluate((element) => element === document.activeElement));
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".roster-dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.classList.contains("shift"));
});

test("today is the team's day, whatever the device's clock and time zone say", async () => {
  const berlin = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Berlin" });
  const shown = page.locator(".column.now .slots");
  for (const days of [-9, 9]) {
    await page.clock.setSystemTime(Date.now() + days * 86_400_000);
    await page.reload();
    await area(page, lead, "roster");
    await shown.waitFor();
    await nextWeek();
    await shown.waitFor({ state: "detached" });
    await on(page, lead).button("time-today").click();
    await shown.waitFor();
    assert.equal(await shown.getAttribute("data-day"), berlin.format(new Date()));
  }
  await page.clock.setSystemTime(Date.now());
  await nextWeek();
});

test("on a phone the days are lists and nobody scrolls sideways", async () => {
  await page.setViewportSize(phone);
  await shifts(await day(5)).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  const main = await page.locator("main.roster").evaluate((element) => [element.scrollWidth, element.clientWidth]);
  assert.ok(main[0] <= main[1], main.join(" > "));
  await page.setViewportSize({ width: 1280, height: 800 });
});
