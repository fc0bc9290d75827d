// A box as it is seen over a slow line: a relay below TLS that lets through so many bytes a second in each direction,
// each of them late. Everything a browser loads goes through it, its workers' part as well.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** What goes at once, as a packet does. */
const PACKET_BYTES = 1400;
/** How much may wait in the line, in milliseconds of it: beyond that the sender is held up, as by a full queue. */
const QUEUE_MS = 200;

/** One direction, shared by all connections. */
class Direction {
  free = 0;

  constructor({ bytesPerSecond, delayMs }) {
    Object.assign(this, { bytesPerSecond, delayMs });
  }

  /** Passes on what `from` says to `to`; `lateMs` later at first, for what had to be said before. */
  pass(from, to, lateMs = 0) {
    let begin = lateMs;
    from.on("data", (bytes) => {
      for (let at = 0; at < bytes.length; at += PACKET_BYTES) {
        const packet = bytes.subarray(at, at + PACKET_BYTES);
        this.free = Math.max(this.free, performance.now() + begin) + (packet.length / this.bytesPerSecond) * 1000;
        setTimeout(() => to.writable && to.write(packet), this.free + this.delayMs - performance.now());
      }
      begin = 0;
      const waiting = this.free - performance.now() - QUEUE_MS;
      if (waiting > 0) {
        from.pause();
        setTimeout(() => from.resume(), waiting);
      }
    });
    from.on("end", () => setTimeout(() => to.end(), this.free + this.delayMs - performance.now()));
    from.on("error", () => to.destroy());
    from.on("close", (failed) => failed && to.destroy());
  }
}

/** Starts the line to `box` (`{ host, port }`); `delayMs` there and the same back. */
export async function startSlowLine(box, line) {
  const [up, down] = [new Direction(line), new Direction(line)];
  const server = createServer((client) => {
    const upstream = connect(box);
    // A connection is opened by one way there and back.
    up.pass(client, upstream, 2 * line.delayMs);
    down.pass(upstream, client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `https://localhost:${server.address().port}`,
    close: () => server.close(),
  };
}
