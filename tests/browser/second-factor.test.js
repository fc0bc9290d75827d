// A second factor and the list of log-ins: set up with an app that reads the picture or takes the secret by hand, asked for
// at the log-in, turned off; a log-in that is ended elsewhere is over there.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { lookOnBoth, startBrowser, visitor } from "./browser.js";
import { area, employ, fillStaffLogIn, on, organisation, setUp, staffLogIn } from "./steps.js";

const looks = lookOnBoth();

let box;
let browser;
let first;
let page;

before(async () => {
  box = await startBox();
  browser = await startBrowser();
  first = await visitor(browser, box.origin);
  page = (await setUp(first, box)).page;
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** What an app with this secret shows at a step from now (RFC 6238). Each number is good once, and the box takes the ones
 * beside the present one as well: the three log-ins here go from the one before to the one after. */
function shown(secret, step) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

async function openAccess(page, person) {
  const { button, heading, text } = on(page, person);
  await page.getByLabel(text("staff-menu"), { exact: true }).click();
  await button("access-title").click();
  await heading("access-factor-title").waitFor();
}

let secret;

test("an app reads the secret, and the log-in asks for its number", async () => {
  const { button, field, sentence, text } = on(page, first);
  await openAccess(page, first);
  await sentence("access-factor-off").waitFor();
  await looks(page, "access");
  await button("access-factor-begin").click();
  const picture = page.getByRole("img", { name: text("access-factor-picture"), exact: true });
  await picture.waitFor();
  // Dark on light, whatever the page's colours are.
  const colours = await picture.evaluate((svg) => {
    const style = getComputedStyle(svg);
    return [style.backgroundColor, getComputedStyle(svg.querySelector("path")).fill];
  });
  assert.deepEqual(colours, ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
  secret = (await page.locator("code.code-line").textContent()).replaceAll(" ", "");
  assert.match(secret, /^[A-Z2-7]{32}$/);
  await looks(page, "access-set-up");

  await field("access-factor-code").fill("12345");
  await button("access-factor-on").click();
  await sentence("failure-app-code-invalid").waitFor();
  await field("access-factor-code").fill(shown(secret, 5));
  await button("access-factor-on").click();
  await sentence("failure-second-factor-wrong").waitFor();
  // A step that ends just now would make the former one too old.
  await page.waitForFunction(() => Date.now() % 30_000 < 27_000);
  const number = shown(secret, -1);
  await field("access-factor-code").fill(`${number.slice(0, 3)} ${number.slice(3)}`);
  await button("access-factor-on").click();
  await sentence("access-factor-is-on").waitFor();
  assert.equal(await page.locator("code.code-line").count(), 0, "the secret is shown no more");
  await looks(page, "access-on");
});

test("without the number nobody gets in; a log-in can be ended from elsewhere", async () => {
  const second = await visitor(browser, box.origin);
  const other = await second.open(`/staff?lang=${second.language}`);
  await fillStaffLogIn(other, second, organisation);
  const { button, field, heading, sentence } = on(other, second);
  await field("access-log-in-code").waitFor();
  assert.equal(await other.getByRole("alert").filter({ hasText: /./ }).count(), 0, "nothing went wrong yet");
  assert.equal(
    await field("access-log-in-code").evaluate((input) => input === document.activeElement),
    true,
    "the digits can be typed at once",
  );
  await looks(other, "log-in-code");
  await field("access-log-in-code").fill(shown(secret, 5));
  await button("staff-login-title").click();
  await sentence("failure-second-factor-wrong").waitFor();
  await field("access-log-in-code").fill(shown(secret, 0));
  await button("staff-login-title").click();
  await heading("work-none-title").waitFor();

  // The first page lists both, and ends the second one.
  await openAccess(page, first);
  const devices = page.getByRole("region", { name: first.text("access-devices-title") });
  await devices.getByText(first.text("access-device-other"), { exact: true }).waitFor();
  assert.equal(await devices.getByRole("listitem").count(), 2);
  await looks(page, "access-devices");
  await devices.getByRole("button").click();
  await devices.getByText(first.text("access-device-ended"), { exact: true }).waitFor();
  await heading("ended-expired-title").waitFor();
  await devices.getByRole("listitem").nth(1).waitFor({ state: "detached" });
  await second.close();
});

test("turned off again, the passphrase is enough", async () => {
  const { button, field, sentence } = on(page, first);
  await field("access-factor-code").fill(shown(secret, 1));
  await button("access-factor-end").click();
  await sentence("access-factor-is-off").waitFor();
  const third = await visitor(browser, box.origin);
  await staffLogIn(third, organisation);
  await third.close();
});

test("where it is demanded, whoever has none sets it up before anything else", async () => {
  const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
  await on(page, first).button("staff-nav-talks").click();
  const { person, page: work } = await employ(browser, box.origin, first, page, ina);
  /** Sets a factor up in the form that is on the page. */
  const setUpFactor = async (page, of) => {
    const { button, field } = on(page, of);
    await button("access-factor-begin").click();
    const drawn = (await page.locator("code.code-line").textContent()).replaceAll(" ", "");
    await field("access-factor-code").fill(shown(drawn, 0));
    await button("access-factor-on").click();
  };
  const demand = (page, of, options = {}) => page.getByRole("checkbox", { name: of.text("demand-factor"), ...options });
  first.allow(/403/);
  await area(page, first, "administration");
  await demand(page, first).click();
  await on(page, first).sentence("failure-second-factor-demanded").waitFor();
  await demand(page, first, { checked: false }).waitFor();
  await looks(page, "demand-refused");
  await openAccess(page, first);
  await setUpFactor(page, first);
  await on(page, first).sentence("access-factor-is-on").waitFor();
  await area(page, first, "administration");
  await demand(page, first).click();
  await demand(page, first, { checked: true }).waitFor();
  await looks(page, "demand-on");
  await openAccess(page, first);
  await on(page, first).sentence("access-factor-demanded").waitFor();
  assert.equal(await on(page, first).button("access-factor-end").count(), 0);

  const { heading } = on(work, person);
  await heading("ended-expired-title").waitFor();
  const again = await person.open(`/staff?lang=${person.language}`);
  await fillStaffLogIn(again, person, ina);
  await on(again, person).heading("factor-first-title").waitFor();
  assert.equal(await on(again, person).button("staff-nav-talks").count(), 0);
  await looks(again, "factor-first");
  // A reload changes nothing.
  await again.reload();
  await on(again, person).heading("factor-first-title").waitFor();
  await setUpFactor(again, person);
  await on(again, person).heading("work-none-title").waitFor();
  await person.close();
  await first.close();
});
