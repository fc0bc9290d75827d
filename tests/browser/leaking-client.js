// Makes a client that leaks on purpose, from one that was packed: whatever its pages say to the worker (names,
// passwords, texts, drafts) and hear from it goes to the server in clear as well, in requests and in frames.
// For the build that blindness.test.js must find out about; nothing else uses it.
//
//   node tests/browser/leaking-client.js CLIENT OUTPUT
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

/** Runs in a worker, before its own script. */
const leak = `
const tellPage = self.postMessage.bind(self);
function leak(data) {
  if (!(data instanceof Uint8Array)) return;
  fetch("/leak", { method: "POST", body: data.slice() }).catch(() => {});
  const socket = new WebSocket("/api/v1/live");
  socket.onopen = () => { socket.send(data.slice()); socket.close(); };
}
self.postMessage = (data, ...rest) => { leak(data); tellPage(data, ...rest); };
self.addEventListener("message", ({ data }) => leak(data));
`;

const [client, output] = process.argv.slice(2);
rmSync(output, { recursive: true, force: true });
cpSync(client, output, { recursive: true });
const manifest = join(output, "manifest.json");
const { assets, ...rest } = JSON.parse(readFileSync(manifest, "utf8"));
// Seekers and staff have a worker each.
for (const boot of assets.filter(({ name }) => name.endsWith("worker.boot.js"))) {
  const file = join(output, "assets", boot.file);
  const content = Buffer.concat([Buffer.from(leak), readFileSync(file)]);
  writeFileSync(file, content);
  writeFileSync(`${file}.br`, brotliCompressSync(content));
  writeFileSync(`${file}.gz`, gzipSync(content));
}
// Pages refer to it by its name, which stays; the server's build sees by the manifest that this is another client.
writeFileSync(manifest, `${JSON.stringify({ leaks: true, ...rest, assets }, null, 1)}\n`);
