// P20 in Firefox: after every way in which a seeker may end, nothing that was typed stands in the profile on the disk.
// What Firefox keeps of windows and forms is unpacked, and each search first finds what was planted. And what a thief
// of the box can't do: sign for somebody else's name so that a Firefox that trusts the box believes it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { startBrowser } from "./browser.js";
import { startFirefox } from "./firefox.js";
import { Search } from "./needle.js";
import { startElsewhere } from "./relay.js";
import { keepOnDisk, planted, secrets, writings } from "./secrets.js";
import { setUpAside } from "./steps.js";

let elsewhere;
let box;

before(async () => {
  elsewhere = await startElsewhere();
  box = await startBox({ environment: { BEISTAND_LEAVE_TO: elsewhere.origin } });
  // Only the seeker's side is of interest here.
  const browser = await startBrowser();
  await setUpAside(browser, box);
  await browser.close();
});

after(async () => {
  await box?.stop();
  elsewhere?.close();
});

const endings = {
  "quick exit": async (tab, firefox) => {
    await tab.click("link", "leave");
    await tab.page.waitForFunction((origin) => location.origin === origin, {}, elsewhere.origin);
    await firefox.close();
  },
  "log-out": async (tab, firefox) => {
    await tab.click("button", "chat-menu");
    await tab.click("button", "log-out");
    await tab.wait("heading", "ended-logged-out-title");
    await firefox.close();
  },
  "closing the window": async (tab, firefox) => {
    await tab.page.close();
    await firefox.close();
  },
  "a crash": async (_, firefox) => firefox.kill(),
};

/** Waits until Firefox has written down which windows there are, one of which shows an address with these words. */
async function sessionWritten(folder, words) {
  const search = new Search({ words });
  const until = Date.now() + 30_000;
  while (!search.folder(folder).some((what) => /sessionstore.*jsonlz4: words/.test(what))) {
    assert.ok(Date.now() < until, "Firefox writes its session down");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

let number = 0;
for (const [name, end] of Object.entries(endings)) {
  test(`p20_nothing_on_disk_of_firefox_after_${name.replaceAll(/[^a-z]+/g, "_")}`, async () => {
    number += 1;
    const pseudonym = `${secrets.pseudonym}${number}`;
    // What stands in forms is written down soon, not only after a quarter of a minute.
    const firefox = await startFirefox({ preferences: { "browser.sessionstore.interval": 500 } });
    try {
      const other = await firefox.open(elsewhere.origin);
      await other.page.evaluate(keepOnDisk, planted);
      await other.page.close();

      const tab = await firefox.open(`${box.origin}/?lang=de`);
      const { text } = tab;
      await tab.click("link", "start-write");
      await tab.fill("signup-name", pseudonym);
      await tab.fill("field-password", secrets.password);
      await tab.reads(text("password-rating-3"), text("password-rating-4"));
      await tab.click("button", "signup-submit");
      await tab.wait("heading", "recovery-title");
      const label = text("recovery-label");
      const code = await tab.page.$eval(`[aria-label="${label}"]`, (list) => [...list.children].map((part) => part.textContent).join(" "));
      assert.ok(code.length > 20, code);
      await tab.click("button", "code-noted");
      await tab.fill("talk-message-label", secrets.message);
      await tab.click("button", "talk-send");
      await tab.reads(text("talk-progress-stored"), text("talk-progress-delivered"));
      // A reload leaves what a reload leaves.
      await tab.page.reload();
      await tab.reads(secrets.message);
      await tab.fill("talk-message-label", secrets.draft);
      await tab.reads(text("talk-draft-saved"));
      assert.ok((await tab.page.evaluate(() => sessionStorage.length)) > 0, "a reload can go on");
      await firefox.open(`${elsewhere.origin}/?window-that-came-after-the-draft`);
      await sessionWritten(firefox.folder, "window-that-came-after-the-draft");
      await tab.page.bringToFront();
      await end(tab, firefox);

      const search = new Search({ planted, ...secrets, pseudonym, ...writings("recovery code", code) });
      const found = search.folder(firefox.folder);
      assert.ok(found.some((what) => /planted/.test(what)), "the search works");
      assert.deepEqual(found.filter((what) => !/planted/.test(what)), []);
    } finally {
      firefox.remove();
    }
  });
}

/** An authority's certificate and key, both files, and a folder for what it signs. */
class Authority {
  constructor(folder, certificate, key) {
    Object.assign(this, { folder, certificate, key });
  }

  /** Serves a page under a certificate for `name`. */
  async serve(name) {
    const at = (ending) => join(this.folder, `${name}.${ending}`);
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", `/CN=${name}`,
      "-keyout", at("key"), "-out", at("csr"));
    writeFileSync(at("ext"), `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n`);
    openssl("x509", "-req", "-in", at("csr"), "-CA", this.certificate, "-CAkey", this.key, "-days", "5",
      "-extfile", at("ext"), "-out", at("pem"));
    const cert = readFileSync(at("pem"), "utf8") + readFileSync(this.certificate, "utf8");
    const server = createServer({ key: readFileSync(at("key")), cert }, (_, response) => response.end("served"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
  }
}

function openssl(...words) {
  execFileSync("openssl", words, { stdio: ["ignore", "ignore", "pipe"] });
}

test("firefox_refuses_foreign_names_under_the_constrained_intermediate_only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "beistand-thief-"));
  const servers = [];
  try {
    // What the thief finds: root, intermediate and the intermediate's key.
    const found = readFileSync(join(box.data, "certificates/authority.pem"), "utf8");
    const [, intermediate, key] = found.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g);
    const stolen = new Authority(folder, join(folder, "intermediate.pem"), join(folder, "intermediate.key"));
    writeFileSync(stolen.certificate, `${intermediate}\n`);
    writeFileSync(stolen.key, `${key}\n`);
    // Another authority, without constraints.
    const free = new Authority(mkdtempSync(join(folder, "free-")), join(folder, "free.pem"), join(folder, "free.key"));
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "5",
      "-subj", "/CN=Unconstrained", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", free.key, "-out", free.certificate);

    const firefox = await startFirefox({
      trusted: [box.root, free.certificate],
      preferences: { "network.dns.forceResolve": "127.0.0.1" },
    });
    try {
      const page = await firefox.browser.newPage();
      const visit = async (authority, name) => {
        const server = await authority.serve(name);
        servers.push(server);
        await page.goto(`https://${name}:${server.address().port}/`);
        return page.evaluate(() => document.body.textContent);
      };
      await page.goto(`${box.origin}/help`);
      assert.equal(await visit(stolen, "localhost"), "served");
      assert.equal(await visit(free, "example.org"), "served");
      await assert.rejects(visit(stolen, "example.org"), /SEC_ERROR_CERT_NOT_IN_NAME_SPACE/);
    } finally {
      await firefox.close();
      firefox.remove();
    }
  } finally {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  }
});
