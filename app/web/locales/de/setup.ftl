# Einrichtung im Browser.

setup-title = Beistand einrichten
setup-step-of = Schritt { $step } von { $steps }: { $name }
setup-step-code = Freigabecode
setup-step-person = Organisation und Ihr Zugang
setup-step-team = Erstes Team und Angebot
setup-step-retention = Aufbewahrung
setup-step-kit = Notfallmappe drucken
setup-step-done = Fertig
setup-interrupt = Bis zur Notfallmappe ist noch nichts gespeichert: bitte in einem Zug durchgehen. Es dauert wenige Minuten.

setup-code-title = Geben Sie den Freigabecode ein
setup-code-lead = Er steht beim Start auf dem Bildschirm der Box oder in ihrer Ausgabe. So richtet nur ein, wer an die Box herankommt.
setup-code-label = Freigabecode
setup-code-fingerprint = Vergleichen Sie dabei den Fingerabdruck des Zertifikats mit dem, den Ihr Browser zeigt.

setup-person-title = Wer sind Sie?
setup-person-lead = Sie werden erste Verwaltung und leiten das erste Team, bis jemand anderes benannt ist.
setup-organisation = Name der Organisation
setup-display-name = Ihr Name, wie ihn Ratsuchende und Team sehen
setup-login-name = Ihr Anmeldename
setup-passphrase = Ihre Passphrase
setup-passphrase-hint = Diese sechs Wörter hat Ihr Gerät gewürfelt. Sie öffnen die Verwaltung: bitte aufschreiben und nirgends sonst verwenden.

setup-team-title = Ihr erstes Team und Ihr Angebot
setup-team-lead = Das Angebot ist, was Ratsuchende sehen. Das Team antwortet.
setup-team-name = Name des Teams
setup-site-name = Name des Angebots
setup-accent = Farbe Ihres Hauses
setup-accent-hint = Knöpfe und Links bekommen diese Farbe. Ist sie zu hell oder zu dunkel zum Lesen, passt Beistand sie an.
setup-accent-light = Auf hellem Grund
setup-accent-dark = Auf dunklem Grund
setup-accent-sample = Beispiel
setup-accent-as-is = Kontrast { $contrast } : 1 – gut zu lesen, wie sie ist.
setup-accent-adapted = Kontrast { $contrast } : 1 – dafür angepasst auf { $color }.

setup-retention-title = Wie lange bleiben Gespräche?
setup-retention-lead = So viele Tage nach dem letzten Kontakt wird der Schlüssel eines Gesprächs vernichtet. Danach kann es niemand mehr lesen, auch Sie nicht.
setup-retention-label = Tage nach dem letzten Kontakt
setup-retention-bad = Bitte eine Zahl von 1 bis { $max }.
setup-emergency-title = Notrufnummern
setup-emergency-lead = Diese Nummern stehen auf jeder öffentlichen Seite. Ändern können Sie sie danach in der Verwaltung.
setup-submit = Einrichten

kit-title = Ihre Notfallmappe
kit-lead = Drucken Sie sie aus und legen Sie sie an einen sicheren Ort, nicht neben die Box. Ohne sie lässt sich eine verlorene Verwaltung nicht ersetzen. Sie wird nur jetzt gezeigt und danach aus dem Browser gelöscht.
kit-organisation = Organisation
kit-date = Datum
kit-address = Adresse
kit-fingerprint = Kennung der Organisation
kit-fingerprint-body = Damit lässt sich prüfen, dass ein Browser mit der richtigen Organisation spricht. Sie ist nicht geheim.
kit-root = Hauptschlüssel
kit-root-body = Geheim. Wird gebraucht, um eine verlorene Verwaltung zu ersetzen.
kit-recovery = Wiederherstellungs-Code von { $name }
kit-recovery-body = Geheim. Setzt die Passphrase dieses Zugangs neu.
kit-printed = Ich habe die Notfallmappe gedruckt oder abgeschrieben
kit-continue = Weiter
kit-continue-hint = Bitte bestätigen Sie erst, dass Sie die Notfallmappe haben.

done-title = Fertig. Ihre Beratung ist da.
done-lead = Ratsuchende finden sie unter dieser Adresse:
done-address = Adresse für Ratsuchende
done-next = Laden Sie jetzt Ihr Team ein und gehen Sie in den Dienst.
done-workplace = Zum Arbeitsplatz
setup-accent-link = Link
