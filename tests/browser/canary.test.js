// P4 and P20 against the real thing: secrets are typed into real browsers, and afterwards searched for in all that
// left the browsers, in all that the box keeps (data, output, memory), and in all that a browser leaves on its disk.
// Each search first finds something that was planted where it looks.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser, startProfile, visitor } from "./browser.js";
import { Search } from "./needle.js";
import { startElsewhere, startRelay } from "./relay.js";
import {
  answer, claim, employ, line, openLogIn, openSignUp, progress, recover, send, setUp, signUp,
} from "./steps.js";

/** What must be found, so that finding nothing else means something. */
const planted = "Der gepflanzte Igel trägt 4711 Knöpfe";

/** What must never be found: unusual enough not to occur by chance, in words and with umlauts. */
const secrets = {
  pseudonym: "Zyklopenkraut-7319",
  password: "quitte falter ozean 93 mörtel",
  "new password": "hafer gleis uhu 58 tümpel narbe",
  message: "Seit Donnerstag schläft der Kühlschrank auf dem Dachboden, sagt Ottilie",
  answer: "Dann füttern wir heute gemeinsam die 17 Leuchttürme, einverstanden?",
  draft: "Vielleicht verschweige ich das mit dem rostigen Cembalo doch lieber",
  "counselor's passphrase": "amboss wiesel kreide turm gondel 44 pfeil säge",
  "administrator's passphrase": "distel kanu lupe 81 ofen rübe sichel trichter",
};

/** A code in the ways it may be written. */
function writings(name, code) {
  const parts = code.split(/[\s-]+/);
  return Object.fromEntries([" ", "-", ""].map((joint) => [`${name} joined by "${joint}"`, parts.join(joint)]));
}

let elsewhere;
let box;
let browser;
let relay;
let kit;
let counselor;

before(async () => {
  // The planted words reach the box's memory as a part of its environment.
  elsewhere = await startElsewhere();
  box = await startBox({ environment: { PLANTED: planted, BEISTAND_LEAVE_TO: elsewhere.origin } });
  relay = await startRelay(box.address);
  browser = await startBrowser();
  const administrator = await visitor(browser, relay.origin);
  kit = await setUp(administrator, box, { password: secrets["administrator's passphrase"] });
  counselor = await employ(browser, relay.origin, administrator, kit.page, {
    displayName: "Ina Berg",
    name: "ina.berg",
    password: secrets["counselor's passphrase"],
  });
});

after(async () => {
  await browser?.close();
  await relay?.close();
  await box?.stop();
  elsewhere?.close();
});

test("p04_server_sees_only_ciphertext", async () => {
  const seeker = await visitor(browser, relay.origin);
  const page = await openSignUp(seeker);
  const code = await signUp(page, seeker, { name: secrets.pseudonym, password: secrets.password });
  await send(page, seeker, secrets.message);
  await claim(counselor.page, counselor.person, secrets.pseudonym);
  await line(counselor.page, counselor.person, secrets.message).waitFor();
  await answer(counselor.page, counselor.person, secrets.pseudonym, secrets.answer);
  await line(page, seeker, secrets.answer).waitFor();
  await progress(page, seeker, secrets.message, "read");
  await page.getByLabel(seeker.text("talk-message-label"), { exact: true }).fill(secrets.draft);
  await page.getByText(seeker.text("talk-draft-saved"), { exact: true }).waitFor();
  // The same by the other ways in: another browser, and the recovery code.
  const second = await visitor(browser, relay.origin);
  const elsewhere = await openLogIn(second);
  const renewed = await recover(elsewhere, second, {
    name: secrets.pseudonym,
    code,
    password: secrets["new password"],
  });
  await line(elsewhere, second, secrets.answer).waitFor();

  const search = new Search({
    planted,
    ...secrets,
    ...writings("recovery code", code),
    ...writings("new recovery code", renewed),
    ...writings("administrator's recovery code", kit.recovery),
    ...writings("root secret", kit.rootSecret),
  });

  // What browsers sent. Planted: a request of the same browser with the words in its body.
  const before = relay.sent();
  seeker.allow(/status of 405/);
  await page.evaluate((words) => fetch("/help", { method: "POST", body: words }), planted);
  const sent = relay.sent();
  assert.ok(search.bytes(Buffer.concat(sent)).some((what) => what.startsWith("planted (")), "the search works");
  assert.ok(before.some((stream) => /upgrade: websocket/i.test(stream.toString("latin1"))), "frames were recorded");
  assert.deepEqual(before.flatMap((stream) => search.bytes(stream)), []);

  // Memory of the running box, with what it holds of all these sessions.
  const memory = search.memory(box.pid);
  assert.ok(memory.some((what) => /planted/.test(what)), "the search works");
  assert.deepEqual(memory.filter((what) => !/planted/.test(what)), []);

  // What it wrote: data and output.
  const plant = join(box.data, "planted");
  writeFileSync(plant, `vorher ${Buffer.from(planted).toString("base64")} nachher`);
  const files = search.folder(box.data);
  rmSync(plant);
  assert.equal(files.length, 1, `the search works: ${files}`);
  assert.match(files[0], /planted/);
  assert.deepEqual(search.bytes(Buffer.from(box.output)), []);

  await second.close();
  await seeker.close();
});

/** The process that owns a profile, found by the folder that its command line names. */
function owner(folder) {
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const words = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      const named = words.includes(`--user-data-dir=${folder}`);
      if (named && !words.some((word) => word.startsWith("--type=")) && !/sh$/.test(readlinkSync(`/proc/${entry}/exe`))) {
        return Number(entry);
      }
    } catch {
      // That process has ended in the meantime.
    }
  }
  throw new Error(`no process owns ${folder}`);
}

/** Runs in a page: keeps words where a browser writes them to the disk at once. */
function keepOnDisk(words) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("planted", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("words");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction("words", "readwrite", { durability: "strict" });
      writing.objectStore("words").put(words, 1);
      writing.oncomplete = resolve;
      writing.onerror = () => reject(writing.error);
    };
  });
}

const endings = {
  "quick exit": async (page, person) => {
    await page.getByRole("link", { name: person.text("leave"), exact: true }).first().click();
    await person.left(page);
    await person.context.close();
  },
  "log-out": async (page, person) => {
    await page.getByLabel(person.text("chat-menu"), { exact: true }).click();
    await page.getByRole("button", { name: person.text("log-out"), exact: true }).click();
    await page.getByRole("heading", { name: person.text("ended-logged-out-title") }).waitFor();
    await person.context.close();
  },
  "closing the window": async (page, person) => {
    await page.close();
    await person.context.close();
  },
  "a crash": async (page, person) => {
    const closed = new Promise((resolve) => person.context.once("close", resolve));
    process.kill(owner(person.folder), "SIGKILL");
    await closed;
  },
};

let number = 0;
for (const [name, end] of Object.entries(endings)) {
  test(`p20_nothing_on_disk_after_${name.replaceAll(/[^a-z]+/g, "_")}`, async () => {
    number += 1;
    const pseudonym = `${secrets.pseudonym}${number}`;
    const person = await startProfile(box.origin, { elsewhere: elsewhere.origin });
    try {
      // Planted: what a page of another origin keeps, which leaving this one does not clear.
      const other = await person.context.newPage();
      await other.goto(elsewhere.origin);
      await other.evaluate(keepOnDisk, planted);
      await other.close();

      const page = await openSignUp(person);
      const code = await signUp(page, person, { name: pseudonym, password: secrets.password });
      await send(page, person, secrets.message);
      await progress(page, person, secrets.message, "stored");
      // A reload leaves what a reload leaves.
      await page.reload();
      await line(page, person, secrets.message).waitFor();
      await page.getByLabel(person.text("talk-message-label"), { exact: true }).fill(secrets.draft);
      await page.getByText(person.text("talk-draft-saved"), { exact: true }).waitFor();
      const stored = await page.evaluate(() => Object.values(sessionStorage));
      assert.ok(stored.length > 0, "a reload can go on");
      // The blob itself may stay on disk after a crash: nobody but the box, and that for a minute, can open it.
      await end(page, person);

      const search = new Search({ planted, ...secrets, pseudonym, ...writings("recovery code", code) });
      const found = search.folder(person.folder);
      assert.ok(found.some((what) => /planted/.test(what)), "the search works");
      assert.deepEqual(found.filter((what) => !/planted/.test(what)), []);
      person.assertNoProblems();
    } finally {
      person.remove();
    }
  });
}
