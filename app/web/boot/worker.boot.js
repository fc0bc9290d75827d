// Starts the vault in its worker. What the page sends before the WebAssembly runs waits here.
// How hard a password is to guess, as the power of ten; loaded when first asked.
globalThis.beistandGuesses = async (password, known) => {
  const strength = await import("{{asset:strength.bindgen.js}}");
  await strength.default({ module_or_path: "{{asset:strength.wasm}}" });
  return strength.guesses_log10(password, known);
};

// The list of words that passphrases are made of; loaded when somebody is to be offered some.
globalThis.beistandWords = async (language) => {
  const german = ["{{asset:words/de.txt}}", "{{integrity:words/de.txt}}"];
  const english = ["{{asset:words/en.txt}}", "{{integrity:words/en.txt}}"];
  const [address, integrity] = language === "de" ? german : english;
  return (await fetch(address, { integrity })).text();
};

// A worker that has broken down tells its page by an error event.
self.addEventListener("unhandledrejection", (event) => self.reportError(event.reason));

const early = [];
self.onmessage = ({ data }) => early.push(data);

try {
  // Glue and WebAssembly come at the same time.
  const module = fetch("{{asset:worker.wasm}}");
  module.catch(() => {});
  const vault = await import("{{asset:worker.bindgen.js}}");
  await vault.default({ module_or_path: module });
  self.onmessage = ({ data }) => vault.receive(data);
  for (const data of early.splice(0)) vault.receive(data);
} catch {
  self.postMessage("failed");
}
