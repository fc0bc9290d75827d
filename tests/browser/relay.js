// A box's address as seen over the network: a relay that a browser connects to instead of the box. It keeps what
// browsers send (their requests and their WebSocket frames, as clear as TLS leaves them at its ends), can cut all
// connections at once, can refuse new ones, and can hold what browsers say on live channels until several have spoken.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer } from "node:tls";

const LISTEN = "127.0.0.1";
/** The request that opens a live channel. */
const UPGRADE = /\r\nupgrade: *websocket\r\n/i;
/** Pings and presence are shorter than this, anything sealed is longer. */
const SIGN_OF_LIFE_BYTES = 200;

/** Starts a relay to `box` (`{ host, port }`). */
export async function startRelay(box) {
  const server = createServer({ ...ownCertificate(), ALPNProtocols: ["http/1.1"] });
  const sockets = new Set();
  const streams = [];
  let refusing = false;
  /** While live channels are held: what each has said since, and who waits for it. */
  let holding;

  server.on("secureConnection", (client) => {
    if (refusing) return client.destroy();
    const upstream = connectTls({ ...box, ALPNProtocols: ["http/1.1"], rejectUnauthorized: false });
    const stream = [];
    streams.push(stream);
    let live = false;
    client.on("data", (bytes) => {
      stream.push(bytes);
      live ||= UPGRADE.test(bytes.toString("latin1"));
      if (holding && live) holding.take(upstream, bytes);
      else upstream.write(bytes);
    });
    client.on("end", () => upstream.end());
    upstream.pipe(client);
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, LISTEN);
  await once(server, "listening");

  return {
    origin: `https://localhost:${server.address().port}`,
    /** What browsers have sent so far: requests as they were, frames without their masks. */
    sent: () => streams.map((stream) => clear(Buffer.concat(stream))),
    /** From now on nothing that browsers say on their live channels gets through, until `release`. */
    hold() {
      holding = new Holding();
    },
    /** Waits until `channels` live channels have said more than a sign of life. */
    held: (channels) => holding.until(channels),
    /** Lets everything through that was held: the channels in the order in which they spoke, or the reverse. */
    release({ reverse = false } = {}) {
      const said = [...holding.said];
      holding = undefined;
      for (const [upstream, pieces] of reverse ? said.reverse() : said) upstream.write(Buffer.concat(pieces));
    },
    /** Cuts every connection, as a dead spot would. */
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    /** From now on every connection is cut at once, or not any more. */
    refuse(yes) {
      refusing = yes;
      if (yes) this.cut();
    },
    async close() {
      this.cut();
      server.close();
      await once(server, "close");
    },
  };
}

/** What live channels say while nothing of it gets through. */
class Holding {
  said = new Map();
  waiting = [];

  take(upstream, bytes) {
    if (!this.said.has(upstream)) this.said.set(upstream, []);
    this.said.get(upstream).push(bytes);
    this.waiting = this.waiting.filter(({ channels, resolve }) => this.spoken() < channels || resolve());
  }

  /** How many channels have said more than a sign of life. */
  spoken() {
    const lengths = [...this.said.values()].map((pieces) => pieces.reduce((sum, piece) => sum + piece.length, 0));
    return lengths.filter((length) => length > SIGN_OF_LIFE_BYTES).length;
  }

  async until(channels) {
    if (this.spoken() < channels) await new Promise((resolve) => this.waiting.push({ channels, resolve }));
  }
}

/** Starts the site that a quick exit leads to: one harmless page. */
export async function startElsewhere() {
  const server = createHttpsServer(ownCertificate(), (_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>elsewhere</title><link rel=icon href=data:,>");
  });
  server.listen(0, LISTEN);
  await once(server, "listening");
  return {
    origin: `https://localhost:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** One connection's bytes as text could be read from them: after an upgrade, frames lose their masks (RFC 6455 §5). */
export function clear(stream) {
  const end = stream.indexOf("\r\n\r\n");
  if (end < 0 || !UPGRADE.test(stream.subarray(0, end + 2).toString("latin1"))) return stream;
  const parts = [stream.subarray(0, end + 4)];
  let at = end + 4;
  while (at + 2 <= stream.length) {
    let length = stream[at + 1] & 0x7f;
    let head = 2;
    if (length === 126) {
      length = stream.readUInt16BE(at + 2);
      head = 4;
    } else if (length === 127) {
      length = Number(stream.readBigUInt64BE(at + 2));
      head = 10;
    }
    const mask = stream.subarray(at + head, at + head + 4);
    const content = Buffer.from(stream.subarray(at + head + 4, at + head + 4 + length));
    for (let i = 0; i < content.length; i++) content[i] ^= mask[i & 3];
    parts.push(content);
    at += head + 4 + length;
  }
  return Buffer.concat(parts);
}

function ownCertificate() {
  const folder = mkdtempSync(join(tmpdir(), "relay-"));
  try {
    const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    execFileSync("openssl", [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", certFile,
    ], { stdio: "ignore" });
    return { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
