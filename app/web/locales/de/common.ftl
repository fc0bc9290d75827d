# Was die Seiten für Ratsuchende und die der Beratung gemeinsam haben.

field-password = Passwort
password-show = zeigen
password-hide = verbergen
password-more-words = andere Wörter würfeln
password-rating-0 = Zu leicht zu erraten. Nehmen Sie lieber mehrere Wörter, die nichts miteinander zu tun haben.
password-rating-1 = Noch zu leicht zu erraten. Ein, zwei Wörter mehr genügen.
password-rating-2 = Fast. Noch ein Wort dazu.
password-rating-3 = Gut.
password-rating-4 = Sehr gut.
password-rating-busy = Wird geprüft …

code-noted = Habe ich notiert
code-print = Drucken

busy = Einen Moment …
retry = Noch einmal versuchen
back = Zurück
next = Weiter
cancel = Abbrechen
shut = Schließen
log-out = Abmelden
copy = Kopieren
copied = Kopiert

failure-network = Der Server ist nicht erreichbar. Bitte prüfen Sie die Verbindung und versuchen Sie es noch einmal.
failure-answer = Der Server hat etwas geantwortet, das sich hier nicht prüfen lässt. Es wurde nichts davon übernommen. Bitte laden Sie die Seite neu. Bleibt es so, sagen Sie der Beratungsstelle bitte auf einem anderen Weg Bescheid.
failure-malformed = Das hat der Server nicht verstanden. Bitte laden Sie die Seite neu.
failure-too-large = Das ist zu lang.
failure-session-expired = Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.
failure-forbidden = Das dürfen Sie hier nicht.
failure-not-found = Das gibt es nicht mehr.
failure-wrong-credentials = Name und Passwort passen nicht zusammen. Bitte prüfen Sie beides.
failure-wrong-code = Name und Code passen nicht zusammen. Bitte prüfen Sie beides.
failure-wrong-claim-code = Dieser Freigabecode stimmt nicht. Bitte vergleichen Sie ihn mit der Ausgabe der Box.
failure-too-many-tries = Zu viele Versuche. Bitte warten Sie ein paar Minuten.
failure-too-many-tries-wait = { $seconds ->
    [one] Zu viele Versuche. Bitte warten Sie eine Sekunde.
   *[other] Zu viele Versuche. Bitte warten Sie { $seconds } Sekunden.
}
failure-conflict = Jemand war schneller. Bitte sehen Sie nach, wie es jetzt aussieht.
failure-name-taken = Dieser Name ist schon vergeben. Bitte nehmen Sie einen anderen.
failure-invitation-invalid = Diese Einladung gilt nicht mehr: benutzt, abgelaufen oder zurückgezogen. Bitte lassen Sie sich eine neue geben.
failure-statement-refused = Der Server hat das nicht angenommen. Bitte laden Sie die Seite neu.
failure-already-claimed = Jemand aus dem Team hat dieses Gespräch schon übernommen.
failure-conversation-closed = Dieses Gespräch ist abgeschlossen.
failure-conversation-full = Dieses Gespräch ist voll.
failure-already-set-up = Diese Box ist schon eingerichtet.
failure-not-set-up = Diese Box ist noch nicht eingerichtet.
failure-revoked = Ihr Zugang wurde beendet.
failure-storage = Der Server kann gerade nichts speichern. Es wurde nichts übernommen. Bitte versuchen Sie es später noch einmal.
failure-internal = Auf dem Server ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.
failure-name-invalid = Dieser Name geht nicht: leer, zu lang oder mit Zeichen, die nicht erlaubt sind.
failure-password-weak = Dieses Passwort ist zu leicht zu erraten.
failure-password-invalid = Dieses Passwort geht nicht: zu lang oder mit Steuerzeichen.
failure-code-invalid = In diesem Code ist ein Tippfehler.
failure-claim-code-invalid = In diesem Freigabecode ist ein Tippfehler.
failure-link-invalid = Dieser Link ist unvollständig. Bitte kopieren Sie ihn ganz.
failure-text-invalid = Die Nachricht ist leer oder zu lang.
failure-settings-invalid = Eine Angabe ist leer, zu lang oder passt nicht zu den anderen.
failure-not-now = Das geht im Moment nicht.
failure-change-unknown = Die Verbindung brach mitten in der Änderung ab. Es gilt entweder ganz das alte oder ganz das neue Passwort. Bitte melden Sie sich neu an und versuchen Sie zuerst das neue.
failure-password-unchanged = Das ist schon Ihr Passwort. Bitte nehmen Sie ein anderes.
failure-wrong-password = Das ist nicht Ihr jetziges Passwort.
failure-stopped = Eine Prüfung ist fehlgeschlagen. Deshalb wurde angehalten.

conflict-title = Hier stimmt etwas nicht. Wir halten an.
conflict-lead = Ihr Gerät hat etwas bemerkt, das nicht sein darf. Bitte schreiben Sie hier im Moment nichts.
conflict-organisation = Diese Seite gibt sich als eine andere Beratung aus als die, zu der Ihr Link oder Ihr Zugang gehört.
conflict-log = Das Verzeichnis, wer hier mitlesen darf, wurde verändert oder lässt sich nicht prüfen.
conflict-own-keys = Im Verzeichnis stehen für Sie andere Schlüssel als Ihre.
conflict-conversation = Ein Gespräch wurde verändert oder ist verschwunden.
conflict-account = Was der Server zu Ihrem Zugang aufbewahrt, ist ein fremder, älterer oder veränderter Stand.
conflict-other = Eine Prüfung von Unterschriften oder Schlüsseln ist fehlgeschlagen.
conflict-what = Sagen Sie bitte der Beratungsstelle auf einem anderen Weg Bescheid, zum Beispiel am Telefon, und nennen Sie den Satz oben.

time-today = Heute
time-yesterday = Gestern
time-yesterday-inside = gestern
time-today-inside = heute
time-tomorrow-inside = morgen
time-minutes = { $time } Uhr

talk-label = Gespräch
talk-own = Sie
talk-progress-sending = wird gesendet
talk-progress-failed = nicht gesendet
talk-progress-stored = gespeichert
talk-progress-delivered = angekommen
talk-progress-read = gelesen
talk-send-again = Noch einmal senden
talk-send = Senden
talk-message-label = Ihre Nachricht
talk-new-below = Neue Nachricht unten
talk-is-typing = { $name } schreibt
talk-typing-somebody = Die Beratung schreibt
talk-draft-saved = Entwurf gesichert
talk-draft-pending = Entwurf noch nicht gesichert
talk-connected = Verbunden
talk-reconnecting = Verbindung unterbrochen, wird wieder aufgebaut. Geschriebenes geht nicht verloren.
talk-too-long = Die Nachricht ist zu lang. Bitte teilen Sie sie auf.
talk-claimed = { $name } hat das Gespräch übernommen.
talk-claimed-own = Sie haben das Gespräch übernommen.
talk-released = Das Gespräch wartet wieder auf jemanden aus dem Team.
talk-handed-over = Das Gespräch ist jetzt bei { $name }.
talk-closed = Das Gespräch wurde abgeschlossen.
talk-reopened = Das Gespräch ist wieder offen.
talk-blocked = Gesperrt: Hier kann nichts mehr geschrieben werden.
talk-unblocked = Die Sperre ist aufgehoben: Es kann wieder geschrieben werden.
talk-readers-changed = Ab hier können lesen: { $readers }.
talk-missing = Hier fehlt etwas. Es wurde gesendet, ist aber nicht angekommen.
talk-refused = Hier kam etwas, dessen Herkunft sich nicht prüfen ließ. Es wird nicht gezeigt.
talk-unknown = Hier steht etwas, das diese Seite nicht kennt. Bitte laden Sie sie neu.
talk-somebody = Beratung

reader-you = Sie
reader-seeker = die ratsuchende Person
reader-team = Team „{ $name }“
reader-lead = { $name } (Leitung)

ended-logged-out-title = Sie sind abgemeldet
ended-logged-out = Auf diesem Gerät ist nichts geblieben.
ended-expired-title = Ihre Anmeldung ist abgelaufen
ended-expired = Das passiert nach einer längeren Pause. Was gesendet wurde, ist gespeichert.
ended-unsent = Was Sie noch nicht gesendet hatten, steht wieder da, wenn Sie sich auf dieser Seite neu anmelden. Laden oder schließen Sie sie vorher nicht.
ended-password-changed-title = Ihr Passwort wurde geändert
ended-password-changed = Das Passwort wurde auf einem anderen Gerät oder mit dem Code geändert. Bitte melden Sie sich mit dem neuen an. Was gesendet wurde, ist gespeichert.
ended-deleted-title = Hier ist nichts mehr
ended-deleted = Ihr Zugang und Ihre Gespräche sind gelöscht.
ended-revoked-title = Ihr Zugang wurde beendet
ended-revoked = Wenn das ein Irrtum ist, wenden Sie sich bitte an Ihre Verwaltung.
ended-log-in = Neu anmelden

unreachable-title = Der Server ist nicht erreichbar
not-set-up-title = Hier entsteht eine Beratung
not-set-up-body = Diese Box ist noch nicht eingerichtet.

unconfirmed-seeker = { $days ->
    [one] Seit einem Tag hat niemand aus dem Team bestätigt, wer hier mitliest.
   *[other] Seit { $days } Tagen hat niemand aus dem Team bestätigt, wer hier mitliest. Vielleicht war niemand da, vielleicht geht das Datum Ihres Geräts falsch. Vielleicht zeigt dieser Server aber auch einen alten Stand. Schreiben Sie möglichst nur, was warten kann.
}
unconfirmed-seeker-leads = { $days ->
    [one] Seit einem Tag hat niemand aus dem Team bestätigt, wer hier mitliest. Was Sie jetzt schreiben, kann nur die Leitung des Teams lesen.
   *[other] Seit { $days } Tagen hat niemand aus dem Team bestätigt, wer hier mitliest. Vielleicht war niemand da, vielleicht geht das Datum Ihres Geräts falsch, vielleicht zeigt dieser Server einen alten Stand. Darum kann nur die Leitung des Teams lesen, was Sie jetzt schreiben.
}
unconfirmed-staff = { $days ->
    [one] Seit einem Tag hat niemand sonst den Stand der Organisation bestätigt.
   *[other] Seit { $days } Tagen hat niemand sonst den Stand der Organisation bestätigt. Vielleicht war niemand angemeldet, vielleicht zeigt dieser Server Ihnen einen alten Stand. Bitte prüfen Sie das Datum dieses Geräts und bitten Sie jemanden aus Ihrer Organisation, sich anzumelden.
}
unconfirmed-staff-leads = { $days ->
    [one] Seit einem Tag hat niemand sonst den Stand der Organisation bestätigt. Bis sich jemand anmeldet, können nur die Leitungen der Teams schreiben und Neues lesen.
   *[other] Seit { $days } Tagen hat niemand sonst den Stand der Organisation bestätigt. Bis sich jemand anderes anmeldet, können hier nur die Leitungen der Teams schreiben und lesen, was neu geschrieben wird. Bitte prüfen Sie auch das Datum dieses Geräts.
}
