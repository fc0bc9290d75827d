// The public vectors of tests/vectors in Chromium: the same Rust code as natively, compiled to WASM.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startBrowser } from "./browser.js";

const built = join(import.meta.dirname, "../../target/vectors");

test("the public vectors hold in the browser's WASM", async (context) => {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    // Nobody serves this address: both files are handed to the browser as they were built.
    const origin = "https://vectors.invalid/";
    await page.route(origin, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
    await page.route(`${origin}wasm`, (route) =>
      route.fulfill({ contentType: "application/wasm", body: readFileSync(join(built, "beistand_vectors_bg.wasm")) }),
    );
    await page.goto(origin);
    await page.addScriptTag({ content: readFileSync(join(built, "beistand_vectors.js"), "utf8") });
    const report = await page.evaluate(async () => {
      await wasm_bindgen({ module_or_path: "/wasm" });
      return wasm_bindgen.run_all();
    });
    const lines = report.split("\n");
    for (const line of lines) context.diagnostic(line);
    assert.equal(lines.length, 17);
    assert.deepEqual(lines.filter((line) => !/: \d+ vectors$/.test(line)), []);
  } finally {
    await browser.close();
  }
});
