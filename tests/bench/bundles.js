// Sizes of what browsers load, from the packed client's manifest, in bytes. With --at-most BYTES: ends with an error when
// the chat client takes more as it is sent.
import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync("target/client/manifest.json", "utf8"));
const sizes = new Map([...manifest.assets, ...manifest.shells].map(({ name, bytes }) => [name, bytes]));
/** The sum of some files, raw and as sent. */
function sum(names) {
  const all = names.map((name) => sizes.get(name));
  if (all.includes(undefined)) throw new Error(`one of ${names} is not there`);
  const of = (pick) => all.reduce((total, bytes) => total + pick(bytes), 0);
  return { raw: of(({ raw }) => raw), brotli: of(({ raw, brotli }) => brotli ?? raw) };
}
const bundle = (name) => [`${name}.wasm`, `${name}.bindgen.js`, `${name}.boot.js`];
const strength = ["strength.wasm", "strength.bindgen.js"];
// The code that a seeker's browser loads before anybody can write. Style and shell are loaded with the start page, whose
// size is a figure of its own.
const chat = [...bundle("seeker"), ...bundle("worker"), "boot.js"];
const parts = {
  seeker: sum(bundle("seeker")),
  staff: sum(bundle("staff")),
  worker: sum(bundle("worker")),
  strength: sum(strength),
  style: sum(["style.css"]),
  "style of the staff": sum(["staff.css"]),
  "chat client of a seeker": sum(chat),
};
if (process.argv[2] === "--at-most") {
  const [{ brotli }, most] = [parts["chat client of a seeker"], Number(process.argv[3])];
  console.log(`chat client of a seeker: ${brotli} bytes of at most ${most}`);
  process.exitCode = brotli <= most ? 0 : 1;
} else {
  console.log(JSON.stringify(parts, null, 2));
}
