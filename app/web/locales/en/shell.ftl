# Sentences that stand in the shells before anything is loaded (shell/page.html, filled by scripts/shell.js).

shell-loading = One moment, the encryption is loading …
shell-no-script = For writing, your browser itself encrypts everything. For that it needs JavaScript, which is switched off here.
shell-no-script-staff = Beistand encrypts in the browser. For that it needs JavaScript, which is switched off here.
shell-help = Help with that
shell-failed-title = The page could not be loaded
shell-failed-load = Perhaps the connection is bad. Please load the page again.
shell-failed-wasm = This browser has no WebAssembly, or it is switched off. Encryption does not work without it. Please use a newer browser.
shell-reload = Load again
shell-failed-broken = Something went wrong on this page. What was shown as stored is stored. Please load the page again.

# The form that can be filled in while the page is loading.
early-loading = Go ahead and write. It is still loading …
early-kept = Good. As soon as the encryption has loaded, it goes on by itself.
early-no-password = In a moment a password is suggested to you. Or write one of your own now.
