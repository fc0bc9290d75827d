// P20 against the real thing: secrets are typed into a real browser, and after each way of leaving searched for in all
// that it leaves on its disk. Each search first finds something that was planted where it looks.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser, startProfile } from "./browser.js";
import { Search } from "./needle.js";
import { startElsewhere } from "./relay.js";
import { keepOnDisk, planted, secrets, writings } from "./secrets.js";
import { line, openSignUp, progress, send, setUpAside, signUp } from "./steps.js";

let elsewhere;
let box;

before(async () => {
  elsewhere = await startElsewhere();
  box = await startBox({ environment: { BEISTAND_LEAVE_TO: elsewhere.origin } });
  const browser = await startBrowser();
  await setUpAside(browser, box);
  await browser.close();
});

after(async () => {
  await box?.stop();
  elsewhere?.close();
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

      const search = new Search({ planted, ...secrets, "pseudonym, whole": pseudonym, ...writings("recovery code", code) });
      const found = search.folder(person.folder);
      assert.ok(found.some((what) => /planted/.test(what)), "the search works");
      assert.deepEqual(found.filter((what) => !/planted/.test(what)), []);
      person.assertNoProblems();
    } finally {
      person.remove();
    }
  });
}
