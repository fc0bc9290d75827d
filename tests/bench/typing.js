// How long until a seeker can type, with nothing in the cache: from the request for the page until the first field
// of the form keeps what is typed. And what the start page, on which no script runs, costs to load.
//
// Throttled: 400 kbit/s and 400 ms of delay, as WebPageTest's slow 3G (Chromium's own preset is slower), and a
// processor six times as slow. Only the page is throttled, not its worker: the figure flatters the worker's part.
import { spawnSync } from "node:child_process";
import { startBox } from "../browser/box.js";
import { startBrowser } from "../browser/browser.js";

const RUNS = { full: 5, throttled: 3 };
const SLOW_3G = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
const SLOWER = 6;

const box = await startBox();
const filled = spawnSync(
  process.env.BEISTAND_DEMO ?? "target/release/demo",
  ["--url", box.origin, "--root-certificate", box.root, "--claim-code", box.claimCode],
  { encoding: "utf8" },
);
if (filled.status !== 0) throw new Error(filled.stderr);
const browser = await startBrowser();
try {
  const full = await repeated(RUNS.full, false);
  const throttled = await repeated(RUNS.throttled, true);
  console.log(JSON.stringify({ start_page: await startPage(), full, throttled }, null, 2));
} finally {
  await browser.close();
  await box.stop();
}

/** A page in a browser that knows nothing. */
async function cold(throttled) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "de-DE", viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  if (throttled) {
    await session.send("Network.emulateNetworkConditions", SLOW_3G);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  }
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
  const times = [];
  for (let run = 0; run < runs; run += 1) times.push(await typing(new URL(write, box.origin).href, throttled));
  times.sort((a, b) => a.ms - b.ms);
  return { runs, median_ms: times[Math.floor(runs / 2)].ms, times_ms: times.map(({ ms }) => ms) };
}

async function typing(address, throttled) {
  const { context, page } = await cold(throttled);
  const begin = performance.now();
  await page.goto(address, { waitUntil: "commit" });
  // The first field holds a suggestion, perhaps only after something was typed: then it is typed again.
  const field = page.locator("form input:visible:enabled").first();
  do {
    if (performance.now() - begin > 120_000) throw new Error("what is typed does not stay");
    await field.pressSequentially("#", { timeout: 60_000 });
  } while (!(await field.inputValue()).includes("#"));
  const ms = Math.round(performance.now() - begin);
  await context.close();
  return { ms };
}
