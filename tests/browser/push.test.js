// Notices on a device while no page is open there: only who asks for them gets a service worker, it shows what comes
// and keeps nothing, and it is gone with the log-out. No push service is reached from here, so that the page's request
// for a subscription is answered in its place; what a push service would bring comes by the browser's own tools.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBox } from "./box.js";
import { assertFits, desktop, lookOnce, phone, startWholeBrowser, visitor } from "./browser.js";
import { duty, employ, on, openSignUp, setUp, staffLogIn } from "./steps.js";

const look = lookOnce();
const ina = { displayName: "Ina Berg", name: "ina.berg", password: "amboss wiesel kreide turm gondel 44 pfeil" };

let box;
let browser;
let counselor;

before(async () => {
  box = await startBox();
  // Browsers take no service worker from a server whose certificate they doubt.
  browser = await startWholeBrowser("--ignore-certificate-errors");
  const administrator = await visitor(browser, box.origin);
  const administration = (await setUp(administrator, box)).page;
  await duty(administration, administrator, false);
  counselor = await employ(browser, box.origin, administrator, administration, ina);
  await counselor.person.context.grantPermissions(["notifications"]);
  await counselor.person.context.addInitScript(subscribe);
});

after(async () => {
  await browser?.close();
  await box?.stop();
});

/** Runs in the page before all else: what a push service and the browser would agree on. */
function subscribe() {
  if (!globalThis.PushManager) return;
  const kept = "test-subscription";
  const made = () => ({
    endpoint: "https://push.example.org/send/abc",
    getKey: (name) => new Uint8Array(name === "auth" ? 16 : 65).fill(4).buffer,
    unsubscribe: async () => localStorage.removeItem(kept) ?? true,
  });
  PushManager.prototype.subscribe = async function ({ userVisibleOnly, applicationServerKey }) {
    localStorage.setItem(kept, JSON.stringify({ userVisibleOnly, key: [...new Uint8Array(applicationServerKey)] }));
    return made();
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem(kept) ? made() : null);
}

async function openNotices({ page, person }) {
  await page.getByLabel(person.text("staff-menu"), { exact: true }).click();
  await on(page, person).button("notices-title").click();
  await on(page, person).heading("push-title").waitFor();
}

const scopes = (page) =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname));

test("nobody gets a service worker who has not asked for it", async () => {
  const page = await staffLogIn(counselor.person, ina);
  counselor.page = page;
  await openNotices(counselor);
  await on(page, counselor.person).button("push-turn-on").waitFor();
  assert.deepEqual(await scopes(page), []);
});

test("who turns a device on gets one, for the staff's pages alone", async () => {
  const { page, person } = counselor;
  const { button, sentence } = on(page, person);
  await button("push-turn-on").click();
  await button("push-turn-off").waitFor();
  assert.deepEqual(await scopes(page), ["/staff"]);
  const { userVisibleOnly, key } = await page.evaluate(() => JSON.parse(localStorage.getItem("test-subscription")));
  assert.deepEqual([userVisibleOnly, key.length, key[0]], [true, 65, 4]);
  // Now there is something to choose.
  const chosen = page
    .getByRole("group", { name: person.text("notices-request"), exact: true })
    .getByRole("checkbox", { name: person.text("notices-push"), exact: true });
  await chosen.check();
  await button("notices-save").click();
  await sentence("notices-saved").waitFor();
  await look(page, "notices-push");
  await page.setViewportSize(phone);
  await assertFits(page, "notices-push-phone");
  await page.setViewportSize(desktop);
});

test("it shows what comes, opens the workplace, keeps nothing and answers no request", async () => {
  const { page, person } = counselor;
  const tools = await person.context.newCDPSession(page);
  const registered = new Promise((resolve) => {
    tools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations.filter(({ isDeleted }) => !isDeleted);
      if (first) resolve(first.registrationId);
    });
  });
  await tools.send("ServiceWorker.enable");
  const registrationId = await registered;
  await tools.send("ServiceWorker.deliverPushMessage", { origin: box.origin, registrationId, data: "Beistand\nAuf das Team wartet etwas" });
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration("/staff");
      return (await registration.getNotifications()).map(({ title, body, tag }) => [title, body, tag]);
    });
  for (let list = []; list.length === 0; list = await shown()) await page.evaluate(() => new Promise(requestAnimationFrame));
  assert.deepEqual(await shown(), [["Beistand", "Auf das Team wartet etwas", "beistand"]]);

  const [worker] = person.context.serviceWorkers();
  // A browser lets a window come to the front only after a real press, which no tool makes on a notice.
  const to = await worker.evaluate(async () => {
    const to = new Promise((resolve) => (WindowClient.prototype.focus = function () { resolve(new URL(this.url).pathname); }));
    const [notification] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    return to;
  });
  assert.equal(to, "/staff");
  assert.deepEqual(await shown(), []);
  assert.deepEqual(await page.evaluate(() => caches.keys()), []);
  const answer = await page.request.get(`${box.origin}/push.js`);
  assert.match(answer.headers()["content-security-policy"], /default-src 'none'/);
  assert.equal(answer.headers()["cache-control"], "no-store");
  assert.doesNotMatch(await answer.text(), /fetch|caches|indexedDB|importScripts/);
});

test("seekers' pages register none", async () => {
  const visit = await visitor(browser, box.origin);
  const page = await openSignUp(visit);
  assert.deepEqual(await scopes(page), []);
  assert.equal(await page.evaluate(() => "pushOn" in globalThis.beistand), false);
  await visit.close();
});

test("with the log-out the device shows nothing more", async () => {
  const { page, person } = counselor;
  await page.getByLabel(person.text("staff-menu"), { exact: true }).click();
  await on(page, person).button("log-out").click();
  await on(page, person).heading("ended-logged-out-title").waitFor();
  assert.deepEqual(await scopes(page), []);
  const again = await staffLogIn(person, ina);
  await openNotices({ page: again, person });
  await on(again, person).button("push-turn-on").waitFor();
  assert.equal(await on(again, person).button("push-remove").count(), 0);
  person.assertNoProblems();
});
