// Looks for secrets in bytes: whole phrases, in every form in which software tends to keep or send text. A search
// that finds nothing proves something only if it finds what was planted; `plant` makes such bytes.
import { closeSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, constants } from "node:zlib";

/** Chunk in which the memory of a process is read. */
const CHUNK_BYTES = 16 << 20;
/** Largest piece that one compressed stream is unpacked to. */
const UNPACKED_BYTES_MAX = 64 << 20;

/** The forms of base64 that hold `bytes` wherever they begin in a longer text: three alignments, their sure part. */
function base64Forms(bytes) {
  return [0, 1, 2].map((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const sure = padded.toString("base64").replace(/=+$/, "");
    // Characters that also depend on the bytes before and after are left out.
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((padded.length * 8) / 6);
    return sure.slice(from, to);
  });
}

/** All the forms in which `phrase` is looked for: name and bytes. */
export function forms(phrase) {
  const utf8 = Buffer.from(phrase, "utf8");
  const utf16 = Buffer.from(phrase, "utf16le");
  const list = [
    ["utf-8", utf8],
    ["utf-16", utf16],
    ["utf-16 big endian", Buffer.from(utf16).swap16()],
    ["latin-1", Buffer.from(phrase, "latin1")],
    ["json", Buffer.from(JSON.stringify(phrase).slice(1, -1))],
    ["json, escaped", Buffer.from(escaped(phrase, (unit) => `\\u${unit.toString(16).padStart(4, "0")}`))],
    ["html", Buffer.from(phrase.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;"))],
    ["percent", Buffer.from(encodeURIComponent(phrase))],
    ["form", Buffer.from(encodeURIComponent(phrase).replace(/%20/g, "+"))],
    ["hexadecimal", Buffer.from(utf8.toString("hex"))],
    ["HEXADECIMAL", Buffer.from(utf8.toString("hex").toUpperCase())],
  ];
  for (const [name, bytes] of [["utf-8", utf8], ["utf-16", utf16]]) {
    base64Forms(bytes).forEach((form, offset) => {
      list.push([`base64 of ${name} at ${offset}`, Buffer.from(form)]);
      const url = form.replace(/\+/g, "-").replace(/\//g, "_");
      list.push([`base64url of ${name} at ${offset}`, Buffer.from(url)]);
    });
  }
  const seen = new Set();
  return list.filter(([, bytes]) => {
    const key = bytes.toString("latin1");
    return !seen.has(key) && seen.add(key);
  });
}

function escaped(phrase, escape) {
  return phrase.replace(/[^\x20-\x7e]|["\\]/g, (unit) => escape(unit.charCodeAt(0)));
}

/** A search for the named phrases: `{ message: "…", password: "…" }`. */
export class Search {
  constructor(phrases) {
    for (const [name, phrase] of Object.entries(phrases)) {
      if (phrase.length < 8) throw new Error(`${name} is too short to be looked for: found by chance`);
    }
    this.needles = Object.entries(phrases).flatMap(([name, phrase]) =>
      forms(phrase).map(([form, bytes]) => ({ name, form, bytes })),
    );
    this.longest = Math.max(...this.needles.map(({ bytes }) => bytes.length));
  }

  /** What is found in `bytes`, as `message (utf-16)`; each once. Compressed streams inside are unpacked. */
  bytes(bytes) {
    const found = new Set();
    for (const piece of [bytes, ...unpacked(bytes)]) {
      for (const { name, form, bytes: needle } of this.needles) {
        if (piece.includes(needle)) found.add(`${name} (${form})`);
      }
    }
    return [...found];
  }

  /** What is found in a folder and all below, as `path: message (utf-8)`. Names of files count as content. */
  folder(path, skip = () => false) {
    const found = this.bytes(Buffer.from(path)).map((what) => `name of ${path}: ${what}`);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (skip(inner)) continue;
      if (entry.isDirectory()) found.push(...this.folder(inner, skip));
      else if (entry.isFile()) {
        const names = this.bytes(Buffer.from(entry.name));
        found.push(...[...names, ...this.bytes(read(inner))].map((what) => `${inner}: ${what}`));
      }
    }
    return found;
  }

  /** What is found in the memory of a running process (needs the right to read it), as `address: message (utf-8)`. */
  memory(pid) {
    const found = new Set();
    let total = 0;
    const memory = openSync(`/proc/${pid}/mem`, "r");
    try {
      for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").trim().split("\n")) {
        const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line);
        // Device windows can't be read; code and constants can, and are.
        if (!rights.startsWith("r") || /\[v(var|syscall)/.test(line)) continue;
        let before = Buffer.alloc(0);
        for (let at = BigInt(`0x${from}`); at < BigInt(`0x${to}`); at += BigInt(CHUNK_BYTES)) {
          const left = Number(BigInt(`0x${to}`) - at);
          const chunk = Buffer.alloc(Math.min(left, CHUNK_BYTES));
          let length;
          try {
            length = readSync(memory, chunk, 0, chunk.length, at);
          } catch {
            break; // the mapping has gone in the meantime
          }
          total += length;
          // A phrase may lie across two chunks.
          const piece = Buffer.concat([before, chunk.subarray(0, length)]);
          for (const { name, form, bytes } of this.needles) {
            if (piece.includes(bytes)) found.add(`${line.split(/\s+/)[5] ?? "heap or stack"}: ${name} (${form})`);
          }
          before = piece.subarray(Math.max(0, piece.length - this.longest));
        }
      }
    } finally {
      closeSync(memory);
    }
    if (total < 1 << 20) throw new Error(`only ${total} bytes of process ${pid} could be read`);
    return [...found];
  }
}

function read(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "EBUSY") return Buffer.alloc(0); // gone in the meantime
    throw error;
  }
}

/** The content of compressed streams: gzip and zlib anywhere in `bytes`, brotli and deflate if it is all of it. */
function* unpacked(bytes) {
  const limit = { maxOutputLength: UNPACKED_BYTES_MAX, finishFlush: constants.Z_SYNC_FLUSH };
  const tried = (unpack) => {
    try {
      return [unpack()];
    } catch {
      return []; // no such stream
    }
  };
  for (const magic of ["\x1f\x8b\x08", "\x78\x01", "\x78\x9c", "\x78\xda"]) {
    const unpack = magic.length === 3 ? gunzipSync : inflateSync;
    for (let at = bytes.indexOf(magic, 0, "latin1"); at >= 0; at = bytes.indexOf(magic, at + 1, "latin1")) {
      yield* tried(() => unpack(bytes.subarray(at), limit));
    }
  }
  if (bytes.length > 0 && bytes.length < UNPACKED_BYTES_MAX) {
    yield* tried(() => inflateRawSync(bytes, limit));
    yield* tried(() =>
      brotliDecompressSync(bytes, {
        maxOutputLength: UNPACKED_BYTES_MAX,
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
      }),
    );
  }
}
