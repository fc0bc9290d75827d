// How long until a seeker can write, with nothing in the cache and from the request for the page, and what the start
// page, on which no script runs, costs to load. Two figures:
//
// - typing: until the first field that the seeker needs, the name, takes a key. It is pressed once, as soon as the field
//   is there; if it does not stand in the field at the end, when the pages have taken the form over, the run fails.
// - sending: until the button of that form does what it says: the pages and the vault worker are there, and a password
//   that the device suggests has been rated. Whoever presses it earlier need not do so again.
//
// Throttled: everything over a line of 400 kbit/s with 400 ms there and back, as WebPageTest's slow 3G, and the page on
// a processor six times as slow. Chromium can't make a worker slower: the second figure flatters its part.
import { spawnSync } from "node:child_process";
import { startBox } from "../browser/box.js";
import { startWholeBrowser } from "../browser/browser.js";
import { pagesLoaded } from "../browser/steps.js";
import { text } from "../browser/text.js";
import { startSlowLine } from "./slow-line.js";

const RUNS = { full: 5, throttled: 3 };
const SLOW_3G = { bytesPerSecond: 400_000 / 8, delayMs: 200 };
const SLOWER = 6;

const box = await startBox();
const filled = spawnSync(
  process.env.BEISTAND_DEMO ?? "target/release/demo",
  ["--url", box.origin, "--root-certificate", box.root, "--claim-code", box.claimCode],
  { encoding: "utf8" },
);
if (filled.status !== 0) throw new Error(filled.stderr);
const line = await startSlowLine(box.address, SLOW_3G);
const say = text("de");
const browser = await startWholeBrowser();
try {
  const full = await repeated(RUNS.full, false);
  const throttled = await repeated(RUNS.throttled, true);
  console.log(JSON.stringify({ start_page: await startPage(), full, throttled }, null, 2));
} finally {
  await browser.close();
  line.close();
  await box.stop();
}

/** A page in a browser that knows nothing. */
async function cold(throttled) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "de-DE", viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  if (throttled) await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  return { context, page, session };
}

/** The bytes that came over the line. */
function count(session) {
  const counted = { bytes: 0 };
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (counted.bytes += encodedDataLength));
  return counted;
}

async function startPage() {
  const { context, page, session } = await cold(false);
  const counted = count(session);
  let scripts = 0;
  page.on("request", (request) => (scripts += Number(["script", "fetch"].includes(request.resourceType()))));
  await page.goto(`${box.origin}/`, { waitUntil: "networkidle" });
  await context.close();
  return { bytes: counted.bytes, scripts };
}

async function repeated(runs, throttled) {
  const { context, page } = await cold(false);
  await page.goto(`${box.origin}/`);
  const write = await page.locator('a[href^="/write/"]').first().getAttribute("href");
  await context.close();
  const address = new URL(write, throttled ? line.origin : box.origin).href;
  const times = [];
  for (let run = 0; run < runs; run += 1) times.push(await writing(address, throttled));
  const of = (name) => {
    const all = times.map((time) => time[name]).sort((a, b) => a - b);
    return { median_ms: all[Math.floor(runs / 2)], times_ms: all };
  };
  return { runs, typing: of("typing"), sending: of("sending") };
}

async function writing(address, throttled) {
  const { context, page } = await cold(throttled);
  context.setDefaultTimeout(120_000);
  const begin = performance.now();
  const passed = () => Math.round(performance.now() - begin);
  await page.goto(address, { waitUntil: "commit" });
  const field = page.getByLabel(say("signup-name"), { exact: true });
  await field.pressSequentially("#");
  const typing = passed();
  await pagesLoaded(page);
  await page.getByText(say("password-rating-4"), { exact: true }).waitFor();
  const sending = passed();
  if (!(await field.inputValue()).includes("#")) throw new Error("what was typed is lost");
  await context.close();
  return { typing, sending };
}
