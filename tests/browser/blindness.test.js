// P4: what people type never reaches the server in clear. A conversation is held in real browsers; then everything
// the box was sent, everything it keeps and everything it holds in memory is searched for what was typed. That the
// search works is shown twice: in each place it finds words that were planted there, and run against a box and a
// client that leak on purpose it finds what they leak, in each place.
//
// Needs `beistand`, `beistand-leaking` (feature `leak`, with the client of leaking-client.js) and the store's example
// `records`; scripts/test builds them. And gcore.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { leaking, startBox } from "./box.js";
import { startBrowser, visitor } from "./browser.js";
import { dumpCore } from "./core-dump.js";
import { Search } from "./needle.js";
import { startRelay } from "./relay.js";
import { planted, secrets, writings } from "./secrets.js";
import {
  answer, claim, employ, line, openLogIn, openSignUp, progress, recover, send, setUp, signUp,
} from "./steps.js";

const records = join(dirname(leaking), "examples", "records");

let browser;
before(async () => {
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
});

/**
 * A whole conversation at a box: set-up, a counselor, a seeker who writes, is answered, has a draft, and comes again
 * by the recovery code. Gives the seeker's page, and all words that were typed or shown and are nobody else's.
 */
async function converse(box, relay) {
  const person = () => visitor(browser, relay.origin);
  const administrator = await person();
  const kit = await setUp(administrator, box, {
    // Known to everybody, so that words are in the database which the search must find there.
    organisationName: planted,
    name: secrets["administrator's name to log in"],
    password: secrets["administrator's passphrase"],
  });
  const counselor = await employ(browser, relay.origin, administrator, kit.page, {
    displayName: "Ina Berg",
    name: secrets["counselor's name to log in"],
    password: secrets["counselor's passphrase"],
  });
  const seeker = await person();
  const page = await openSignUp(seeker);
  const code = await signUp(page, seeker, { name: secrets.pseudonym, password: secrets.password });
  await send(page, seeker, secrets.message);
  await send(page, seeker, secrets["file name"]);
  await claim(counselor.page, counselor.person, secrets.pseudonym);
  await line(counselor.page, counselor.person, secrets.message).waitFor();
  await answer(counselor.page, counselor.person, secrets.pseudonym, secrets.answer);
  await line(page, seeker, secrets.answer).waitFor();
  await progress(page, seeker, secrets["file name"], "read");
  await page.getByLabel(seeker.text("talk-message-label"), { exact: true }).fill(secrets.draft);
  await page.getByText(seeker.text("talk-draft-saved"), { exact: true }).waitFor();
  const second = await person();
  const elsewhere = await openLogIn(second);
  const renewed = await recover(elsewhere, second, {
    name: secrets.pseudonym,
    code,
    password: secrets["new password"],
  });
  await line(elsewhere, second, secrets.answer).waitFor();
  const words = {
    ...secrets,
    ...writings("recovery code", code),
    ...writings("new recovery code", renewed),
    ...writings("administrator's recovery code", kit.recovery),
    ...writings("root secret", kit.rootSecret),
    ...writings("counselor's recovery code", counselor.code),
  };
  return { page: elsewhere, seeker: second, words, people: [administrator, counselor.person, seeker, second] };
}

/** Plants words in each place, then tells for each what is found there. Ends the box, keeps its data. */
async function look(box, relay, { page, seeker, words }) {
  const search = new Search({ planted, ...words });
  // A request with the words in its body, and a frame; the box ends the connection, having read it.
  seeker.allow(/status of 405/);
  await page.evaluate(async (text) => {
    await fetch("/help", { method: "POST", body: text });
    await new Promise((resolve, reject) => {
      const socket = new WebSocket(`wss://${location.host}/api/v1/live`);
      socket.onopen = () => socket.send(new TextEncoder().encode(text));
      socket.onclose = resolve;
      setTimeout(reject, 30_000);
    });
  }, planted);
  for (const folder of ["journal", "database", "checkpoint"]) {
    const text = `vorher ${Buffer.from(planted).toString("base64")} nachher`;
    writeFileSync(join(box.data, "store", folder, "planted"), text);
  }
  const isFrames = (stream) => /^GET [^\r]*\r\n(?:[^\r]*\r\n)*upgrade: *websocket\r\n/i.test(stream.toString("latin1"));
  const sent = relay.sent();
  const folder = mkdtempSync(join(tmpdir(), "beistand-core-"));
  try {
    const found = {
      "request bodies": sent.filter((stream) => !isFrames(stream)).flatMap((stream) => search.bytes(stream)),
      frames: sent.filter(isFrames).flatMap((stream) => search.bytes(stream)),
      memory: search.memory(box.pid),
    };
    dumpCore(box.pid, folder);
    found["core dump"] = search.folder(folder);
    await box.end();
    found.journal = search.folder(join(box.data, "store", "journal"));
    found.database = search.folder(join(box.data, "store", "database"));
    const seen = ["journal", "database"].map((name) => join(box.data, "store", name));
    found["all other files"] = search.folder(box.data, (path) => seen.includes(path));
    found.logs = search.bytes(Buffer.from(box.output));
    // What is sealed on the disk, opened with the keys of the box.
    const opened = join(folder, "records");
    execFileSync(records, [join(box.data, "store"), join(box.data, "secrets", "storage-key"), opened]);
    found.records = search.file(opened);
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const places = [
  "request bodies", "frames", "memory", "core dump", "journal", "database", "all other files", "logs", "records",
];
const isPlanted = (what) => /(^|[: ])planted \(/.test(what);

test("p04_server_sees_only_ciphertext", async () => {
  // The words reach its memory by its environment, and what it prints by the name of its data folder.
  const box = await startBox({ environment: { PLANTED: planted }, called: planted });
  const relay = await startRelay(box.address);
  try {
    const talk = await converse(box, relay);
    const found = await look(box, relay, talk);
    assert.deepEqual(Object.keys(found).sort(), [...places].sort());
    for (const place of places) {
      assert.ok(found[place].some(isPlanted), `what was planted is not found: ${place}`);
      assert.deepEqual(found[place].filter((what) => !isPlanted(what)), [], place);
    }
    for (const person of talk.people) await person.close();
  } finally {
    await relay.close();
    await box.stop();
  }
});

test("p04_the_search_finds_a_deliberate_leak_in_each_place", async () => {
  const box = await startBox({ binary: leaking });
  const relay = await startRelay(box.address);
  try {
    assert.match(box.output, /LEAKS ON PURPOSE/);
    const talk = await converse(box, relay);
    const found = await look(box, relay, talk);
    const leaked = [
      "pseudonym", "password", "new password", "message", "file name", "answer", "draft",
      "counselor's passphrase", "administrator's passphrase", "recovery code, joined by lengths",
      "new recovery code, joined by lengths",
    ];
    for (const place of places.filter((name) => name !== "all other files")) {
      // The log writes the lengths in front of a code's groups in another way.
      for (const name of leaked.filter((name) => place !== "logs" || !name.endsWith("lengths"))) {
        assert.ok(found[place].some((what) => what.includes(`${name} (utf-8)`)), `not found in ${place}: ${name}`);
      }
    }
    for (const person of talk.people) await person.context.close();
  } finally {
    await relay.close();
    await box.stop();
  }
});
