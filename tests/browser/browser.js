// Chromium, and visitors in it: contexts of their own that know nothing of each other, each watched for errors,
// refused policies and requests to anybody but the box. A problem fails the test that had it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { text } from "./text.js";

/** The whole browser. */
const WHOLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** The same without windows and desktop: whole runs take a third less of the processors. */
const SHELL = process.env.CHROMIUM_SHELL ?? "/usr/bin/chromium-headless-shell";

const options = {
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Nobody but this machine is found, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  ],
};

/** How long a condition may take; Argon2id on a busy machine takes seconds. */
const WAIT_MS = 30_000;

export const phone = { width: 360, height: 740 };
export const desktop = { width: 1280, height: 800 };

/** Starts Chromium without windows and desktop; end it with `close()`. */
export async function startBrowser() {
  return chromium.launch({ ...options, executablePath: SHELL });
}

/** Starts all of Chromium, for notices, sounds and figures; with more arguments if there are some. */
export async function startWholeBrowser(...more) {
  return chromium.launch({ ...options, executablePath: WHOLE, args: [...options.args, ...more] });
}

/** Starts Chromium with a profile on disk of its own; `close()` keeps the folder, `remove()` removes it. */
export async function startProfile(origin, settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "beistand-profile-"));
  const context = await chromium.launchPersistentContext(folder, {
    ...options,
    executablePath: WHOLE,
    ...contextOptions(settings),
  });
  const person = await new Visitor(context, origin, settings).watch();
  return Object.assign(person, { folder, remove: () => rmSync(folder, { recursive: true, force: true }) });
}

function contextOptions({ language = "de", viewport = desktop, scheme = "light", javaScript = true, zone }) {
  return {
    ignoreHTTPSErrors: true,
    locale: language === "de" ? "de-DE" : "en-GB",
    viewport,
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
    reducedMotion: "reduce",
    timezoneId: zone,
  };
}

/** A person at a browser of their own. */
export async function visitor(browser, origin, settings = {}) {
  return new Visitor(await browser.newContext(contextOptions(settings)), origin, settings).watch();
}

class Visitor {
  constructor(context, origin, { language = "de", look = async () => {}, elsewhere } = {}) {
    this.context = context;
    this.origin = origin;
    this.language = language;
    /** Sentences of this visitor's language by the names of their messages. */
    this.text = text(language);
    /** Called with page and name of each state that the steps come through, and with what is to be awaited before. */
    this.look = look;
    /** Where a quick exit leads: the only other site that may be asked for anything. */
    this.elsewhere = elsewhere;
    this.problems = [];
    this.allowed = [];
  }

  /** Begins to note what goes wrong; a request to anybody but the box is wrong as well. */
  async watch() {
    const { context, origin } = this;
    context.setDefaultTimeout(WAIT_MS);
    context.on("console", (message) => {
      const said = message.text();
      const policy = /content security policy|trusted ?types?|permissions policy|\[report only\]/i.test(said);
      if (message.type() === "error" || policy) this.note(`console: ${said}`);
    });
    context.on("weberror", (error) => this.note(`error: ${error.error().stack}`));
    context.on("page", (page) => page.on("crash", () => this.note("the page crashed")));
    const others = (url) => url.origin !== origin && url.origin !== this.elsewhere;
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && others(url)) this.note(`request to ${url}`);
    });
    return this;
  }

  note(problem) {
    if (!this.allowed.some((pattern) => pattern.test(problem))) this.problems.push(problem);
  }

  /** From now on such problems are expected, e.g. the browser's own report of a refused log-in. */
  allow(...patterns) {
    this.allowed.push(...patterns);
  }

  /** A new tab at `path`. */
  async open(path) {
    const page = await this.context.newPage();
    await page.goto(new URL(path, this.origin).href);
    return page;
  }

  /** Waits until a tab is elsewhere, as after a quick exit. */
  async left(page) {
    await page.waitForURL((url) => url.origin === this.elsewhere);
  }

  /** Fails on everything that went wrong until here. */
  assertNoProblems() {
    assert.deepEqual(this.problems, []);
  }

  /** Checks that nothing went wrong, and leaves. */
  async close() {
    await this.context.close();
    this.assertNoProblems();
  }
}

/** Fails if axe finds anything on the page as it stands, in its present colour scheme or both. */
export async function assertAccessible(page, name, schemes = ["light", "dark"]) {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
      .analyze();
    const found = violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`),
    }));
    assert.deepEqual(found, [], `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Fails if the page is wider than the window: somebody would have to scroll sideways. */
export async function assertFits(page, name) {
  const [content, window_] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window_, `${name} is ${content} wide in a window of ${window_}`);
}

/** Looks at each state of a page once, by its name: accessible in both schemes, and no wider than its window. */
export function lookOnce() {
  const looked = new Set();
  return async (page, name, before = async () => {}) => {
    if (looked.has(name)) return;
    looked.add(name);
    await before();
    await assertAccessible(page, name);
    await assertFits(page, name);
  };
}

/** The same on a phone and on a PC. */
export function lookOnBoth(look = lookOnce()) {
  return async (page, name) => {
    for (const [form, size] of [["phone", phone], ["desktop", desktop]]) {
      await page.setViewportSize(size);
      await look(page, `${name}-${form}`);
    }
  };
}
