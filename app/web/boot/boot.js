// What both shells do before their WebAssembly runs, and what must work even if it never does:
// language, quick exit, the vault worker, and a sentence when loading fails.
// Sentences stand in the shell, in every language; this script only chooses which are seen.

const root = document.documentElement;
const asked = [new URLSearchParams(location.search).get("lang"), ...navigator.languages];
const known = asked.map((tag) => tag?.slice(0, 2).toLowerCase()).find((tag) => tag === "de" || tag === "en");
root.lang = known ?? "de";

// The site's colours; the address of a seeker's page names the site.
export const site = /^\/write\/([0-9a-f]{32})$/.exec(location.pathname)?.[1];
if (site) {
  const theme = document.createElement("link");
  theme.rel = "stylesheet";
  theme.href = `/site/${site}/theme.css`;
  document.head.append(theme);
}

/** Shows the sentence for `reason`, one of those in the shell, instead of the page. */
export function fail(reason) {
  if (!document.getElementById("failed").hidden) return;
  for (const part of document.querySelectorAll("#app, #early, #loading")) part.remove();
  for (const part of document.querySelectorAll("#failed, #failed-" + reason)) part.hidden = false;
  document.querySelector("#failed h1")?.focus();
}

let worker;

// A bug that stops the WebAssembly is a trap, which reaches the page as an error: nothing it would show is to be
// trusted any more. The console gets the trap's place from the browser, and never a message, which might quote something.
const trapped = (error) => error instanceof WebAssembly.RuntimeError && fail("broken");
addEventListener("error", ({ error }) => trapped(error));
addEventListener("unhandledrejection", ({ reason }) => trapped(reason));

// --- Quick exit: the page is gone at once, then everything behind it.
const channel = new BroadcastChannel("leave");

function erase() {
  document.body.replaceChildren();
  document.title = "";
  const revoke = sessionStorage.getItem("revoke");
  sessionStorage.clear();
  worker?.terminate();
  if (revoke) {
    const body = Uint8Array.from(revoke.match(/../g), (pair) => Number.parseInt(pair, 16));
    const headers = { "content-type": "application/octet-stream" };
    fetch("/api/v1/revoke", { method: "POST", body, headers, keepalive: true }).catch(() => {});
  }
  location.replace("/leave");
}

function leave() {
  channel.postMessage("leave");
  erase();
}
channel.onmessage = erase;

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest('a[href="/leave"]')) {
    event.preventDefault();
    leave();
  }
});
let escapes = [];
document.addEventListener("keydown", (event) => {
  // Only on seekers' pages: at the workplace Escape closes dialogues, one after the other.
  if (!site) return;
  if (event.key !== "Escape") {
    escapes = [];
  } else if (!event.repeat) {
    escapes = [...escapes.filter((time) => event.timeStamp - time < 2000), event.timeStamp];
    if (escapes.length >= 3) leave();
  }
}, true);

// What the WebAssembly of the pages calls.
globalThis.beistand = {
  worker: () => worker,
  // Takes away what the shell shows while it loads; whether the focus went from there to the same place of the page.
  loaded() {
    document.getElementById("loading")?.remove();
    return false;
  },
  // What was typed into a form of the shell.
  early: () => undefined,
  // Resolves when what the shell shows can be taken away.
  ready: async () => {},
  leave,
};

/** Loads a bundle: `load` imports its glue, `wasm` is the address of its WebAssembly, `address` its vault worker's, `other` that of one more script. */
export async function boot(load, wasm, address, other) {
  if (typeof WebAssembly !== "object") return fail("wasm");
  try {
    // Trusted Types let no other address become a script.
    const policy = globalThis.trustedTypes?.createPolicy("beistand", {
      createScriptURL(url) {
        if (url === address || url === other) return url;
        throw new TypeError("not the worker's address");
      },
    });
    globalThis.beistand.policy = policy;
    worker = new Worker(policy ? policy.createScriptURL(address) : address, { type: "module" });
    // A script that can't be loaded has nothing to say; one that breaks down has.
    worker.addEventListener("error", ({ message }) => fail(message ? "broken" : "load"));
    worker.addEventListener("message", ({ data }) => data === "failed" && fail("load"));
    // Glue and WebAssembly come at the same time.
    const module = fetch(wasm);
    module.catch(() => {});
    const { default: start } = await load();
    await start({ module_or_path: module });
  } catch (error) {
    fail(error instanceof WebAssembly.RuntimeError ? "broken" : "load");
  }
}
