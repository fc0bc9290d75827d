// Looks for secrets in bytes: whole phrases, in every form in which software tends to keep or send text. A search
// that finds nothing proves something only if it finds what was planted; `plant` makes such bytes.
import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, constants } from "node:zlib";

/** Chunk in which memory and large files are read: a dump may be larger than this process may be. */
const CHUNK_BYTES = 16 << 20;
/** Files up to this size are also unpacked where they hold compressed streams. */
const WHOLE_FILE_BYTES_MAX = 64 << 20;
/** Largest piece that one compressed stream is unpacked to. */
const UNPACKED_BYTES_MAX = 64 << 20;
/** What Firefox writes before an LZ4 block and its length: windows, tabs and what was in their forms. */
const MOZ_LZ4 = Buffer.from("mozLz40\0");

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

/** Finds many needles in one walk over the bytes (Wu and Manber): most bytes are never looked at. */
class Needles {
  constructor(needles) {
    this.needles = needles;
    this.longest = Math.max(...needles.map(({ bytes }) => bytes.length));
    this.window = Math.min(255, ...needles.map(({ bytes }) => bytes.length));
    // How far the window may move on when it ends in these two bytes; 0: a needle may begin with this window.
    this.shift = new Uint8Array(1 << 16).fill(this.window - 1);
    this.ending = new Map();
    for (const needle of needles) {
      for (let at = 1; at < this.window; at++) {
        const pair = (needle.bytes[at - 1] << 8) | needle.bytes[at];
        this.shift[pair] = Math.min(this.shift[pair], this.window - 1 - at);
      }
      const last = needle.bytes.readUInt16BE(this.window - 2);
      this.ending.set(last, [...(this.ending.get(last) ?? []), needle]);
    }
  }

  /** Calls `found` for each needle in `bytes`, once or more often. */
  in(bytes, found) {
    const { window, shift, ending } = this;
    for (let end = window - 1; end < bytes.length; ) {
      const pair = (bytes[end - 1] << 8) | bytes[end];
      const step = shift[pair];
      if (step > 0) {
        end += step;
        continue;
      }
      const start = end - window + 1;
      for (const needle of ending.get(pair)) {
        const { length } = needle.bytes;
        if (start + length <= bytes.length && bytes.compare(needle.bytes, 0, length, start, start + length) === 0) {
          found(needle);
        }
      }
      end += 1;
    }
  }
}

/** A search for the named phrases: `{ message: "…", password: "…" }`. */
export class Search {
  constructor(phrases) {
    for (const [name, phrase] of Object.entries(phrases)) {
      if (phrase.length < 8) throw new Error(`${name} is too short to be looked for: found by chance`);
    }
    this.needles = new Needles(
      Object.entries(phrases).flatMap(([name, phrase]) =>
        forms(phrase).map(([form, bytes]) => ({ name, form, bytes })),
      ),
    );
  }

  /** What is found in `bytes`, as `message (utf-16)`; each once. Compressed streams inside are unpacked. */
  bytes(bytes) {
    const found = new Set();
    for (const piece of [bytes, ...unpacked(bytes)]) this.#note(piece, found);
    return [...found];
  }

  #note(bytes, found, where = "") {
    this.needles.in(bytes, ({ name, form }) => found.add(`${where}${name} (${form})`));
  }

  /** Searches `size` bytes that `readAt(buffer, at)` gives (as many as it can, 0 at the end), chunk by chunk. */
  #chunks(size, readAt, found, where) {
    let before = Buffer.alloc(0);
    let at = 0;
    while (at < size) {
      const chunk = Buffer.alloc(Math.min(size - at, CHUNK_BYTES));
      const length = readAt(chunk, at);
      if (length === 0) break;
      at += length;
      // A phrase may lie across two chunks.
      const piece = Buffer.concat([before, chunk.subarray(0, length)]);
      this.#note(piece, found, where);
      before = piece.subarray(Math.max(0, piece.length - this.needles.longest));
    }
    return at;
  }

  /** What is found in a file of any size, as `message (utf-8)`. What is compressed in it stays so if it is large. */
  file(path) {
    let file;
    try {
      file = openSync(path, "r");
    } catch (error) {
      if (error.code === "ENOENT" || error.code === "EBUSY") return []; // gone in the meantime
      throw error;
    }
    try {
      const { size } = fstatSync(file);
      if (size <= WHOLE_FILE_BYTES_MAX) return this.bytes(readFileSync(file));
      const found = new Set();
      this.#chunks(size, (chunk, at) => readSync(file, chunk, 0, chunk.length, at), found, "");
      return [...found];
    } finally {
      closeSync(file);
    }
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
        found.push(...[...names, ...this.file(inner)].map((what) => `${inner}: ${what}`));
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
        const start = BigInt(`0x${from}`);
        const readAt = (chunk, at) => {
          try {
            return readSync(memory, chunk, 0, chunk.length, start + BigInt(at));
          } catch {
            return 0; // the mapping has gone in the meantime
          }
        };
        const where = `${line.split(/\s+/)[5] ?? "heap or stack"}: `;
        total += this.#chunks(Number(BigInt(`0x${to}`) - start), readAt, found, where);
      }
    } finally {
      closeSync(memory);
    }
    if (total < 1 << 20) throw new Error(`only ${total} bytes of process ${pid} could be read`);
    return [...found];
  }
}

/** The content of compressed streams: gzip, zlib and Firefox's LZ4 anywhere in `bytes`, brotli and deflate if it is all of it. */
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
  for (let at = bytes.indexOf(MOZ_LZ4); at >= 0; at = bytes.indexOf(MOZ_LZ4, at + 1)) {
    yield lz4(bytes.subarray(at + MOZ_LZ4.length + 4));
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

/** Unpacks an LZ4 block as far as it is whole. */
function lz4(block) {
  const out = [];
  let at = 0;
  const length = (nibble) => {
    let sum = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; sum += more) more = block[at++] ?? 0;
    return sum;
  };
  while (at < block.length && out.length < UNPACKED_BYTES_MAX) {
    const token = block[at++];
    const literals = length(token >> 4);
    for (const byte of block.subarray(at, at + literals)) out.push(byte);
    at += literals;
    if (at + 2 > block.length) break;
    const from = out.length - block.readUInt16LE(at);
    at += 2;
    if (from < 0) break;
    const copied = length(token & 15) + 4;
    for (let i = 0; i < copied; i++) out.push(out[from + i]);
  }
  return Buffer.from(out);
}
