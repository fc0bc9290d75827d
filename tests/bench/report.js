// Puts a section's results into tests/bench/results.json, with machine and commit, and writes the table anew.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const [section, file] = process.argv.slice(2);
const results = new URL("results.json", import.meta.url);
const all = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {};
const git = (...words) => execFileSync("git", words, { encoding: "utf8" }).trim();
all[section] = {
  commit: git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") ? " with changes" : ""),
  date: new Date().toISOString().slice(0, 16).replace("T", " "),
  machine: `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${execFileSync("uname", ["-r"], { encoding: "utf8" }).trim()}`,
  ...JSON.parse(readFileSync(file, "utf8")),
};
writeFileSync(results, `${JSON.stringify(all, null, 2)}\n`);

const number = (value, digits = 1) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const ms = (value) => `${number(value)} ms`;
const kb = (bytes) => `${number(bytes / 1000, 0)} KB`;
const mib = (kib) => `${number(kib / 1024)} MiB`;
const rows = [];
const row = (what, figure, goal = "") => rows.push(`| ${what} | ${figure} | ${goal} |`);
const { commits, delivery, start, bundles, typing } = all;
if (commits) {
  for (const { writers, commits_s, p50_ms, p99_ms, bare_s, ratio } of commits.writers) {
    row(
      `Durable commits, ${writers} writer${writers > 1 ? "s" : ""}; bare append + fdatasync of as many messages at once`,
      `${number(commits_s, 0)}/s (median ${ms(p50_ms)}, p99 ${ms(p99_ms)}); bare ${number(bare_s, 0)}/s; ratio ${number(ratio, 2)}`,
      writers === 64 ? "ratio ≥ 0.33" : "",
    );
  }
}
if (delivery) {
  const { delivered, stored, bare_sync: bare, late } = delivery;
  row(
    `Delivery at ${delivery.rate} messages/s, each durable first and then passed to ${delivery.pushes} connections, with ${number(delivery.idle_connections, 0)} idle ones`,
    `p50 ${ms(delivered.p50_ms)}, p99 ${ms(delivered.p99_ms)} (${number(delivered.count, 0)} deliveries, ${delivery.missing} lost)`,
    "p99 < 5 ms",
  );
  row("Confirmation to the sender (stored durably)", `p50 ${ms(stored.p50_ms)}, p99 ${ms(stored.p99_ms)}`);
  row("For comparison: bare append + fdatasync of 1 KiB to a growing file", `p50 ${ms(bare.p50_ms)}, p99 ${ms(bare.p99_ms)}`);
  row("The generator's own lateness (not counted above)", `p99 ${ms(late.p99_ms)}`);
  row("Memory, empty box", mib(delivery.resident_empty_kib));
  row("Memory with all connections; the most while delivering", `${mib(delivery.resident_idle_kib)}; ${mib(delivery.resident_max_kib)}`);
  row("Memory of each idle TLS connection", `${number(delivery.per_connection_kib)} KiB`, "< 24 KiB");
  row("Server CPU for a log-in", `${number(delivery.cpu_log_in_ms, 2)} ms`, "< 1 ms");
  row("Server CPU for a sign-up", `${number(delivery.cpu_sign_up_ms, 2)} ms`);
  row("Server CPU for a new live connection (TLS handshake and hello)", `${number(delivery.cpu_connection_ms, 2)} ms`);
  row("Server CPU for a message (stored and passed on)", `${number(delivery.cpu_message_ms, 2)} ms`);
}
if (start) {
  row("Start, empty", ms(start.empty_ms));
  row(
    `Start with ${number(start.large_bytes / 2 ** 30, 2)} GiB (${number(start.large_messages, 0)} messages) after SIGTERM; after SIGKILL`,
    `${ms(start.large_orderly_ms)}; ${ms(start.large_abrupt_ms)} (memory ${mib(start.large_resident_kib)})`,
  );
}
if (bundles) {
  for (const [name, { raw, brotli }] of Object.entries(bundles)) {
    if (raw === undefined) continue;
    const goal = name === "chat client of a seeker" ? "< 450 KB" : "";
    row(`Size: ${name}, raw; brotli`, `${kb(raw)}; ${kb(brotli)}`, goal);
  }
}
if (typing) {
  row("Start page, all that is loaded", `${kb(typing.start_page.bytes)}, ${typing.start_page.scripts} scripts`, "< 60 KB, no script");
  row("Until a seeker can type, cold, full speed (median)", ms(typing.full.median_ms));
  row("The same, slow 3G (400 kbit/s, 400 ms) and 6× slower CPU", ms(typing.throttled.median_ms), "< 5 s");
}
const sources = Object.entries(all).map(([name, { commit, date, machine }]) => `- ${name}: commit ${commit}, ${date} UTC, ${machine}`);
writeFileSync(
  new URL("results.md", import.meta.url),
  `# Figures\n\nWritten by \`scripts/bench\`; each section can be measured anew by its name.\n\n| What | Measured | Goal |\n|---|---|---|\n${rows.join("\n")}\n\nMeasured at:\n\n${sources.join("\n")}\n`,
);
