// Starts the seeker's pages: first with a form that is there before anything large has come, and that the pages take
// over as it stands: what was typed, the focus, the caret, and the button that was pressed.
import { boot, site } from "{{asset:boot.js}}";

/** A pause in typing after which a word that an input method holds open may be taken over as it stands. */
const PAUSE_MS = 1500;

const language = document.documentElement.lang;
/** The form that is wanted, whether it stands in the shell or not: `sign-up`, `log-in` or `recover`. */
let wanted;
let pressed = false;

const part = (selector) => document.querySelector(`#early ${selector}`);

/** Shows a form of the shell, or that the page is loading if the shell has none. */
function show(form) {
  wanted = form;
  pressed = false;
  const template = document.getElementById(`early-${form}-${language}`);
  document.getElementById("loading").hidden = Boolean(template);
  const early = document.createElement("div");
  early.id = "early";
  if (template) early.append(template.content.cloneNode(true));
  document.getElementById("early")?.remove();
  document.getElementById("app").after(early);
  if (part(".chips")) {
    otherNames();
    part("#name").value = part(".chip").textContent;
    otherNames();
  }
}

/** Other names to choose from, made like those of the pages (pseudonym.rs). */
function otherNames() {
  const words = part(".chips").dataset.names.split(" ");
  for (const chip of document.querySelectorAll("#early .chip")) {
    const [word, number] = crypto.getRandomValues(new Uint16Array(2));
    chip.textContent = `${words[word % words.length]} ${10 + (number % 990)}`;
  }
}

/** Says how it stands: a sentence that the form has for it, or the one it began with. */
function say(state) {
  const line = part("#early-state");
  line.dataset.loading ??= line.textContent;
  line.textContent = line.dataset[state];
}

/** Keeps that the button was pressed, until the pages can do it; or takes it back. */
function press(now) {
  const button = part("[type=submit]");
  button.dataset.label ??= button.textContent;
  pressed = now;
  button.textContent = now ? part("form").dataset.busy : button.dataset.label;
  if (now) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  say(now ? "kept" : "loading");
}

const within = (event) => event.target instanceof Element && event.target.closest("#early");
document.addEventListener("submit", (event) => {
  if (!within(event)) return;
  event.preventDefault();
  // Nobody gets a password that was suggested only after the button was pressed, and never seen.
  if (wanted === "sign-up" && !part("#password").value) say("empty");
  else press(true);
});
// Whoever goes on typing is not done.
document.addEventListener("input", (event) => within(event) && press(false));
document.addEventListener("click", (event) => {
  const button = within(event) && event.target.closest("button");
  if (!button) return;
  if (button.matches(".chip")) {
    part("#name").value = button.textContent;
    press(false);
  } else if ("otherNames" in button.dataset) {
    otherNames();
  } else if (button.matches("[aria-controls]")) {
    const field = part("#password");
    const words = button.firstElementChild;
    field.type = field.type === "password" ? "text" : "password";
    words.textContent = field.type === "password" ? words.dataset.show : words.dataset.hide;
  } else if (button.dataset.to) {
    show(button.dataset.to);
    part("h1")?.focus();
  }
});

// --- The pages take the form over.
let typed = 0;
let open = false;
document.addEventListener("compositionstart", () => (open = true));
document.addEventListener("compositionend", () => (open = false));
document.addEventListener("input", () => (typed = performance.now()));

/** Resolves when nobody is in the middle of a word: what an input method holds open can't be moved. */
async function ready() {
  while (open && performance.now() - typed < PAUSE_MS) {
    await new Promise((resolve) => {
      document.addEventListener("compositionend", resolve, { once: true });
      setTimeout(resolve, PAUSE_MS);
    });
  }
}

/** What stands in the shell's form, by name; nothing once it was taken over. */
function early(what) {
  if (!document.getElementById("early")) return undefined;
  const field = part("#password");
  return {
    form: () => wanted,
    name: () => part("#name")?.value,
    names: () => [...document.querySelectorAll("#early .chip")].map((chip) => chip.textContent).join("\n"),
    password: () => field?.value,
    shown: () => (field?.type === "text" ? "" : undefined),
    pressed: () => (pressed ? "" : undefined),
  }[what]();
}

/** Takes the shell's form away; whether the focus went from there to the same field or button of the page. */
function loaded() {
  document.getElementById("loading")?.remove();
  const form = document.getElementById("early");
  if (!form) return false;
  const from = document.activeElement;
  const { scrollX, scrollY } = window;
  const name = (element) => element.id || element.textContent.trim();
  const to =
    form.contains(from) &&
    [...document.querySelectorAll(`#app ${from.localName}`)].find((element) => name(element) === name(from));
  if (to) {
    to.focus({ preventScroll: true });
    if (from.localName === "input") {
      // The pages set their values a moment later: what does not change moves no caret.
      to.value = from.value;
      to.setSelectionRange(from.selectionStart, from.selectionEnd, from.selectionDirection);
    }
  }
  form.remove();
  scrollTo(scrollX, scrollY);
  return Boolean(to);
}

// Whoever has been inside gets back in there, not to a form.
if (site && sessionStorage.getItem("resume") === null && typeof WebAssembly === "object") {
  const asked = new URLSearchParams(location.search).get("to");
  show(["log-in", "recover"].includes(asked) ? asked : "sign-up");
  Object.assign(globalThis.beistand, { early, ready, loaded });
}

boot(() => import("{{asset:seeker.bindgen.js}}"), "{{asset:seeker.wasm}}", "{{asset:worker.boot.js}}");
