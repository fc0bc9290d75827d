// The same load on prosody and ejabberd, from Debian, as on Beistand (tests/src/load/delivery.rs): seekers who write
// at a fixed rate to somebody with several connections, and many idle connections, all over TLS on this machine.
//
// What is the same: the rate, the number of connections, what is sent (1 KiB), to how many it goes, and that every
// message is archived on the server. What is not: these servers pass a message on without waiting for the disk, and
// it is not encrypted end to end; passwords go to the server, which compares a SCRAM hash (PLAIN), so that a log-in
// costs something else; only seekers write.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { freePort } from "../browser/port.js";

const SEEKERS = 50;
const STAFF = 4;
const RATE = 200;
const SECONDS = 30;
const IDLE = 2000;
const IDLE_ACCOUNTS = 50;
const LOG_INS = 200;
const SETTLE_MS = 3000;
const MESSAGE_BYTES = 1024;
/** What takes longer than this does not come. */
const PATIENCE_MS = 60_000;
const HOST = "localhost";
const PASSWORD = "the load generator's";
/** Clock ticks a second in /proc. */
const TICKS_S = 100;

async function measure(server) {
  await sleep(SETTLE_MS);
  const resident_empty_kib = server.resident();
  const names = (prefix, count) => Array.from({ length: count }, (_, number) => `${prefix}${number}`);
  const accounts = names("idle", IDLE_ACCOUNTS);
  for (const name of ["staff", ...names("seeker", SEEKERS), ...accounts]) await register(server, name);
  // Once before it counts: hashes are made, code is compiled.
  for (const name of accounts) (await Connection.open(server, name, "first")).end();
  let used = server.used();
  for (let number = 0; number < LOG_INS; number += 1) {
    (await Connection.open(server, accounts[number % accounts.length], `log-in-${number}`)).end();
  }
  const cpu_log_in_ms = (server.used() - used) / LOG_INS;

  const board = { sent: new Map(), delivered: [], late: [] };
  for (const resource of names("desk", STAFF)) {
    const staff = await Connection.open(server, "staff", resource);
    staff.onMessage = (id) => {
      const began = board.sent.get(id);
      if (began !== undefined) board.delivered.push(performance.now() - began);
    };
    staff.write("<presence/>");
    // It takes part from the moment it hears of itself.
    await staff.until(`/${resource}`);
  }
  const seekers = [];
  for (const name of names("seeker", SEEKERS)) seekers.push(await Connection.open(server, name, "phone"));
  await talk(seekers, board, 2);
  await sleep(SETTLE_MS);

  const resident_before_kib = server.resident();
  const idle = [];
  for (let number = 0; number < IDLE; number += 1) {
    const connection = await Connection.open(server, accounts[number % accounts.length], `idle-${number}`);
    connection.rest();
    idle.push(connection);
  }
  await sleep(SETTLE_MS);
  const resident_idle_kib = server.resident();
  board.delivered = [];
  board.late = [];
  used = server.used();
  const sent = await talk(seekers, board, SECONDS);
  const cpu_message_ms = (server.used() - used) / sent;
  return {
    rate: RATE,
    pushes: STAFF,
    idle_connections: IDLE,
    resident_empty_kib,
    resident_before_kib,
    resident_idle_kib,
    per_connection_kib: (resident_idle_kib - resident_before_kib) / IDLE,
    cpu_log_in_ms,
    cpu_message_ms,
    delivered: summary(board.delivered),
    late: summary(board.late),
    missing: sent * STAFF - board.delivered.length,
  };
}

/** Sends at the fixed rate, whatever arrives; ends when everything has, or never will. Gives how many were sent. */
async function talk(seekers, board, seconds) {
  const already = board.delivered.length;
  const begin = performance.now();
  const count = RATE * seconds;
  for (let number = 0; number < count; number += 1) {
    const planned = begin + (number * 1000) / RATE;
    const early = planned - performance.now();
    if (early > 0) await sleep(early);
    const id = `m${board.sent.size}`;
    const body = `${id}|`.padEnd(MESSAGE_BYTES, "x");
    const now = performance.now();
    board.late.push(now - planned);
    board.sent.set(id, now);
    seekers[number % seekers.length].write(`<message type='chat' id='${id}' to='staff@${HOST}'><body>${body}</body></message>`);
  }
  const end = performance.now() + PATIENCE_MS;
  while (board.delivered.length < already + count * STAFF && performance.now() < end) await sleep(50);
  return count;
}

function summary(samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? 0;
  return { count: sorted.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) };
}

/** A stream of XMPP over TLS. */
class Connection {
  static async connect(server) {
    const connection = new Connection();
    connection.socket = connectTls({ host: "127.0.0.1", port: server.port, servername: HOST, rejectUnauthorized: false });
    connection.socket.setNoDelay(true).setEncoding("utf8");
    connection.text = "";
    connection.failed = undefined;
    connection.socket.on("data", (text) => connection.take(text));
    connection.socket.on("error", (error) => (connection.failed = error));
    connection.socket.on("close", () => {
      connection.failed ??= new Error("closed");
      connection.woken?.();
    });
    await connection.begin();
    return connection;
  }

  /** Logged in, with a resource. */
  static async open(server, name, resource) {
    const connection = await Connection.connect(server);
    const plain = Buffer.from(`\0${name}\0${PASSWORD}`).toString("base64");
    connection.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`);
    await connection.until("<success");
    await connection.begin();
    connection.write(
      `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${resource}</resource></bind></iq>`,
    );
    await connection.until("</jid>");
    return connection;
  }

  async begin() {
    this.write(
      `<?xml version='1.0'?><stream:stream to='${HOST}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    await this.until("</stream:features>");
  }

  write(text) {
    this.socket.write(text);
  }

  take(text) {
    this.text += text;
    if (this.onMessage) {
      let end = 0;
      for (const { 0: found, 1: id, index } of this.text.matchAll(/<body>(m\d+)\|x*<\/body>/g)) {
        this.onMessage(id);
        end = index + found.length;
      }
      if (end > 0) this.text = this.text.slice(end);
    }
    this.woken?.();
  }

  /** Waits for some text; what came up to it is forgotten. */
  async until(wanted) {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const at = this.text.indexOf(wanted);
      if (at >= 0) {
        this.text = this.text.slice(at + wanted.length);
        return;
      }
      const left = end - performance.now();
      if (this.failed || left <= 0) throw new Error(`waiting for ${wanted}: ${this.failed ?? "nothing"}; last: ${this.text}`);
      await Promise.race([new Promise((wake) => (this.woken = wake)), sleep(left, undefined, { ref: false })]);
    }
  }

  /** From now on nothing that comes is kept. */
  rest() {
    this.take = () => {};
    this.text = "";
  }

  end() {
    this.socket.end("</stream:stream>");
  }
}

/** In-band registration, which both servers are configured to allow. */
async function register(server, name) {
  const connection = await Connection.connect(server);
  connection.write(
    `<iq type='set' id='register'><query xmlns='jabber:iq:register'><username>${name}</username><password>${PASSWORD}</password></query></iq>`,
  );
  await connection.until("register");
  if (/^[^>]*type=['"]error/.test(connection.text)) throw new Error(`no account for ${name}: ${connection.text}`);
  connection.end();
}

/** A key and certificate as Beistand's: ECDSA with P-256. */
function certificate(folder) {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", [...words, "-subj", `/CN=${HOST}`, "-addext", `subjectAltName=DNS:${HOST}`, "-keyout", key, "-out", cert], { stdio: "ignore" });
  writeFileSync(join(folder, "both.pem"), readFileSync(cert, "utf8") + readFileSync(key, "utf8"));
  return { key, cert, both: join(folder, "both.pem") };
}

function version(name) {
  return execFileSync("dpkg-query", ["--show", "--showformat=${Version}", name], { encoding: "utf8" });
}

/** Whose files a server works with: Debian's own account for it when this is root, so that it needn't run as root. */
function account(name) {
  if (process.getuid() !== 0) return {};
  const [, , uid, gid] = readFileSync("/etc/passwd", "utf8").split("\n").map((line) => line.split(":")).find(([user]) => user === name);
  return { uid: Number(uid), gid: Number(gid) };
}

function give(folder, { uid, gid }) {
  if (uid === undefined) return;
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) give(path, { uid, gid });
    else chownSync(path, uid, gid);
  }
}

async function prosody(folder, port) {
  const { key, cert } = certificate(folder);
  const who = account("prosody");
  mkdirSync(join(folder, "data"));
  const config = join(folder, "prosody.cfg.lua");
  writeFileSync(
    config,
    `pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
modules_enabled = { "roster", "saslauth", "disco", "mam", "register_ibr" }
modules_disabled = { "s2s", "offline" }
allow_registration = true
authentication = "internal_hashed"
storage = "internal"
default_archive_policy = true
c2s_ports = {}
s2s_ports = {}
legacy_ssl_ports = { ${port} }
c2s_direct_tls_ports = { ${port} }
c2s_direct_tls_interfaces = { "127.0.0.1" }
c2s_direct_tls_ssl = { key = "${key}", certificate = "${cert}" }
ssl = { key = "${key}", certificate = "${cert}" }
log = { warn = "${folder}/prosody.log" }
VirtualHost "${HOST}"
`,
  );
  give(folder, who);
  return started("prosody", ["prosody", "--config", config, "-F"], folder, port, who, {});
}

async function ejabberd(folder, port) {
  const { both } = certificate(folder);
  const who = account("ejabberd");
  const config = join(folder, "ejabberd.yml");
  mkdirSync(join(folder, "data"));
  writeFileSync(
    config,
    `hosts: ["${HOST}"]
loglevel: warning
certfiles: ["${both}"]
listen:
  - { port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, tls: true, max_stanza_size: 262144, access: all }
auth_method: internal
auth_password_format: scram
registration_timeout: infinity
shaper_rules: { max_user_sessions: infinity, max_user_offline_messages: 100 }
access_rules: { register: { allow: all } }
modules:
  mod_roster: {}
  mod_disco: {}
  mod_register: { access: register, ip_access: all, password_strength: 0 }
  mod_mam: { default: always }
`,
  );
  give(folder, who);
  const library = readdirSync("/usr/lib", { withFileTypes: true })
    .map(({ name }) => join("/usr/lib", name))
    .flatMap((path) => {
      try {
        return readdirSync(path).filter((name) => /^ejabberd-\d/.test(name)).map((name) => join(path, name, "ebin"));
      } catch {
        return [];
      }
    });
  const words = ["erl", "-noinput", "-sname", `bench${port}`, "-pa", ...library, "-mnesia", "dir", `"${folder}/data"`, "-s", "ejabberd"];
  const environment = {
    HOME: folder,
    EJABBERD_CONFIG_PATH: config,
    EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
    SPOOL_DIR: join(folder, "data"),
    ERL_MAX_PORTS: "65536",
    // Nobody else's node and no daemon that stays behind.
    ERL_EPMD_ADDRESS: "127.0.0.1",
  };
  return started("ejabberd", words, folder, port, who, environment);
}

/** Starts a server and waits until it listens. */
async function started(name, words, folder, port, { uid, gid }, environment) {
  const child = spawn("bash", ["-c", 'ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$@"', "-", ...words], {
    cwd: folder,
    uid,
    gid,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const ended = once(child, "exit");
  let over = false;
  ended.then(() => (over = true));
  const stop = async () => {
    child.kill();
    const waited = await Promise.race([ended, sleep(10_000, "late", { ref: false })]);
    if (waited === "late") {
      child.kill("SIGKILL");
      await ended;
    }
  };
  const server = {
    name,
    version: version(name),
    port,
    stop,
    resident: () => Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]),
    /** Processor time used so far, ms. */
    used: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ").at(-1).split(" ");
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_S;
    },
  };
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      (await Connection.connect(server)).end();
      return server;
    } catch (error) {
      if (over || performance.now() > end) {
        await stop();
        throw new Error(`${name} does not start: ${error.message}; it says:\n${output}`);
      }
      await sleep(200);
    }
  }
}

const results = {};
for (const peer of [prosody, ejabberd]) {
  const folder = mkdtempSync(join(tmpdir(), "peer-"));
  const server = await peer(folder, await freePort());
  try {
    results[server.name] = { version: server.version, ...(await measure(server)) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(JSON.stringify(results, null, 2));
