// A conversation over a connection that comes and goes: nothing is lost, nothing appears twice, and the page says
// what it knows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser, visitor } from "./browser.js";
import { startRelay } from "./relay.js";
import { answer, claim, line, on, openSignUp, progress, send, setUp, signUp, texts } from "./steps.js";

const seekerData = { name: "Papierboot-2041", password: "quitte falter ozean 93 mörtel" };

let box;
let browser;
let relay;
let administrator;
let staff;
let seeker;
let talk;

before(async () => {
  box = await startBox();
  relay = await startRelay(box.address);
  browser = await startBrowser();
  administrator = await visitor(browser, box.origin);
  staff = (await setUp(administrator, box)).page;
  seeker = await visitor(browser, relay.origin);
  seeker.allow(/Failed to load resource: net::ERR_|WebSocket connection to .* failed/);
  talk = await openSignUp(seeker);
  await signUp(talk, seeker, seekerData);
  await send(talk, seeker, "Eins");
  await claim(staff, administrator, seekerData.name);
  await line(staff, administrator, "Eins").waitFor();
});

after(async () => {
  await browser?.close();
  await relay?.close();
  await box?.stop();
});

test("what is written in a dead spot arrives afterwards, once and in order", async () => {
  relay.refuse(true);
  await on(talk, seeker).sentence("talk-reconnecting").waitFor();
  await send(talk, seeker, "Zwei");
  await send(talk, seeker, "Drei");
  await answer(staff, administrator, seekerData.name, "Vier");
  await progress(staff, administrator, "Vier", "stored");
  relay.refuse(false);
  for (const words of ["Zwei", "Drei"]) await sentAtLast(words);
  await line(talk, seeker, "Vier").waitFor();
  await line(staff, administrator, "Drei").waitFor();
  for (const [page, person] of [[talk, seeker], [staff, administrator]]) {
    assert.deepEqual((await texts(page, person)).toSorted(), ["Drei", "Eins", "Vier", "Zwei"]);
    const all = await texts(page, person);
    assert.ok(all.indexOf("Zwei") < all.indexOf("Drei"), `${all}`);
  }
});

test("a connection that is cut again and again while both write loses and doubles nothing", async () => {
  const words = (who, n) => `${who} ${n}`;
  for (let n = 1; n <= 6; n++) {
    const both = [send(talk, seeker, words("Hin", n)), answer(staff, administrator, seekerData.name, words("Her", n))];
    relay.cut();
    await Promise.all(both);
    relay.cut();
  }
  for (let n = 1; n <= 6; n++) {
    await sentAtLast(words("Hin", n));
    await line(staff, administrator, words("Hin", n)).waitFor();
    await line(talk, seeker, words("Her", n)).waitFor();
  }
  for (const [page, person] of [[talk, seeker], [staff, administrator]]) {
    const all = await texts(page, person);
    assert.equal(new Set(all).size, all.length, `${all}`);
    assert.equal(all.length, 16, `${all}`);
    for (const alarm of ["talk-missing", "talk-refused"]) {
      assert.equal(await on(page, person).sentence(alarm).count(), 0, "no false alarm");
    }
  }
  await seeker.close();
  await administrator.close();
});

/** A line gets stored, by itself or, where the page says that it could not be sent, by the button beside it. */
async function sentAtLast(words) {
  const own = line(talk, seeker, words);
  const stored = own.filter({ hasText: new RegExp(["stored", "delivered", "read"].map((step) => seeker.text(`talk-progress-${step}`)).join("|")) });
  const again = own.getByRole("button", { name: seeker.text("talk-send-again") });
  await stored.or(again).first().waitFor();
  if (await again.isVisible()) await again.click();
  await progress(talk, seeker, words, "stored");
}
