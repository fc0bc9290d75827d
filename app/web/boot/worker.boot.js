// Starts the vault in its worker. What the page sends before the WebAssembly runs waits here.
const early = [];
self.onmessage = ({ data }) => early.push(data);

try {
  const vault = await import("{{asset:worker.bindgen.js}}");
  await vault.default({ module_or_path: "{{asset:worker.wasm}}" });
  self.onmessage = ({ data }) => vault.receive(data);
  for (const data of early.splice(0)) vault.receive(data);
} catch {
  self.postMessage("failed");
}
