// Shows notices on a device that its owner has put down for it, and opens the workplace when one is pressed. It keeps
// nothing, loads nothing and answers no request of any page. What comes says that something waits, never what.
self.addEventListener("push", (event) => {
  const [title, body] = (event.data?.text() ?? "").split("\n");
  event.waitUntil(self.registration.showNotification(title || "Beistand", { body, tag: "beistand", renotify: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = async () => {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = windows.find((window) => new URL(window.url).pathname.startsWith("/staff"));
    await (open ? open.focus() : self.clients.openWindow("/staff"));
  };
  event.waitUntil(show());
});
