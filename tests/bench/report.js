// Puts a section's results into tests/bench/results.json, with machine and commit, and writes the table anew.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

const [section, file] = process.argv.slice(2);
const results = new URL("results.json", import.meta.url);
const all = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {};
const git = (...words) => execFileSync("git", words, { encoding: "utf8" }).trim();
all[section] = {
  commit: git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!tests/bench/results.*") ? " with changes" : ""),
  date: new Date().toISOString().slice(0, 16).replace("T", " "),
  machine: `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${execFileSync("uname", ["-r"], { encoding: "utf8" }).trim()}`,
  load: Math.round(loadavg()[1] * 10) / 10,
  ...JSON.parse(readFileSync(file, "utf8")),
};
writeFileSync(results, `${JSON.stringify(all, null, 2)}\n`);

const number = (value, digits = 1) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const ms = (value) => `${number(value)} ms`;
const kb = (bytes) => `${number(bytes / 1000, 0)} KB`;
const mib = (kib) => `${number(kib / 1024)} MiB`;
const rows = [];
const row = (what, figure, goal = "") => rows.push(`| ${what} | ${figure} | ${goal} |`);
const { commits, delivery, peers, abuse, start, bundles, typing } = all;
if (commits) {
  for (const one of commits.writers) {
    row(
      `Durable commits of ${number(commits.message_bytes, 0)} bytes, ${one.writers} writer${one.writers > 1 ? "s" : ""}`,
      `${number(one.commits_s, 0)}/s, ${number(one.commits_per_sync)} a sync (median ${ms(one.p50_ms)}, p99 ${ms(one.p99_ms)})`,
    );
    row(
      `The disk by itself: ${one.writers === 1 ? "one thread that appends such messages and fdatasyncs each" : `${one.writers} threads, each of which appends such messages and fdatasyncs each`}`,
      `${number(one.bare_each_s, 0)}/s. Commits in proportion: ${number(one.ratio_each, 2)}`,
      one.writers === 64 ? "≥ 0.33" : "",
    );
    if (one.writers > 1) {
      row(
        `The disk at its most: ${one.bare_group} such messages at once and one fdatasync, nobody waits for anybody; appended to a growing file; over a preallocated one`,
        `${number(one.bare_growing_s, 0)}/s; ${number(one.bare_preallocated_s, 0)}/s. Commits in proportion: ${number(one.ratio_growing, 2)}; ${number(one.ratio_preallocated, 2)}`,
      );
    }
  }
}
if (delivery) {
  const { delivered, delivered_all: all, stored, bare_sync: bare, late } = delivery;
  row(
    `Delivery at ${delivery.rate} messages/s, each durable first and then passed to ${delivery.pushes} connections, with ${number(delivery.idle_connections, 0)} idle ones`,
    `p50 ${ms(delivered.p50_ms)}, p99 ${ms(delivered.p99_ms)} (${number(delivered.count, 0)} deliveries, ${delivery.missing} lost)`,
    "p99 < 5 ms",
  );
  // Results from before this was told have none.
  if (all) {
    row(
      "The same with those deliveries during which the hypervisor kept one of this machine's processors for more than 2 ms",
      `p50 ${ms(all.p50_ms)}, p99 ${ms(all.p99_ms)} (${number(all.count - delivered.count, 0)} more)`,
    );
  }
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
const durability = {
  prosody: "archived by mod_mam into plain files, passed on without waiting for the disk",
  ejabberd: "archived by mod_mam into Mnesia, passed on without waiting for the disk",
};
for (const [name, peer] of Object.entries(peers ?? {})) {
  if (!durability[name]) continue;
  const label = `${name} ${peer.version}`;
  row(
    `${label}: delivery at ${peer.rate} messages/s (${durability[name]}) to ${peer.pushes} connections, with ${number(peer.idle_connections, 0)} idle ones`,
    `p50 ${ms(peer.delivered.p50_ms)}, p99 ${ms(peer.delivered.p99_ms)} (${number(peer.delivered.count, 0)} deliveries, ${peer.missing} lost)`,
  );
  row(`${label}: memory, empty; with all connections`, `${mib(peer.resident_empty_kib)}; ${mib(peer.resident_idle_kib)}`);
  row(`${label}: memory of each idle TLS connection`, `${number(peer.per_connection_kib)} KiB`);
  row(`${label}: server CPU for a log-in (TLS handshake, SASL PLAIN against a SCRAM hash, bind)`, `${number(peer.cpu_log_in_ms, 2)} ms`);
  row(`${label}: server CPU for a message`, `${number(peer.cpu_message_ms, 2)} ms`);
}
if (abuse) {
  const { quiet, elsewhere, hostile } = abuse;
  const rounds = (part) => abuse.rounds.map((round) => number(round[part], 1)).join(", ");
  row(
    `Honest delivery (50 conversations, 100 messages/s) in quiet; while ${number(abuse.connections, 0)} hostile connections are open, from a processor of their own`,
    `p99 of each round ${rounds("quiet_ms")} ms; ${rounds("hostile_ms")} ms: by the medians ${number(abuse.ratio, 2)} times (${abuse.missing} lost, ${abuse.stolen} set aside: this machine stood still). All rounds together p99 ${ms(quiet.p99_ms)}; ${ms(hostile.p99_ms)}: ${number(abuse.ratio_together, 2)} times`,
    "≤ 2 times",
  );
  row(
    "The same attackers against another box on this machine: what they cost whoever shares it, attacked or not",
    `p99 of each round ${rounds("elsewhere_ms")} ms: ${number(elsewhere.ratio, 2)} times. All together ${ms(elsewhere.delivered.p99_ms)}`,
  );
  row("The most memory meanwhile; before and after", `${mib(abuse.resident_max_kib)}; ${mib(abuse.resident_kib[0])} and ${mib(abuse.resident_kib[1])}`, "≤ 256 MiB");
}
if (start) {
  row("Start, empty", ms(start.empty_ms));
  row(
    `Start with ${number(start.large_message_bytes / 2 ** 30, 2)} GiB (${number(start.large_messages, 0)} messages) after SIGTERM; after SIGKILL`,
    `${ms(start.large_orderly_ms)}; ${ms(start.large_abrupt_ms)} (memory ${mib(start.large_resident_kib)})`,
  );
  // Results from before this was measured have none.
  if (start.large_live_bytes) {
    row(
      `Disk for it, ${number(start.large_live_bytes / 2 ** 30, 2)} GiB with keys, indices and seals`,
      `${number(start.large_bytes / 2 ** 30, 2)} GiB: ${number(start.large_bytes / start.large_live_bytes, 2)} times`,
      "≤ 3 times",
    );
  }
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
  const slow = "slow 3G (400 kbit/s, 400 ms) and 6× slower CPU";
  row("Until a seeker can type into the first field, and nothing of it is lost, cold, full speed (median)", ms(typing.full.typing.median_ms));
  row(`The same, ${slow}`, ms(typing.throttled.typing.median_ms), "< 5 s");
  row("Until that form can be sent, with the password that the device suggests, full speed (median)", ms(typing.full.sending.median_ms));
  row(`The same, ${slow}`, ms(typing.throttled.sending.median_ms));
}
const sources = Object.entries(all).map(
  ([name, { commit, date, machine, load }]) =>
    `- ${name}: commit ${commit}, ${date} UTC, ${machine}, load ${load}${load > cpus().length * 2 ? " (busy with other work: not a figure to quote)" : ""}`,
);
const notes = [
  "Each section can be measured anew by its name. A message is 1 KiB of ciphertext; Beistand confirms and passes on nothing before it is durable.",
  "The servers run on the machine that generates the load. The load of all processes over five minutes stands beside each section.",
];
writeFileSync(
  new URL("results.md", import.meta.url),
  `# Figures\n\nWritten by \`scripts/bench\`. ${notes.join("\n")}\n\n| What | Measured | Goal |\n|---|---|---|\n${rows.join("\n")}\n\nMeasured at:\n\n${sources.join("\n")}\n`,
);
