# Sätze, die schon in den Hüllen stehen, bevor etwas geladen ist (shell/page.html, von scripts/shell.js gefüllt).

shell-loading = Einen Moment, die Verschlüsselung wird geladen …
shell-no-script = Zum Schreiben verschlüsselt Ihr Browser alles selbst. Dazu braucht er JavaScript, und das ist hier abgeschaltet.
shell-no-script-staff = Beistand verschlüsselt im Browser. Dazu braucht er JavaScript, und das ist hier abgeschaltet.
shell-help = Hilfe dazu
shell-failed-title = Die Seite ließ sich nicht laden
shell-failed-load = Vielleicht ist die Verbindung schlecht. Bitte laden Sie die Seite neu.
shell-failed-wasm = Dieser Browser kann kein WebAssembly, oder es ist abgeschaltet. Ohne geht die Verschlüsselung nicht. Bitte nehmen Sie einen neueren Browser.
shell-reload = Neu laden
shell-failed-broken = Auf dieser Seite ist etwas schiefgegangen. Was als gespeichert angezeigt wurde, ist gespeichert. Bitte laden Sie die Seite neu.

# Das Formular, das schon ausgefüllt werden kann, während geladen wird.
early-loading = Schreiben Sie ruhig schon. Es lädt noch …
early-kept = Gut. Sobald die Verschlüsselung geladen ist, geht es von selbst weiter.
early-no-password = Gleich wird Ihnen ein Passwort vorgeschlagen. Oder schreiben Sie schon ein eigenes.
