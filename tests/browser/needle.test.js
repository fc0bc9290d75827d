// The search that the canary tests trust: it finds a phrase in every form, and only then.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { Search } from "./needle.js";

const phrase = 'Die blaue Tür "quietscht" nachts um drei';
const search = new Search({ message: phrase });
const around = (bytes) => Buffer.concat([Buffer.from("xy"), bytes, Buffer.from("z")]);

test("each form is found", () => {
  const utf8 = Buffer.from(phrase);
  const utf16 = Buffer.from(phrase, "utf16le");
  const check = (form, bytes) =>
    assert.ok(search.bytes(around(bytes)).some((what) => what.startsWith("message (")), form);
  check("utf-8", utf8);
  check("utf-16", utf16);
  check("utf-16 big endian", Buffer.from(utf16).swap16());
  check("json", Buffer.from(JSON.stringify({ text: phrase })));
  check("json, escaped", Buffer.from('"Die blaue T\\u00fcr \\u0022quietscht\\u0022 nachts um drei"'));
  check("percent", Buffer.from(encodeURIComponent(phrase)));
  check("form", Buffer.from(encodeURIComponent(phrase).replaceAll("%20", "+")));
  check("hexadecimal", Buffer.from(utf8.toString("hex")));
  for (const before of ["", "a", "ab", "abc"]) {
    for (const bytes of [utf8, utf16]) {
      const whole = Buffer.concat([Buffer.from(before), bytes, Buffer.from("Ende")]);
      check(`base64 after ${before}`, Buffer.from(whole.toString("base64")));
      check(`base64url after ${before}`, Buffer.from(whole.toString("base64url")));
    }
  }
});

test("compressed streams are unpacked", () => {
  const content = Buffer.from(`Vorher. ${phrase}. Nachher.`);
  assert.equal(search.bytes(around(gzipSync(content))).length > 0, true, "gzip in the middle");
  assert.equal(search.bytes(around(deflateSync(content))).length > 0, true, "zlib in the middle");
  assert.equal(search.bytes(deflateRawSync(content)).length > 0, true, "deflate");
  assert.equal(search.bytes(brotliCompressSync(content)).length > 0, true, "brotli");
  // By hand: literals, then a copy of the four bytes "nach" that they begin with, then the rest.
  const [before, after] = [phrase.slice(0, phrase.indexOf("nachts")), "nachts um drei"];
  const literals = Buffer.from(`nach ${before}`);
  const distance = literals.length;
  const rest = Buffer.from(`${after.slice(4)}.`);
  const block = Buffer.concat([
    Buffer.from([0xf0, literals.length - 15]), literals, Buffer.from([distance, 0]),
    Buffer.from([rest.length << 4]), rest,
  ]);
  const head = Buffer.from("mozLz40\0\0\0\0\0");
  assert.equal(search.bytes(around(Buffer.concat([head, block]))).length > 0, true, "Firefox's LZ4");
  assert.deepEqual(search.bytes(block), [], "a phrase cut by the packing");
});

test("parts of the phrase are not the phrase", () => {
  const half = phrase.slice(0, phrase.length - 2);
  assert.deepEqual(search.bytes(Buffer.from(half)), []);
  assert.deepEqual(search.bytes(Buffer.from(Buffer.from(half).toString("base64"))), []);
  assert.deepEqual(search.bytes(gzipSync(half)), []);
  assert.throws(() => new Search({ short: "abc" }));
});

test("folders are searched with their names", () => {
  const folder = mkdtempSync(join(tmpdir(), "needle-"));
  try {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    writeFileSync(join(folder, "a", "b", "clean"), "nothing");
    assert.deepEqual(search.folder(folder), []);
    writeFileSync(join(folder, "a", "b", "deep"), around(Buffer.from(phrase)));
    assert.equal(search.folder(folder).length, 1);
    mkdirSync(join(folder, phrase));
    assert.equal(search.folder(folder).length > 1, true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("large files are searched chunk by chunk, also across their borders", () => {
  const folder = mkdtempSync(join(tmpdir(), "needle-"));
  try {
    const large = join(folder, "large");
    const chunk = 16 << 20;
    const size = 5 * chunk; // too large to be read as a whole
    const utf8 = Buffer.from(phrase);
    for (const at of [0, chunk - 1, chunk - utf8.length + 1, 2 * chunk, size - utf8.length]) {
      writeFileSync(large, "");
      truncateSync(large, size);
      assert.deepEqual(search.file(large), []);
      const file = openSync(large, "r+");
      writeSync(file, utf8, 0, utf8.length, at);
      closeSync(file);
      assert.deepEqual(search.file(large), ["message (utf-8)"], `at ${at}`);
    }
    assert.deepEqual(search.file(join(folder, "gone")), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("many phrases at once are each found where they overlap", () => {
  const parts = new Search({ whole: phrase, start: phrase.slice(0, 12), end: phrase.slice(-9) });
  const found = parts.bytes(around(Buffer.from(phrase))).filter((what) => what.endsWith("(utf-8)"));
  assert.deepEqual(found.sort(), ["end (utf-8)", "start (utf-8)", "whole (utf-8)"]);
});

test("the memory of a process is searched", async () => {
  // The phrase goes in by the process's input, so that neither command line nor environment hold it; a second
  // process that never got it shows that the search does not find its own copy.
  const program = "let kept = ''; process.stdin.on('data', (d) => { kept += d; console.log('kept', kept.length); })";
  const start = () => spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  const [knows, knowsNot] = [start(), start()];
  try {
    for (const [process_, input] of [[knows, phrase], [knowsNot, "nothing of interest"]]) {
      process_.stdin.write(input);
      await once(process_.stdout, "data");
    }
    assert.notDeepEqual(search.memory(knows.pid), []);
    assert.deepEqual(search.memory(knowsNot.pid), []);
  } finally {
    knows.kill();
    knowsNot.kill();
  }
});
