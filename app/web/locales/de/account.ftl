# Der eigene Zugang: Passwort ändern, löschen.

account-password-title = Passwort ändern
account-password-lead = Danach gilt nur noch das neue. Ihr Gespräch bleibt, wie es ist.
account-password-more = Auf allen anderen Geräten werden Sie abgemeldet. Sie bekommen auch einen neuen Code; der alte gilt nicht mehr.
account-password-current = Jetziges Passwort

account-known-title = Jemand kennt mein Passwort
account-known-lead = Setzen Sie gleich ein neues, das niemand ahnt. Wer das alte kennt, ist danach ausgesperrt, auch wenn er gerade angemeldet ist, und kann nichts lesen, was Sie ab jetzt schreiben.
account-known-more = Was jemand schon gelesen hat, lässt sich nicht zurückholen. Auch Ihr Code wird erneuert. Geht Ihr jetziges Passwort nicht mehr, dann melden Sie sich ab und nehmen Sie „Passwort vergessen“ mit Ihrem Code.

account-delete = Konto löschen
account-delete-title = Konto löschen
account-delete-lead = Das wird sofort gelöscht:
account-delete-talks = alle Ihre Gespräche, auch bei der Beratung
account-delete-access = Ihr Name hier, Ihr Passwort und Ihr Code
account-delete-final = Das lässt sich nicht rückgängig machen. Was die Beratung schon gelesen hat, kann sie im Kopf oder in eigenen Aufzeichnungen behalten.
account-delete-submit = Endgültig löschen

account-passphrase-title = Passphrase ändern
account-passphrase-lead = Danach gilt nur noch die neue, und im Verzeichnis stehen neue Schlüssel von Ihnen. Gespräche bleiben, wie sie sind.
account-passphrase-more = Auf allen anderen Geräten werden Sie abgemeldet. Sie bekommen auch einen neuen Wiederherstellungs-Code; der alte gilt nicht mehr.
account-passphrase-current = Jetzige Passphrase
account-passphrase-submit = Passphrase ändern
