# Sentences that stand in the shells (shell/*.html) before anything is loaded. A test compares them.

shell-loading = One moment, the encryption is loading …
shell-no-script = For writing, your browser itself encrypts everything. For that it needs JavaScript, which is switched off here.
shell-no-script-staff = Beistand encrypts in the browser. For that it needs JavaScript, which is switched off here.
shell-help = Help with that
shell-failed-title = The page could not be loaded
shell-failed-load = Perhaps the connection is bad. Please load the page again.
shell-failed-wasm = This browser has no WebAssembly, or it is switched off. Encryption does not work without it. Please use a newer browser.
shell-reload = Load again
shell-failed-broken = Something went wrong on this page. What was shown as stored is stored. Please load the page again.
