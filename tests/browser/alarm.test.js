// The bell of whoever is on duty, heard: what goes to the loudspeaker is recorded in the page and its tones are looked
// for. It rings until somebody has taken the request, without the page's timers, which a browser slows down in the
// background; it can be chosen, silenced and tested; and a browser that refuses sound is said so loudly.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, desktop, phone, startWholeBrowser, visitor } from "./browser.js";
import { answer, claim, duty, employ, line, on, openSignUp, send, setUp, signUp } from "./steps.js";

/** Hertz of what rings for a request and sounds for an answer. */
const tones = { bell: 880, chime: 659.26, knock: 294, answer: 1318.5 };
/** Seconds from one ringing to the next. */
const ROUND_S = 5;
const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };
const seeker = { name: "Mondkatze-417", password: "quitte falter ozean 93 mörtel" };

let box;
let browser;
let administrator;
let administration;
let counselor;
let visit;
let talk;

before(async () => {
  box = await startBox();
  browser = await startWholeBrowser();
  administrator = await visitor(browser, box.origin);
  administration = (await setUp(administrator, box)).page;
  await duty(administration, administrator, false);
  counselor = await employ(browser, box.origin, administrator, administration, ina);
  await counselor.person.context.addInitScript(listen);
  await counselor.person.context.grantPermissions(["notifications"]);
  visit = await visitor(browser, box.origin);
  talk = await openSignUp(visit);
  await signUp(talk, visit, seeker);
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** Runs in the page before all else: a second ear at the loudspeaker, and a list of the notices shown. */
function listen() {
  const connect = AudioNode.prototype.connect;
  window.ear = { samples: [], dropped: 0, rate: 0 };
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && !this.isEar) {
      const ear = to.context.createScriptProcessor(4096, 1, 1);
      ear.isEar = true;
      ear.onaudioprocess = (event) => {
        window.ear.rate = to.context.sampleRate;
        window.ear.samples.push(...event.inputBuffer.getChannelData(0));
        // Half a minute is enough; places are counted from the beginning all the same.
        if (window.ear.samples.length > 30 * window.ear.rate) window.ear.dropped += window.ear.samples.splice(0, 4096).length;
      };
      connect.call(this, ear);
      connect.call(ear, to);
    }
    return connect.call(this, to, ...rest);
  };
  window.notices = [];
  const Real = window.Notification;
  window.Notification = class extends Real {
    constructor(title, options) {
      super(title, options);
      window.notices.push({ title, ...options });
    }
  };
}

/**
 * What was heard since `from`: per tenth of a second the loudness, and of the whole how much of it each of the wanted
 * tones makes up.
 */
function heard(page, from = 0) {
  return page.evaluate(
    ({ from, tones }) => {
      const { rate, dropped } = window.ear;
      const samples = window.ear.samples.slice(Math.max(0, from - dropped));
      const step = Math.round(rate / 10);
      const loud = [];
      for (let at = 0; at + step <= samples.length; at += step) {
        let sum = 0;
        for (let n = at; n < at + step; n++) sum += samples[n] ** 2;
        loud.push(Math.sqrt(sum / step));
      }
      // Goertzel's filter: how much of a tone is in there.
      const share = (hertz) => {
        const w = 2 * Math.cos((2 * Math.PI * hertz) / rate);
        let [before, last] = [0, 0];
        for (const sample of samples) [before, last] = [last, sample + w * last - before];
        return Math.sqrt(Math.max(0, last ** 2 + before ** 2 - w * last * before)) / Math.max(1, samples.length);
      };
      return {
        seconds: samples.length / rate,
        loud,
        shares: Object.fromEntries(Object.entries(tones).map(([name, hertz]) => [name, share(hertz)])),
      };
    },
    { from, tones },
  );
}

const mark = (page) => page.evaluate(() => window.ear.dropped + window.ear.samples.length);
/** Waits until so many seconds more have gone to the loudspeaker. */
const seconds = (page, from, count) =>
  page.waitForFunction(
    ([from, count]) => window.ear.dropped + window.ear.samples.length >= from + count * window.ear.rate, [from, count]);
/** Waits until something sounds, however late the press came through, and for the two seconds that it takes. */
async function sounds(page, from) {
  await page.waitForFunction(
    (from) => window.ear.samples.slice(Math.max(0, from - window.ear.dropped)).some((sample) => Math.abs(sample) > 0.001), from);
  await seconds(page, await mark(page), 2);
}
const strongest = ({ shares }) => Object.entries(shares).sort(([, a], [, b]) => b - a)[0][0];
/** When ringing began, in seconds: each first loud tenth after a second of silence. */
const rounds = ({ loud }) =>
  loud.flatMap((loudness, at) =>
    loudness > 0.01 && loud.slice(Math.max(0, at - 10), at).every((before) => before < 0.005) ? [at / 10] : []);

test("at the start of a shift the bell is tested, and really heard", async () => {
  const { page, person } = counselor;
  await page.reload();
  await on(page, person).heading("work-none-title").waitFor();
  const { button, sentence } = on(page, person);
  await duty(page, person, true);
  await sentence("alarm-due").waitFor();
  await assertAccessible(page, "alarm-due");
  await page.waitForFunction(() => window.ear.rate > 0);
  const from = await mark(page);
  await button("alarm-test").click();
  await sentence("alarm-heard-question").waitFor();
  await sounds(page, from);
  const ring = await heard(page);
  assert.equal(strongest(ring), "bell");
  assert.ok(Math.max(...ring.loud) > 0.05, `loudest ${Math.max(...ring.loud)}`);
  assert.equal(await sentence("alarm-blocked-title").count(), 0);
  // Nothing was heard: loud, with what to look at.
  await button("alarm-unheard").click();
  await page.getByRole("alert").getByText(person.text("alarm-unheard-title"), { exact: true }).waitFor();
  await assertAccessible(page, "alarm-unheard");
  await page.setViewportSize(phone);
  await assertFits(page, "alarm-unheard-phone");
  await page.setViewportSize(desktop);
  await button("alarm-test-again").click();
  await button("alarm-heard").click();
  await page.locator(".alarm-state").waitFor();
});

test("a request rings again and again until somebody takes it, whatever becomes of the page's timers", async () => {
  const { page, person } = counselor;
  const { sentence } = on(page, person);
  await seconds(page, await mark(page), ROUND_S);
  const from = await mark(page);
  await send(talk, visit, "Ist da jemand?");
  await sentence("alarm-rings").waitFor();
  // As in a tab that has been in the background for long: no timer runs any more.
  await page.evaluate(() => {
    const [timeout, interval] = [window.setTimeout, window.setInterval];
    window.setTimeout = () => 0;
    window.setInterval = () => 0;
    window.timers = () => Object.assign(window, { setTimeout: timeout, setInterval: interval });
  });
  await seconds(page, from, 3 * ROUND_S + 2);
  const ring = await heard(page, from);
  assert.equal(strongest(ring), "bell");
  const begun = rounds(ring);
  assert.ok(begun.length >= 3, `rang at ${begun}`);
  begun.slice(1).forEach((at, number) => assert.ok(Math.abs(at - begun[number] - ROUND_S) < 0.5, `rang at ${begun}`));
  await page.evaluate(() => window.timers());
  await assertAccessible(page, "alarm-rings");

  await claim(page, person, seeker.name);
  await sentence("alarm-rings").waitFor({ state: "detached" });
  const taken = await mark(page);
  await seconds(page, taken, ROUND_S + 1);
  const after = await heard(page, taken);
  // What was sounding when it was taken may end.
  assert.ok(after.loud.slice(5).every((loudness) => loudness < 0.01), "it rings on");
});

test("an answer is heard once where nobody looks, and a notice says nothing of it", async () => {
  const { page, person } = counselor;
  await answer(page, person, seeker.name, "Ja, ich bin da.");
  await line(talk, visit, "Ja, ich bin da.").waitFor();
  // The talk is open, and nobody has the page before their eyes.
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.hasFocus = () => false;
  });
  const from = await mark(page);
  await send(talk, visit, "Geheimes Wort Quittenbaum");
  await sounds(page, from);
  const sound = await heard(page, from);
  assert.equal(strongest(sound), "answer");
  assert.equal(rounds(sound).length, 1);
  const notices = await page.evaluate(() => window.notices);
  assert.deepEqual(notices.map(({ title, body }) => [title, body]), [[person.text("product-name"), person.text("alarm-notice-answer")]]);
  assert.doesNotMatch(JSON.stringify(notices), /Quittenbaum|Mondkatze/);
  await page.evaluate(() => {
    delete document.visibilityState;
    delete document.hasFocus;
  });
});

test("sound and volume can be chosen, and what waits can be silenced until the next request", async () => {
  const { page, person } = counselor;
  const { button, sentence } = on(page, person);
  await page.locator(".alarm-state").click();
  const dialog = page.getByRole("dialog", { name: person.text("alarm-title") });
  await dialog.waitFor();
  await assertAccessible(page, "alarm-dialog");
  await seconds(page, await mark(page), ROUND_S);
  let from = await mark(page);
  await dialog.getByRole("radio", { name: person.text("alarm-tone-chime") }).check();
  await sounds(page, from);
  const chime = await heard(page, from);
  assert.equal(strongest(chime), "chime");
  await seconds(page, await mark(page), ROUND_S);
  from = await mark(page);
  await dialog.getByLabel(person.text("alarm-volume")).fill("20");
  await sounds(page, from);
  const quiet = await heard(page, from);
  assert.ok(Math.max(...quiet.loud) < Math.max(...chime.loud) / 4, `${Math.max(...quiet.loud)} and ${Math.max(...chime.loud)}`);
  assert.ok(Math.max(...quiet.loud) > 0.001);
  await dialog.getByRole("button", { name: person.text("shut") }).click();
  await button("alarm-heard").click();

  const two = await visitor(browser, box.origin);
  const other = await openSignUp(two);
  await signUp(other, two, { ...seeker, name: "Ofenkatze-9" });
  await send(other, two, "Noch jemand");
  await button("alarm-silence").click();
  await sentence("alarm-rings").waitFor({ state: "detached" });
  await seconds(page, await mark(page), 2);
  from = await mark(page);
  await seconds(page, from, ROUND_S + 1);
  assert.ok((await heard(page, from)).loud.every((loudness) => loudness < 0.01));
  const three = await visitor(browser, box.origin);
  const third = await openSignUp(three);
  await signUp(third, three, { ...seeker, name: "Hauskatze-8" });
  await send(third, three, "Und noch jemand");
  await sentence("alarm-rings").waitFor();
  // Off duty it is still.
  await duty(page, person, false);
  await sentence("alarm-rings").waitFor({ state: "detached" });
  await Promise.all([two.close(), three.close()]);
});

test("a browser that lets no sound through is said so loudly", async () => {
  const person = await visitor(browser, box.origin, { language: "en" });
  // As where the settings forbid it: nothing that is pressed changes that.
  await person.context.addInitScript(() => {
    Object.defineProperty(AudioContext.prototype, "state", { get: () => "suspended" });
    AudioContext.prototype.resume = () => new Promise(() => undefined);
  });
  const page = await person.open("/staff?lang=en");
  await on(page, person).field("staff-login-name").fill(ina.name);
  await on(page, person).field("staff-login-passphrase").fill(ina.password);
  await on(page, person).button("staff-login-title").click();
  await page.getByRole("alert").getByText(person.text("alarm-blocked-title"), { exact: true }).waitFor();
  await on(page, person).button("alarm-unblock").waitFor();
  await assertAccessible(page, "alarm-blocked");
  await page.setViewportSize(phone);
  await assertFits(page, "alarm-blocked-phone");
  await page.setViewportSize(desktop);
  await person.close();
  await counselor.person.close();
  await visit.close();
  await administrator.close();
});
