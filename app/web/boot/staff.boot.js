// Starts the staff's pages, set-up included.
import { boot } from "{{asset:boot.js}}";

// Shows notices while no page is open (app/web/service). It is registered when somebody asks for them on this device,
// and only for the staff's pages.
const service = "/push.js";
const scope = "/staff";

const registration = () => navigator.serviceWorker?.getRegistration(scope);
const subscription = async () => (await registration())?.pushManager.getSubscription();

/** What the box is told of a subscription: endpoint, public key and secret; and by what it names it, a part of its hash. */
async function told(of) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(of.endpoint));
  const key = (name) => new Uint8Array(of.getKey(name));
  return [of.endpoint, key("p256dh"), key("auth"), new Uint8Array(hash).slice(0, 8)];
}

Object.assign(globalThis.beistand, {
  pushKnown: () => "serviceWorker" in navigator && "PushManager" in globalThis,
  async pushState() {
    const known = await subscription();
    return known ? told(known) : undefined;
  },
  async pushOn(key) {
    const address = globalThis.beistand.policy?.createScriptURL(service) ?? service;
    await navigator.serviceWorker.register(address, { scope, updateViaCache: "none" });
    // Its first start takes a moment; of other scopes' ones nobody has to wait for.
    const registered = await registration();
    const worker = registered.installing ?? registered.waiting;
    if (worker && worker.state !== "activated") {
      await new Promise((resolve) => {
        worker.addEventListener("statechange", () => ["activated", "redundant"].includes(worker.state) && resolve());
      });
    }
    return told(await registered.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  },
  async pushOff() {
    await (await subscription())?.unsubscribe().catch(() => {});
    await (await registration())?.unregister();
  },
});

boot(() => import("{{asset:staff.bindgen.js}}"), "{{asset:staff.wasm}}", "{{asset:staff-worker.boot.js}}", service);
