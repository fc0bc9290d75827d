// What app/store/examples/commits.rs prints, as JSON.
import { readFileSync } from "node:fs";

const text = readFileSync(process.argv[2], "utf8");
const single = Number(/one message at a time:\s*([\d.]+)\/s/.exec(text)[1]);
const row =
  /^\s*(\d+) writers:\s*([\d.]+) commits\/s, median\s*([\d.]+) ms, p99\s*([\d.]+) ms; bare groups of \d+:\s*([\d.]+)\/s, ratio ([\d.]+)/gm;
const writers = [...text.matchAll(row)].map((found) => {
  const [writers, commits_s, p50_ms, p99_ms, bare_s, ratio] = found.slice(1).map(Number);
  return { writers, commits_s, p50_ms, p99_ms, bare_s, ratio };
});
if (writers.length !== 3) throw new Error(`not what was expected:\n${text}`);
console.log(JSON.stringify({ bare_single_s: single, writers }, null, 2));
