// The pages that are rendered at request time, and the shells for those whose browser can't run them: no script, no
// inline style, the exact policy, both languages, legible in both colour schemes, and nothing from anybody else.
import assert from "node:assert/strict";
import { request } from "node:https";
import { after, before, describe, test } from "node:test";
import { startBox } from "./box.js";
import { assertAccessible, assertFits, desktop, phone, startBrowser, visitor } from "./browser.js";
import { startElsewhere } from "./relay.js";
import { setUpAside } from "./steps.js";
import { languages, text as textOf } from "./text.js";

const rendered = ["/", "/safety", "/privacy", "/help", "/there-is-no-such-page"];
const shellNames = ["/staff", "/staff/invitation", "/setup"];

const pagePolicy = {
  "default-src": "'none'",
  "script-src": "'none'",
  "style-src": "'self'",
  "font-src": "'self'",
  "img-src": "'self'",
  "manifest-src": "'self'",
  "form-action": "'self'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
};
const shellPolicy = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "worker-src": "'self'",
  "connect-src": "'self'",
  "style-src": "'self'",
  "font-src": "'self'",
  "img-src": "'self'",
  "manifest-src": "'self'",
  "form-action": "'none'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "beistand",
};

let elsewhere;
let box;
let browser;
/** Path of the seeker's shell of the site. */
let write;

before(async () => {
  elsewhere = await startElsewhere();
  box = await startBox({ environment: { BEISTAND_LEAVE_TO: `${elsewhere.origin}/weather` } });
  browser = await startBrowser();
  await setUpAside(browser, box);
  write = /href="(\/write\/[0-9a-f]{32})[?#"]/.exec((await get("/")).body)[1];
});

after(async () => {
  await browser?.close();
  await box?.stop();
  elsewhere?.close();
});

/** One request, nothing followed. */
function get(path, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, box.origin), { rejectUnauthorized: false, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

function policy(headers) {
  return Object.fromEntries(
    headers["content-security-policy"].split("; ").map((directive) => {
      const at = directive.indexOf(" ");
      return [directive.slice(0, at), directive.slice(at + 1)];
    }),
  );
}

function assertCommonHeaders(headers, path) {
  for (const [name, value] of Object.entries({
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  })) {
    assert.equal(headers[name], value, `${path} ${name}`);
  }
  for (const permission of ["camera", "microphone", "geolocation"]) {
    assert.match(headers["permissions-policy"], new RegExp(`(^|, )${permission}=\\(\\)`), `${path} ${permission}`);
  }
  // "localhost" is every machine's name: a promise about it would bind other boxes.
  assert.equal(headers["strict-transport-security"], undefined, path);
  assert.equal(headers["set-cookie"], undefined, path);
}

describe("pages rendered at request time", () => {
  test("no script, no inline style, the exact policy, the language asked for", async () => {
    for (const path of rendered) {
      for (const language of languages) {
        for (const { body, headers, status } of [
          await get(`${path}?lang=${language}`),
          await get(path, { "accept-language": `${language},fr;q=0.5` }),
        ]) {
          assert.equal(status, path === rendered.at(-1) ? 404 : 200, path);
          assert.match(headers["content-type"], /^text\/html; charset=utf-8$/i, path);
          assert.deepEqual(policy(headers), pagePolicy, path);
          assertCommonHeaders(headers, path);
          assert.match(body, new RegExp(`<html lang="${language}"`), path);
          assert.doesNotMatch(body, /<script|<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
        }
      }
    }
  });

  test("axe finds nothing, and nobody scrolls sideways", async () => {
    for (const viewport of [phone, desktop]) {
      for (const language of languages) {
        const person = await visitor(browser, box.origin, { viewport, language });
        person.allow(/status of 404/);
        for (const path of rendered) {
          const page = await person.open(path);
          const name = `${path} ${language} ${viewport.width}`;
          await assertAccessible(page, name);
          await assertFits(page, name);
          await page.setViewportSize({ width: 320, height: 600 });
          await assertFits(page, `${name} at 320`);
          await page.close();
        }
        await person.close();
      }
    }
  });

  test("without JavaScript everything is reached by links, in fonts and colours of its own", async () => {
    const person = await visitor(browser, box.origin, { javaScript: false });
    const { text } = person;
    // A page that was only just laid out may not have asked for its fonts.
    const asked = person.context.waitForEvent("requestfinished", (request) => request.resourceType() === "font");
    const page = await person.open("/");
    await page.getByRole("heading", { level: 1, name: text("start-title") }).waitFor();
    await asked;
    const fonts = await page.evaluate(async () => {
      await document.fonts.ready;
      return [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family);
    });
    assert.ok(fonts.some((family) => family.includes("Atkinson")), `loaded: ${fonts}`);
    for (const [link, title] of [
      ["footer-safety", "safety-title"],
      ["footer-privacy", "privacy-title"],
      ["footer-help", "help-title"],
    ]) {
      await page.getByRole("link", { name: text(link), exact: true }).click();
      await page.getByRole("heading", { level: 1, name: text(title), exact: true }).waitFor();
    }
    await page.getByRole("link", { name: "English" }).click();
    await page.getByRole("heading", { level: 1, name: textOf("en")("help-title"), exact: true }).waitFor();
    await person.close();
  });

  test("quick exit is one link, clears what is stored and goes elsewhere", async () => {
    const { status, headers } = await get("/leave");
    assert.equal(status, 303);
    assert.match(headers["clear-site-data"], /"storage"/);
    assert.match(headers["clear-site-data"], /"cache"/);
    assert.equal(headers.location, `${elsewhere.origin}/weather`);
    for (const path of rendered) {
      const { body } = await get(path);
      assert.equal(body.match(/href="\/leave"/g)?.length, 1, path);
    }
    const person = await visitor(browser, box.origin, { javaScript: false, elsewhere: elsewhere.origin });
    const page = await person.open("/safety");
    await page.getByRole("link", { name: person.text("leave"), exact: true }).click();
    await person.left(page);
    await person.close();
  });
});

describe("shells", () => {
  test("the same bytes for everyone, the exact policy", async () => {
    for (const path of [...shellNames, write, write.replace(/.$/, "0"), write.replace(/.$/, "f")]) {
      const { status, headers, body } = await get(path);
      assert.equal(status, 200, path);
      assert.deepEqual(policy(headers), shellPolicy, path);
      assert.equal(headers["content-security-policy-report-only"], undefined, path);
      assertCommonHeaders(headers, path);
      assert.equal(body, (await get(`${path}?lang=en`, { "accept-language": "en" })).body, path);
      // Scripts are files named by their content, none stands in the page.
      for (const [tag] of body.matchAll(/<script[^>]*>/g)) assert.match(tag, / src="\/assets\/[^"]+"/, path);
      assert.doesNotMatch(body, /<script[^>]*>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
    }
    assert.equal((await get(write)).body, (await get(write.replace(/.$/, "0"))).body);
  });

  test("text can't become markup or a script's address", async () => {
    const person = await visitor(browser, box.origin);
    person.allow(/trusted ?types?|TrustedScriptURL|TrustedHTML|Content Security Policy/i);
    const page = await person.open("/staff?lang=de");
    await page.getByRole("heading", { level: 1 }).waitFor();
    const refused = await page.evaluate(() => {
      const attempts = [
        () => (document.createElement("p").innerHTML = "<b>x</b>"),
        () => (document.createElement("script").src = "/assets/x.js"),
        () => new Worker("/assets/x.js"),
        () => trustedTypes.createPolicy("beistand", {}),
        () => trustedTypes.createPolicy("another", {}),
      ];
      return attempts.map((attempt) => {
        try {
          attempt();
          return "done";
        } catch (error) {
          return error.name;
        }
      });
    });
    assert.deepEqual(refused, refused.map(() => "TypeError"));
    await person.close();
  });

  test("without JavaScript they say why nothing is there", async () => {
    const person = await visitor(browser, box.origin, { javaScript: false });
    for (const [path, sentence] of [
      [write, "shell-no-script"],
      ["/staff", "shell-no-script-staff"],
      ["/setup", "shell-no-script-staff"],
    ]) {
      const page = await person.open(path);
      for (const language of languages) {
        assert.ok(await page.getByText(textOf(language)(sentence), { exact: true }).isVisible(), `${path} ${language}`);
      }
      await page.getByRole("link", { name: person.text("shell-help") }).click();
      await page.getByRole("heading", { level: 1, name: person.text("help-title") }).waitFor();
    }
    await person.close();
  });

  test("without WebAssembly they say so and name whom to call", async () => {
    for (const language of languages) {
      for (const viewport of [phone, desktop]) {
        const person = await visitor(browser, box.origin, { language, viewport });
        await person.context.addInitScript(() => delete globalThis.WebAssembly);
        const page = await person.open(write);
        await page.getByText(person.text("shell-failed-wasm"), { exact: true }).waitFor();
        const numbers = page.getByRole("region", { name: person.text("emergency-list") });
        assert.ok(await numbers.getByRole("link", { name: "112" }).first().isVisible());
        assert.ok(await page.getByRole("link", { name: person.text("leave"), exact: true }).isVisible());
        await assertAccessible(page, `no WebAssembly ${language} ${viewport.width}`);
        await assertFits(page, "no WebAssembly");
        await person.close();
      }
    }
  });

  test("when their files can't be loaded they say so", async () => {
    const person = await visitor(browser, box.origin);
    person.allow(/Failed to load resource|ERR_FAILED/);
    await person.context.route(/\.wasm$/, (route) => route.abort());
    const page = await person.open(write);
    await page.getByText(person.text("shell-failed-load"), { exact: true }).waitFor();
    await assertAccessible(page, "not loaded");
    await person.close();
  });
});

test("plain HTTP answers only with a redirect", async () => {
  const { get: getPlain } = await import("node:http");
  for (const path of ["/", "/help?lang=en", "/api/v1/live"]) {
    const answer = await new Promise((resolve, reject) => {
      getPlain(new URL(path, box.plainOrigin), resolve).on("error", reject);
    });
    answer.resume();
    assert.ok([301, 308].includes(answer.statusCode), `${path} ${answer.statusCode}`);
    assert.equal(new URL(answer.headers.location).protocol, "https:", path);
  }
});

test("files are packed, immutable and typed", async () => {
  const { body } = await get(write);
  const names = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, name]) => name);
  assert.ok(names.length >= 5, `${names}`);
  for (const name of names) {
    const packed = await get(name, { "accept-encoding": "gzip, br" });
    assert.equal(packed.status, 200, name);
    assert.match(packed.headers["cache-control"], /max-age=31536000, immutable/, name);
    if (!name.endsWith(".woff2")) assert.equal(packed.headers["content-encoding"], "br", name);
  }
});
