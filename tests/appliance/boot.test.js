// The image as it is flashed: starts, makes and encrypts its data, answers, keeps what it has over a restart, shows
// nobody a way in. APPLIANCE_IMAGE names it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Machine } from "./machine.js";

const image = process.env.APPLIANCE_IMAGE;

/** The ports that something listens on from outside, as `tcp 443`. */
function portsOpen(inside) {
  const open = new Set();
  for (const line of inside.split("\n")) {
    const found = /^(tcp|udp)6? +\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2})/.exec(line.trim());
    if (!found) continue;
    const [, protocol, address, port, state] = found;
    const listens = state === (protocol === "tcp" ? "0A" : "07");
    const loopback = /^(0[01]00007F|350000[0-9A-F]{2}|3[56]00007F|0{24}01000000)$/.test(address);
    if (listens && !loopback) open.add(`${protocol} ${parseInt(port, 16)}`);
  }
  return [...open].sort();
}

for (const tpm of [true, false]) {
  test(`a flashed image ${tpm ? "with" : "without"} a TPM`, { timeout: 20 * 60_000 }, async (t) => {
    const machine = await Machine.of(image, { tpm });
    t.after(() => machine.remove());
    machine.start();
    t.diagnostic(`first boot: answered after ${await machine.answers()} s`);
    const inside = await machine.inside();
    t.diagnostic(inside.split("\n").filter((line) => /^Mem|security|exposure/i.test(line)).join("; "));

    assert.deepEqual(portsOpen(inside).filter((port) => !/^udp (68|546)$/.test(port)), ["tcp 443", "tcp 80", "udp 5353"]);
    assert.match(inside, /^\/dev\/mapper\/data \/var ext4 rw/m);
    assert.match(inside, /^\/dev\/mapper\/root \/ erofs ro/m);
    const plain = await machine.get("/", { plain: true });
    assert.equal(plain.status, 308);
    const root = (await machine.get("/certificate/root.pem")).body;
    const machineId = /^[0-9a-f]{32}\r?$/m.exec(inside)[0];

    await machine.switchOff();
    machine.start();
    t.diagnostic(`second boot: answered after ${await machine.answers()} s`);
    assert.equal((await machine.get("/certificate/root.pem")).body, root, "what it had is still there");
    assert.equal(/^[0-9a-f]{32}\r?$/m.exec(await machine.inside())[0], machineId);
    assert.doesNotMatch(machine.serial, /login:|password:/i);
    await machine.switchOff();
  });
}
