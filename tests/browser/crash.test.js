// A box on a disk that forgets what was not synced is killed while a seeker sends: what the page showed as stored is
// there once when the box is back, and what was not goes out again or can be sent again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { forgetful, startBox } from "./box.js";
import { startBrowser, visitor } from "./browser.js";
import { line, openLogIn, openSignUp, progress, send, setUpAside, signUp, logIn, texts } from "./steps.js";

const seekerData = { name: "Stromausfall-77", password: "quitte falter ozean 93 mörtel" };

let box;
let browser;
let seeker;
let talk;

before(async () => {
  box = await startBox({ binary: forgetful, environment: { BEISTAND_DISK: "forgetful" } });
  browser = await startBrowser();
  await setUpAside(browser, box);
  seeker = await visitor(browser, box.origin);
  seeker.allow(/Failed to load resource: net::ERR_|WebSocket connection to .* failed/);
  talk = await openSignUp(seeker);
  await signUp(talk, seeker, seekerData);
  await send(talk, seeker, "Anfang");
  await progress(talk, seeker, "Anfang", "stored");
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

test("what was shown as stored is there once after a kill in the middle of sending", async () => {
  const words = Array.from({ length: 8 }, (_, n) => `Zeile ${n}`);
  for (const text of words) await send(talk, seeker, text);
  await progress(talk, seeker, words[0], "stored");
  await box.kill();
  await box.start();
  // The page connects again by itself and sends what was not stored.
  for (const text of words) await progress(talk, seeker, text, "stored");
  assert.deepEqual(await texts(talk, seeker), ["Anfang", ...words]);

  const second = await visitor(browser, box.origin);
  const elsewhere = await openLogIn(second);
  await logIn(elsewhere, second, seekerData);
  await line(elsewhere, second, words.at(-1)).waitFor();
  assert.deepEqual(await texts(elsewhere, second), ["Anfang", ...words]);
  await second.close();
});
