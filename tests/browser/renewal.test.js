// A counselor has lost passphrase and recovery code: a fresh invitation for the same person, and the team hears of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnBoth, startBrowser, visitor } from "./browser.js";
import { accept, area, countersign, employ, on, setUp } from "./steps.js";

const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const anew = { ...ina, name: "ina.neu", password: "gondel 71 fackel distel mohn kreisel" };
const ben = { displayName: "Ben Kaya", name: "ben.kaya", password: "turm pfeil gondel 12 kreide wiesel amboss" };
const looks = lookOnBoth();

let box;
let browser;
let office;
let page;
let colleague;
let lost;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  office = await visitor(browser, box.origin);
  page = (await setUp(office, box)).page;
  lost = await employ(browser, box.origin, office, page, ina);
  colleague = await employ(browser, box.origin, office, page, ben);
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

test("new keys by a link, confirmed by an administrator, told to the team", async () => {
  const { button, text } = on(page, office);
  await area(page, office, "administration");
  await button("admin-renew-of", { name: "Ina Berg" }).click();
  const dialog = page.getByRole("dialog", { name: office.text("admin-renew-title", { name: "Ina Berg" }) });
  await dialog.getByText(office.text("admin-renew-loss"), { exact: true }).waitFor();
  await looks(page, "renew-question");
  await dialog.getByRole("button", { name: text("admin-invite-submit"), exact: true }).click();
  const link = dialog.getByLabel(text("admin-invite-link-label"), { exact: true });
  await link.waitFor();
  await looks(page, "renew-link");
  const address = (await link.textContent()).trim();
  await dialog.getByRole("button", { name: text("shut"), exact: true }).click();

  const person = await visitor(browser, box.origin);
  const offer = new URL(address, person.origin);
  offer.search = `?lang=${person.language}`;
  const opened = await person.open(offer.href);
  await opened.getByText(person.text("invitation-renews"), { exact: true }).waitFor();
  await looks(opened, "renewal-offer");
  await opened.close();
  const { page: inas } = await accept(person, address, anew);
  await countersign(page, office, "Ina Berg");
  await on(inas, person).heading("work-none-title").waitFor();

  const told = colleague.page.locator(".renewal").filter({ hasText: "Ina Berg" });
  await told.waitFor();
  assert.match(await told.textContent(), /Theo Adler/);
  await looks(colleague.page, "renewal-told");
  await on(colleague.page, colleague.person).button("renewal-read").click();
  await told.waitFor({ state: "detached" });
  assert.equal(await inas.locator(".renewal").count(), 0);

  // The lost access is over, wherever it was open still.
  await on(lost.page, lost.person).heading("ended-revoked-title").waitFor();
});
