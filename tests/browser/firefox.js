// Debian's Firefox, driven over WebDriver BiDi: Playwright speaks only to a Firefox of its own making. A profile on
// disk of its own, and what people do there by the names that a screen reader would tell.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { text } from "./text.js";

const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
/** How long a condition may take, as in Chromium. */
const WAIT_MS = 30_000;

/**
 * Starts Firefox with a new profile. `trusted`: files of the certificate authorities that it trusts and no others;
 * without, every certificate is taken. `preferences`: its own, by their names.
 */
export async function startFirefox({ trusted, preferences = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "beistand-firefox-"));
  const certutil = (...words) => execFileSync("certutil", ["-d", `sql:${folder}`, ...words], { stdio: "ignore" });
  if (trusted) certutil("-N", "--empty-password");
  for (const [index, file] of (trusted ?? []).entries()) certutil("-A", "-n", `Test ${index}`, "-t", "C,,", "-i", file);
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    userDataDir: folder,
    acceptInsecureCerts: !trusted,
    extraPrefsFirefox: preferences,
    args: ["--headless"],
  });
  return new Firefox(browser, folder);
}

class Firefox {
  constructor(browser, folder) {
    this.browser = browser;
    this.folder = folder;
    this.text = text("de");
  }

  /** A new tab at `address`. */
  async open(address) {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(address);
    return new Tab(page, this.text);
  }

  /** Ends the browser in order. */
  async close() {
    await this.browser.close();
  }

  /** Ends the browser at once, as a power cut would. */
  async kill() {
    const child = this.browser.process();
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Removes the profile. */
  remove() {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs in a page: the visible element of a kind that is called so. */
function called(kind, name) {
  const selector = { button: "button, summary", link: "a", heading: "h1, h2", field: "input, textarea" }[kind];
  const names = (element) => {
    const labels = [...(element.labels ?? [])].map((label) => label.textContent);
    return [element.getAttribute("aria-label"), ...labels, kind === "field" ? "" : element.textContent];
  };
  return [...document.querySelectorAll(selector)].find(
    (element) => element.checkVisibility() && names(element).some((own) => own?.trim() === name),
  );
}

/** Runs in a page: whether one of these sentences is to be read there. */
function readable(words) {
  return words.some((one) => document.body?.innerText.includes(one));
}

class Tab {
  constructor(page, sentences) {
    this.page = page;
    this.text = sentences;
  }

  /** Waits for an element by kind and by the name of its sentence. */
  async wait(kind, name) {
    const handle = await this.page.waitForFunction(called, {}, kind, this.text(name));
    return handle.asElement();
  }

  async click(kind, name) {
    await (await this.wait(kind, name)).click();
  }

  async fill(name, words) {
    const field = await this.wait("field", name);
    await field.evaluate((element) => element.select());
    await field.type(words);
  }

  /** Waits until one of these words can be read. */
  async reads(...words) {
    await this.page.waitForFunction(readable, {}, words);
  }
}
