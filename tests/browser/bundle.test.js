// The packed client (scripts/build-client): every file is what its name and the manifest say, its compressed
// copies are the same file, and no reference was left open.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { languages, text as textOf } from "./text.js";

const client = process.env.BEISTAND_CLIENT_DIR ?? join(import.meta.dirname, "../../target/client");
const manifest = JSON.parse(readFileSync(join(client, "manifest.json"), "utf8"));
const entries = ["assets", "shells"].flatMap((folder) => manifest[folder].map((entry) => ({ folder, ...entry })));
const text = (entry) => readFileSync(join(client, entry.folder, entry.file), "utf8");

test("the bundles, the styles and the shells are there", () => {
  const names = entries.map((entry) => entry.name);
  for (const name of ["seeker.wasm", "staff.wasm", "worker.wasm", "staff-worker.wasm", "strength.wasm", "style.css", "staff.css"]) {
    assert.ok(names.includes(name), name);
  }
  assert.deepEqual(manifest.shells.map(({ name }) => name), ["seeker.html", "staff.html", "push.js"]);
});

test("shells say what the translations say, in every language", () => {
  const both = ["shell-loading", "shell-failed-title", "shell-failed-load", "shell-failed-wasm", "shell-failed-broken", "shell-reload", "shell-help"];
  const seeker = ["shell-no-script", "leave", "emergency-title", "emergency-lead", "emergency-default-112", "signup-title", "login-title", "early-loading"];
  for (const [name, keys] of [["seeker.html", [...both, ...seeker]], ["staff.html", [...both, "shell-no-script-staff"]]]) {
    const content = text(entries.find((entry) => entry.name === name));
    for (const language of languages) {
      const say = textOf(language);
      for (const key of keys) assert.ok(content.includes(`>${say(key)}<`), `${name} lacks ${key} in ${language}`);
      if (name === "seeker.html") assert.ok(content.includes(`>${say("seeker-step", { step: "1" })}<`), language);
    }
  }
  assert.ok(!text(entries.find(({ name }) => name === "staff.html")).includes("early-"));
});

test("a module that takes from elsewhere than its glue is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "beistand-bundles-"));
  try {
    const pack = (module) => {
      for (const bundle of ["seeker", "staff", "worker", "staff-worker", "strength"]) {
        mkdirSync(join(folder, bundle), { recursive: true });
        writeFileSync(join(folder, bundle, `${bundle}.js`), "");
        writeFileSync(join(folder, bundle, `${bundle}_bg.wasm`), importing(bundle === "worker" ? module : `./${bundle}_bg.js`));
      }
      const script = join(import.meta.dirname, "../../scripts/pack-client.js");
      return spawnSync(process.execPath, [script, folder, join(folder, "client")], { encoding: "utf8" });
    };
    const refused = pack("env");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /worker_bg\.wasm imports f from env, .*build again/);
    assert.ok(!existsSync(join(folder, "client/manifest.json")));
    const taken = pack("./worker_bg.js");
    assert.equal(taken.status, 0, taken.stderr);
    assert.ok(existsSync(join(folder, "client/manifest.json")));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A module that imports a function `f` without arguments. */
function importing(module) {
  const name = [module.length, ...Buffer.from(module)];
  const imports = [1, ...name, 1, "f".charCodeAt(0), 0, 0];
  return Buffer.from([0, ...Buffer.from("asm"), 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, imports.length, ...imports]);
}

test("each file has the content that name and manifest say, in every encoding", () => {
  for (const entry of entries) {
    const path = join(client, entry.folder, entry.file);
    const content = readFileSync(path);
    const digest = createHash("sha256").update(content).digest("hex");
    assert.equal(digest, entry.sha256, entry.name);
    assert.equal(content.length, entry.bytes.raw, entry.name);
    if (entry.folder === "assets") assert.ok(entry.file.includes(`.${digest.slice(0, 16)}.`), entry.file);
    for (const [encoding, suffix, open] of [["brotli", "br", brotliDecompressSync], ["gzip", "gz", gunzipSync]]) {
      if (!(encoding in entry.bytes)) continue;
      const copy = readFileSync(`${path}.${suffix}`);
      assert.equal(copy.length, entry.bytes[encoding], `${entry.name} ${encoding}`);
      assert.ok(open(copy).equals(content), `${entry.name} ${encoding}`);
    }
  }
});

test("the folder holds nothing else", () => {
  for (const folder of ["assets", "shells"]) {
    const known = new Set(manifest[folder].map((entry) => entry.file));
    for (const file of readdirSync(join(client, folder))) assert.ok(known.has(file.replace(/\.(br|gz)$/, "")), file);
  }
});

test("text names other files by their hashed names only", () => {
  const files = new Set(manifest.assets.map((entry) => `/assets/${entry.file}`));
  let references = 0;
  for (const entry of entries.filter(({ type }) => /^(text|application\/(json|manifest)|image\/svg)/.test(type))) {
    const content = text(entry);
    assert.ok(!/\{\{(asset|integrity):/.test(content), `${entry.name} holds an open reference`);
    for (const [reference] of content.matchAll(/\/assets\/[A-Za-z0-9.-]+/g)) {
      assert.ok(files.has(reference), `${entry.name} names ${reference}`);
      references += 1;
    }
  }
  assert.ok(references > 0);
});

test("shells hold no script of their own and no style attributes", () => {
  for (const entry of entries.filter(({ folder }) => folder === "shells")) {
    const content = text(entry);
    assert.ok(!/<script(?![^>]*\ssrc=)[^>]*>/.test(content), `${entry.name} has an inline script`);
    assert.ok(!/\sstyle=|\son[a-z]+=/.test(content), `${entry.name} has a style or event attribute`);
  }
});

test("a seeker's page loads no file of the staff", () => {
  const byAddress = new Map(manifest.assets.map((entry) => [`/assets/${entry.file}`, { folder: "assets", ...entry }]));
  const reached = new Map();
  const waiting = [entries.find(({ name }) => name === "seeker.html")];
  while (waiting.length > 0) {
    const entry = waiting.pop();
    if (reached.has(entry.name)) continue;
    reached.set(entry.name, entry);
    if (!/^text/.test(entry.type)) continue;
    for (const [reference] of text(entry).matchAll(/\/assets\/[A-Za-z0-9.-]+/g)) waiting.push(byAddress.get(reference));
  }
  assert.ok(reached.has("seeker.wasm") && reached.has("worker.wasm"));
  assert.deepEqual([...reached.keys()].filter((name) => name.startsWith("staff")), []);
});
