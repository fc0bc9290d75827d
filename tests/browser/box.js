// A box for one test: the real binary on data and ports of its own, found out about by what it prints at start,
// as a person would.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./port.js";

const HOST = "127.0.0.1";
/** A box that has not come up by then never will. */
const START_MS = 60_000;

const usual = process.env.BEISTAND_BIN ?? fileURLToPath(new URL("../../target/debug/beistand", import.meta.url));

/** The box that loses what was not synced when it is killed, with `BEISTAND_DISK=forgetful`. */
export const forgetful = join(dirname(usual), "beistand-forgetful");

/** The box that leaks on purpose, with a client that does so as well (leaking-client.js). */
export const leaking = join(dirname(usual), "beistand-leaking");

/**
 * Starts a box; `environment` is added to its own, and `called` is the name by which it knows its data folder. Ends
 * with `stop()`, which also removes the data.
 */
export async function startBox({ environment = {}, binary = usual, called } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "beistand-box-"));
  const box = new Box(folder, await freePort(), await freePort(), environment, binary);
  if (called) {
    mkdirSync(box.data, { mode: 0o700 });
    symlinkSync(box.data, join(folder, called));
    box.arguments[2] = join(folder, called);
  }
  await box.start();
  return box;
}

class Box {
  constructor(folder, port, httpPort, environment, binary) {
    this.binary = binary;
    this.data = join(folder, "data");
    this.address = { host: HOST, port };
    this.origin = `https://localhost:${port}`;
    this.plainOrigin = `http://localhost:${httpPort}`;
    this.environment = environment;
    this.output = "";
    this.arguments = ["serve", "--data", this.data, "--listen", `${HOST}:${port}`, "--http-listen", `${HOST}:${httpPort}`];
    this.folder = folder;
  }

  /** Starts the process, the first time or after `kill`; resolves once it says that it is ready. */
  async start() {
    const child = spawn(this.binary, this.arguments, {
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    this.ended = once(child, "exit");
    let own = "";
    const ready = new Promise((resolve, reject) => {
      const take = (bytes) => {
        own += bytes;
        this.output += bytes;
        if (own.includes(this.origin)) resolve();
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.on("error", reject);
      child.on("exit", (code, signal) => reject(new Error(`the box ended (${code ?? signal}):\n${own}`)));
      setTimeout(() => reject(new Error(`the box does not come up:\n${own}`)), START_MS).unref();
    });
    await ready;
    /** What opens the set-up of a box that is new. */
    this.claimCode = /^Claim code: (.+)$/m.exec(own)?.[1];
    /** The certificate authority that a browser may trust, a file. */
    this.root = /^Root certificate, file: (.+)$/m.exec(own)[1];
  }

  get pid() {
    return this.process.pid;
  }

  /** Ends the process at once, as a power cut would. */
  async kill() {
    this.process.kill("SIGKILL");
    await this.ended;
  }

  /** Ends the process in order. */
  async end() {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill("SIGTERM");
    await this.ended;
  }

  /** Ends the process and removes all data. */
  async stop() {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
