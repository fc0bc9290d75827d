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

# Zweiter Faktor und Geräte (Mitarbeitende).

access-title = Anmeldung und Geräte
access-lead = Hier sehen Sie, wo Sie angemeldet sind, und machen Ihre Anmeldung sicherer.
access-factor-title = Zweiter Faktor
access-factor-body = Beim Anmelden wird dann außer Ihrer Passphrase eine Zahl aus einer App auf Ihrem Telefon verlangt. Wer nur Ihre Passphrase kennt, kommt nicht hinein.
access-factor-off = Zurzeit genügt Ihre Passphrase.
access-factor-since = Eingeschaltet seit { $time }.
access-factor-begin = Einrichten …
access-factor-scan = 1. Fotografieren Sie dieses Bild mit einer Authenticator-App, zum Beispiel Aegis, FreeOTP, 2FAS oder Google Authenticator.
access-factor-picture = QR-Code für die App
access-factor-by-hand = Oder tippen Sie dieses Geheimnis in die App:
access-factor-check = 2. Geben Sie die sechs Ziffern ein, die Ihre App jetzt zeigt.
access-factor-code = Ziffern aus der App
access-factor-on = Einschalten
access-factor-lost = Ist das Telefon einmal weg, hilft „Passphrase vergessen“ mit Ihrem Wiederherstellungs-Code: Das schaltet den zweiten Faktor aus. Bewahren Sie den Code getrennt vom Telefon auf.
access-factor-demanded = Ihre Organisation verlangt ihn. Ist das Telefon weg, hilft „Passphrase vergessen“ mit Ihrem Wiederherstellungs-Code; danach richten Sie ihn neu ein.
factor-first-title = Richten Sie zuerst den zweiten Faktor ein
factor-first-body = Ihre Organisation verlangt ihn von allen, die hier arbeiten. Es dauert zwei Minuten und braucht ein Telefon. Danach geht es weiter wie gewohnt.
demand-factor-title = Anmeldung
demand-factor = Zweiten Faktor von allen verlangen
demand-factor-hint = Wer noch keinen hat, wird abgemeldet und richtet ihn bei der nächsten Anmeldung ein, vor allem anderen. Richten Sie zuerst Ihren eigenen ein, unter „Anmeldung und Geräte“.
failure-second-factor-demanded = Die Organisation verlangt einen zweiten Faktor. Richten Sie ihn zuerst bei sich selbst ein und lassen Sie ihn eingeschaltet.
access-factor-end-body = Zum Ausschalten geben Sie die Ziffern ein, die Ihre App jetzt zeigt.
access-factor-end = Ausschalten
access-factor-is-on = Der zweite Faktor ist eingeschaltet.
access-factor-is-off = Der zweite Faktor ist ausgeschaltet.
access-devices-title = Wo Sie angemeldet sind
access-devices-body = Welches Gerät das ist, weiß der Server nicht; er merkt sich weder Adressen noch Namen von Geräten. Kommt Ihnen eine Anmeldung fremd vor, beenden Sie sie und ändern Sie Ihre Passphrase.
access-device-here = Dieses Gerät
access-device-other = Ein anderes Gerät oder Fenster
access-device-times = Angemeldet { $created }, zuletzt benutzt { $used }
access-device-end = Abmelden
access-device-end-label = Anmeldung vom { $created } beenden
access-device-ended = Die Anmeldung ist beendet.
access-log-in-code = Jetzt noch die Ziffern aus Ihrer App
access-log-in-hint = Sechs Ziffern, die alle 30 Sekunden wechseln. Telefon verloren? Dann „Passphrase vergessen“ mit dem Wiederherstellungs-Code.
failure-second-factor-needed = Für diese Anmeldung brauchen Sie noch die Ziffern aus Ihrer App.
failure-second-factor-wrong = Diese Ziffern gelten nicht. Warten Sie, bis die App neue zeigt, und nehmen Sie die. Hilft das nicht, geht die Uhr Ihres Telefons falsch.
failure-app-code-invalid = Es sind sechs Ziffern, so wie die App sie zeigt.
