// The relay that other tests trust to record everything a browser sends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clear } from "./relay.js";

function frame(content, lengthForm) {
  const mask = Buffer.from([0x11, 0xa7, 0x03, 0xff]);
  const masked = Buffer.from(content.map((byte, i) => byte ^ mask[i & 3]));
  const head = Buffer.alloc(lengthForm === 125 ? 2 : lengthForm === 126 ? 4 : 10);
  head[0] = 0x82;
  head[1] = 0x80 | (lengthForm === 125 ? content.length : lengthForm);
  if (lengthForm === 126) head.writeUInt16BE(content.length, 2);
  if (lengthForm === 127) head.writeBigUInt64BE(BigInt(content.length), 2);
  return Buffer.concat([head, mask, masked]);
}

const upgrade = "GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

test("requests stay as they are", () => {
  const request = Buffer.from("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
  assert.deepEqual(clear(request), request);
});

test("frames of every length lose their masks", () => {
  const contents = [["short", 125], ["middle".repeat(40), 126], ["long".repeat(20000), 127]];
  const frames = contents.map(([content, form]) => frame(Buffer.from(content), form));
  assert.equal(
    clear(Buffer.concat([Buffer.from(upgrade), ...frames])).toString(),
    upgrade + contents.map(([content]) => content).join(""),
  );
});

test("a frame that was cut off is read as far as it came", () => {
  const cut = frame(Buffer.from("secret words"), 125).subarray(0, 12);
  assert.equal(clear(Buffer.concat([Buffer.from(upgrade), cut])).toString(), `${upgrade}secret`);
});
