// Packs what scripts/build-client built, and what app/web holds for the browser, into one folder that the
// server embeds (app/server/build.rs): every file named by its content's hash, with a brotli and a gzip
// copy beside it, and a manifest.json. A script and not a crate because it runs before anything native is
// built and Node, which is there for wasm-opt, brings hashing and both compressions.
//
//   node scripts/pack-client.js BUNDLES OUTPUT
//
// Logical names: boot/NAME.js → NAME.js; wasm-bindgen's NAME/NAME.js → NAME.bindgen.js and
// NAME/NAME_bg.wasm → NAME.wasm; style/*.css in the order of their names → style.css, those of style/staff → staff.css; assets/PATH → PATH;
// shell/page.html, filled in for each bundle (scripts/shell.js) → the shells seeker.html and staff.html, and service/NAME →
// the script NAME, which keep their names and are listed with their hashes; the vault's lists of words → words/NAME.
// In text, {{asset:NAME}} becomes the address of NAME and {{integrity:NAME}} its integrity attribute.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { fillShell } from "./shell.js";

const [bundles, output] = process.argv.slice(2).map((path) => resolve(path));
const web = resolve(dirname(fileURLToPath(import.meta.url)), "../app/web");

const media = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".wav": "audio/wav",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
const withReferences = new Set([".css", ".html", ".js", ".svg", ".webmanifest"]);
// These are compressed already; another layer would only cost.
const compressedAlready = new Set([".jpg", ".mp3", ".ogg", ".png", ".webp", ".woff2"]);

/** All files below `folder`, as paths relative to it with `/`, in a fixed order; none if it doesn't exist. */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .sort();
}

/** logical name → content as built, references not yet replaced */
const sources = new Map();
const shells = new Map();

function add(name, content) {
  if (sources.has(name)) throw new Error(`two files claim the name ${name}`);
  if (!(extname(name) in media)) throw new Error(`no media type known for ${name}`);
  sources.set(name, content);
}

for (const bundle of ["seeker", "staff", "worker", "staff-worker", "strength"]) {
  const folder = join(bundles, bundle);
  // Fragments of script that crates bring along are imported by relative paths; they become assets as well.
  const snippets = filesIn(join(folder, "snippets"));
  for (const snippet of snippets) add(`${bundle}/${snippet}`, readFileSync(join(folder, "snippets", snippet)));
  const glue = readFileSync(join(folder, `${bundle}.js`), "utf8").replace(
    /(["'])\.\/snippets\/([^"']+)\1/g,
    (_, quote, path) => `${quote}{{asset:${bundle}/${path}}}${quote}`,
  );
  add(`${bundle}.bindgen.js`, Buffer.from(glue));
  const wasm = readFileSync(join(folder, `${bundle}_bg.wasm`));
  // A compiler that was killed while it linked can leave a module that takes from "env" what it lacks. Everything
  // that a browser gives comes through the glue; such a module would fail there and not here.
  const strange = WebAssembly.Module.imports(new WebAssembly.Module(wasm)).filter(({ module }) => module !== `./${bundle}_bg.js`);
  if (strange.length > 0) {
    const { module, name } = strange[0];
    throw new Error(`${bundle}_bg.wasm imports ${name} from ${module}, which no browser gives: remove target/wasm and target/bundles, and build again`);
  }
  add(`${bundle}.wasm`, wasm);
}
for (const file of filesIn(join(web, "boot"))) add(file, readFileSync(join(web, "boot", file)));
// The staff's worker starts like the seekers', with a module of its own.
const workerBoot = sources.get("worker.boot.js").toString("utf8");
add("staff-worker.boot.js", Buffer.from(workerBoot.replaceAll("{{asset:worker.", "{{asset:staff-worker.")));
for (const file of filesIn(join(web, "assets"))) add(file, readFileSync(join(web, "assets", file)));
const words = join(web, "../vault/src/client/words");
for (const file of filesIn(words)) add(`words/${file}`, readFileSync(join(words, file)));
const styles = filesIn(join(web, "style")).filter((file) => file.endsWith(".css"));
const joined = (files) => Buffer.concat(files.map((file) => readFileSync(join(web, "style", file))));
const ofStaff = (file) => file.startsWith("staff/");
add("style.css", joined(styles.filter((file) => !ofStaff(file))));
add("staff.css", joined(styles.filter(ofStaff)));
const template = readFileSync(join(web, "shell/page.html"), "utf8");
for (const [bundle, title] of [["seeker", "Start"], ["staff", "Beistand"]]) {
  shells.set(`${bundle}.html`, Buffer.from(fillShell(template, join(web, "locales"), { bundle, title })));
}
for (const file of filesIn(join(web, "service"))) shells.set(file, readFileSync(join(web, "service", file)));

// Nothing to do when inputs and this script are the same as last time.
const inputs = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
for (const [name, content] of [...sources, ...shells]) inputs.update(`${name} ${content.length}\n`).update(content);
const inputsHash = inputs.digest("hex");
const manifestPath = join(output, "manifest.json");
if (existsSync(manifestPath) && JSON.parse(readFileSync(manifestPath, "utf8")).inputs === inputsHash) process.exit(0);

const packed = new Map();

/** The asset with its references replaced and its final address; what it refers to is packed first. */
function pack(name, referrers) {
  if (referrers.includes(name)) throw new Error(`assets refer to each other: ${[...referrers, name].join(" → ")}`);
  if (packed.has(name)) return packed.get(name);
  const content = resolved(name, sources.get(name), referrers);
  const digest = createHash("sha256").update(content).digest();
  const extension = extname(name);
  const stem = name.slice(0, -extension.length).replaceAll(/[^A-Za-z0-9-]/g, "-");
  const file = `${stem}.${digest.toString("hex").slice(0, 16)}${extension}`;
  const asset = { name, file, path: `/assets/${file}`, digest, content };
  packed.set(name, asset);
  return asset;
}

/** `content` with {{asset:…}} and {{integrity:…}} replaced. */
function resolved(name, content, referrers) {
  if (!withReferences.has(extname(name))) return content;
  return Buffer.from(
    content.toString("utf8").replace(/\{\{(asset|integrity):([^}]+)\}\}/g, (_, what, target) => {
      if (!sources.has(target)) throw new Error(`${name} refers to ${target}, which doesn't exist`);
      const asset = pack(target, [...referrers, name]);
      return what === "asset" ? asset.path : `sha256-${asset.digest.toString("base64")}`;
    }),
  );
}

/** The encoder guesses at what it is given: which of its settings fits a file best, only trying tells. */
function smallestBrotli(content) {
  const { BROTLI_PARAM_MODE: mode, BROTLI_PARAM_NDIRECT: direct, BROTLI_MODE_FONT: font } = constants;
  return [{}, { [mode]: font }, { [direct]: 4 }]
    .map((setting) =>
      brotliCompressSync(content, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
          [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
          ...setting,
        },
      }))
    .reduce((least, copy) => (copy.length < least.length ? copy : least));
}

/** Writes the file and its compressed copies, where they are smaller, and gives its entry in the manifest. */
function write(folder, name, file, content, digest) {
  const target = join(output, folder, file);
  mkdirSync(dirname(target), { recursive: true });
  const copies = { raw: content };
  if (!compressedAlready.has(extname(file))) {
    // A file of that name has that content (it carries the hash), so its old copies still hold.
    const old = folder === "assets" && existsSync(`${target}.br`) && existsSync(`${target}.gz`);
    copies.brotli = old
      ? readFileSync(`${target}.br`)
      : smallestBrotli(content);
    copies.gzip = old ? readFileSync(`${target}.gz`) : gzipSync(content, { level: 9 });
  }
  writeFileSync(target, content);
  if (copies.brotli) writeFileSync(`${target}.br`, copies.brotli);
  if (copies.gzip) writeFileSync(`${target}.gz`, copies.gzip);
  const bytes = Object.fromEntries(Object.entries(copies).map(([encoding, copy]) => [encoding, copy.length]));
  return { name, file, type: media[extname(file)], sha256: digest.toString("hex"), bytes };
}

for (const name of sources.keys()) pack(name, []);
const manifest = {
  inputs: inputsHash,
  assets: [...packed.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, file, content, digest }) => write("assets", name, file, content, digest)),
  shells: [...shells].map(([name, source]) => {
    const content = resolved(name, source, []);
    return write("shells", name, name, content, createHash("sha256").update(content).digest());
  }),
};

// The manifest goes last and in one step: a build that was cut short is not taken for a whole one.
writeFileSync(`${manifestPath}.part`, `${JSON.stringify(manifest, null, 1)}\n`);
renameSync(`${manifestPath}.part`, manifestPath);

for (const folder of ["assets", "shells"]) {
  const current = new Set(manifest[folder].map(({ file }) => file));
  for (const file of filesIn(join(output, folder))) {
    if (!current.has(file.replace(/\.(br|gz)$/, ""))) rmSync(join(output, folder, file));
  }
}
const kib = (bytes) => `${(bytes / 1024).toFixed(0)} KiB`;
for (const { name, bytes } of manifest.assets) {
  if (name.endsWith(".wasm")) console.log(`${name}: ${kib(bytes.raw)}, ${kib(bytes.brotli)} with brotli`);
}
