// A machine for one test: an image of the box in QEMU, with what its screen and serial line show, its ports, and a
// unit of the test's own that tells what only the inside knows.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../browser/port.js";

const top = fileURLToPath(new URL("../..", import.meta.url));
/** A box that doesn't answer by then never will; software emulation on a busy machine is slow. */
const START_MS = 8 * 60_000;
const ASK_AGAIN_MS = 500;

/** What the inside says of itself once it is healthy. */
const probe = `
[Unit]
After=beistand-health.service
DefaultDependencies=no
[Service]
Type=oneshot
StandardOutput=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/sh -c 'echo PROBE; cd /proc/net; for table in tcp tcp6 udp udp6; do sed "s/^/$$table /" $$table; done; \\
  grep -E "^(MemTotal|MemAvailable)" /proc/meminfo; grep -E " /(var|efi)? " /proc/mounts; cat /proc/sys/kernel/sysrq; \\
  systemd-analyze security --no-pager beistand.service | tail -n 1; systemctl --failed --no-legend --plain; \\
  ls /dev/disk/by-partlabel; cat /etc/machine-id; echo PROBED'
`;

export class Machine {
  /** A disk of its own, as if `image` had been written to it. */
  static async of(image, options = {}) {
    const machine = new Machine();
    machine.folder = mkdtempSync(join(top, "target/appliance/machine-"));
    machine.disk = join(machine.folder, "disk.raw");
    copyFileSync(image, machine.disk, constants.COPYFILE_FICLONE);
    machine.options = options;
    machine.https = await freePort();
    machine.http = await freePort();
    machine.boots = 0;
    return machine;
  }

  start() {
    this.boots += 1;
    this.serialFile = join(this.folder, `serial-${this.boots}.log`);
    this.monitorSocket = join(this.folder, "monitor");
    const unit = Buffer.from(probe).toString("base64");
    const extra = "systemd.import_credentials=yes systemd.wants=probe.service systemd.show_status=yes console=ttyS0";
    this.process = spawn(
      join(top, "appliance/toolbox"),
      [
        ...[join(top, "appliance/run"), this.disk, "--https", this.https, "--http", this.http],
        ...["--serial", this.serialFile, "--monitor", this.monitorSocket, ...(this.options.tpm === false ? ["--no-tpm"] : [])],
        ...["-smbios", `type=11,value=io.systemd.credential.binary:systemd.extra-unit.probe.service=${unit}`],
        ...["-smbios", `type=11,value=io.systemd.stub.kernel-cmdline-extra=${extra}`],
      ].map(String),
      { stdio: ["ignore", "pipe", "pipe"], cwd: top },
    );
    this.output = "";
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on("data", (bytes) => (this.output += bytes));
    this.ended = once(this.process, "exit").then(() => (this.off = true));
    this.off = false;
    this.startedAt = Date.now();
  }

  get serial() {
    return existsSync(this.serialFile) ? readFileSync(this.serialFile, "utf8") : "";
  }

  /** Asks until `answer` is there; fails with what the serial line said. */
  async until(what, answer, most = START_MS) {
    const end = Date.now() + most;
    while (Date.now() < end && !this.off) {
      const found = await answer();
      if (found) return found;
      await sleep(ASK_AGAIN_MS);
    }
    throw new Error(`no ${what} after ${(Date.now() - this.startedAt) / 1000} s:\n${this.output}\n${this.serial.slice(-6000)}`);
  }

  /** The answer to a GET, or null. */
  get(path, { plain = false } = {}) {
    return new Promise((resolve) => {
      const options = { host: "127.0.0.1", port: plain ? this.http : this.https, path, rejectUnauthorized: false, timeout: 5000 };
      const asked = (plain ? plainRequest : request)(options, (response) => {
        let body = "";
        response.on("data", (bytes) => (body += bytes));
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
        response.on("error", () => resolve(null));
      });
      asked.on("timeout", () => asked.destroy(new Error("late")));
      asked.on("error", () => resolve(null));
      asked.end();
    });
  }

  /** Resolves to the seconds that it took until the box answered. */
  async answers() {
    await this.until("answer", async () => (await this.get("/healthz"))?.body === "ok\n");
    return (Date.now() - this.startedAt) / 1000;
  }

  /** What the probe said. */
  async inside() {
    return this.until("probe", () => /^PROBE\r?\n([^]*?)^PROBED\r?$/m.exec(this.serial)?.[1]);
  }

  /** One command to QEMU. */
  async tell(execute, parameters) {
    const socket = createConnection(this.monitorSocket);
    await once(socket, "connect");
    let heard = "";
    const answered = new Promise((resolve) =>
      socket.on("data", (bytes) => {
        heard += bytes;
        if (heard.split("\n").filter((line) => /"return"|"error"/.test(line)).length >= 2) resolve();
      }),
    );
    socket.write(JSON.stringify({ execute: "qmp_capabilities" }) + JSON.stringify({ execute, arguments: parameters }));
    await answered;
    socket.destroy();
    return heard;
  }

  /** The power button, and waiting for the machine to be off. */
  async switchOff() {
    await this.tell("system_powerdown");
    await this.until("end", () => this.off, 2 * 60_000).catch((error) => {
      if (!this.off) throw error;
    });
  }

  /** The plug. */
  async cutPower() {
    if (!this.off) this.process.kill("SIGTERM");
    await this.ended;
  }

  async remove() {
    await this.cutPower();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
