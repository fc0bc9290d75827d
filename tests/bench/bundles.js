// Sizes of what browsers load, from the packed client's manifest, in bytes.
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
const parts = {
  seeker: sum(bundle("seeker")),
  staff: sum(bundle("staff")),
  worker: sum(bundle("worker")),
  strength: sum(strength),
  style: sum(["style.css"]),
  "style of the staff": sum(["staff.css"]),
  "chat client of a seeker": sum([...bundle("seeker"), ...bundle("worker"), "boot.js", "style.css", "seeker.html"]),
};
console.log(JSON.stringify(parts, null, 2));
