# Öffentliche Seiten: werden bei jeder Anfrage auf dem Server erzeugt, ohne Skript.

language-name = Deutsch
skip-to-content = Zum Inhalt
leave = Schnell weg
back-to-start = Zur Startseite

start-document-title = Start
start-somebody = Gerade ist jemand da
start-nobody = Gerade ist niemand da
start-title = Schreiben Sie uns. Wir hören zu.
start-lead = Sie müssen nicht sagen, wer Sie sind. Ein ausgedachter Name und ein Passwort reichen.
start-who-question = Wer antwortet?
start-who-answer = Beraterinnen und Berater von „{ $organisation }“.
start-read-question = Wer liest mit?
start-read-answer = Nur Sie und die Beratung. Was Sie schreiben, wird auf Ihrem Gerät verschlüsselt.
start-read-answer-leads = Nur Sie und die Beratung, auch deren Leitung. Was Sie schreiben, wird auf Ihrem Gerät verschlüsselt.
start-cost-question = Was kostet es?
start-cost-answer = Nichts.
start-stay-question = Was bleibt?
start-stay-answer = { $days ->
    [one] Auf Ihrem Gerät nichts. Bei uns liegt das Gespräch verschlüsselt und wird einen Tag nach dem letzten Kontakt gelöscht.
   *[other] Auf Ihrem Gerät nichts. Bei uns liegt das Gespräch verschlüsselt und wird { $days } Tage nach dem letzten Kontakt gelöscht.
}
start-write = Jetzt schreiben
start-return = Ich war schon einmal da
start-now-title = Wie es jetzt weitergeht
start-now-somebody = Jemand aus der Beratung ist gerade am Platz und sieht Ihre Nachricht sofort.
start-now-nobody = Gerade ist niemand am Platz. Schreiben können Sie trotzdem: Ihre Nachricht wartet verschlüsselt, bis jemand kommt und antwortet.
start-now-return = Die Antwort finden Sie hier, wenn Sie mit Ihrem Namen und Passwort wiederkommen, von jedem Gerät aus.
start-script = Zum Schreiben braucht der Browser JavaScript. Diese Seite kommt ohne aus.
start-script-link = Was das heißt

emergency-title = Sind Sie oder ist jemand in Gefahr?
emergency-lead = Dann rufen Sie bitte gleich an:
emergency-list = Notrufnummern

footer-label = Weitere Seiten
footer-safety = Spuren vermeiden
footer-privacy = Datenschutz in einfachen Worten
footer-help = Hilfe
footer-staff = Für die Beratung: anmelden

safety-document-title = Spuren vermeiden
safety-title = Spuren vermeiden
safety-lead = Vielleicht schaut jemand auf Ihr Gerät. Das können Sie tun, und das können wir tun.
safety-leave-title = Schnell weg
safety-leave-body = Der Knopf „Schnell weg“ steht auf jeder Seite oben. Er öffnet eine harmlose Seite und löscht, was diese Adresse im Browser gespeichert hat.
safety-leave-escape = Beim Schreiben geht es auch so: dreimal schnell hintereinander die Taste Esc.
safety-leave-history = Der Knopf löscht keine Einträge im Verlauf des Browsers. Ohne JavaScript bleibt dort auch die Seite stehen, von der Sie weggegangen sind.
safety-history-title = Verlauf des Browsers
safety-history-body = Der Browser merkt sich, welche Seiten Sie besucht haben. Ein privates Fenster („Inkognito“) vergisst das, sobald Sie es schließen. Oder löschen Sie den Eintrag nachher selbst.
safety-device-title = Ihr Gerät
safety-device-body = Wir speichern auf Ihrem Gerät keine Nachrichten, keinen Namen und kein Passwort. Lassen Sie auch den Browser das Passwort nicht speichern, wenn andere ihn benutzen.
safety-watch-title = Wenn Ihr Gerät überwacht wird
safety-watch-body = Gegen ein Programm, das den Bildschirm oder die Tasten mitliest, hilft keine Webseite. Nehmen Sie dann ein anderes Gerät: von einer Freundin, in der Schule, in der Bibliothek.
safety-network-title = Netz und Router
safety-network-body = Wer das Netz betreibt, kann sehen, dass diese Adresse geöffnet wurde. Was Sie schreiben, kann dort niemand lesen.

privacy-document-title = Datenschutz
privacy-title = Datenschutz in einfachen Worten
privacy-lead = Was gespeichert wird, wo, wie lange, und wer es lesen kann.
privacy-asked-title = Wonach wir fragen
privacy-asked-body = Nach einem ausgedachten Namen und einem Passwort. Nicht nach Ihrem echten Namen, nicht nach E-Mail oder Telefonnummer.
privacy-read-title = Wer Ihre Nachrichten lesen kann
privacy-read-body = Sie und die Menschen in der Beratung, die im Gespräch unter „Lesen können“ stehen. Nachrichten werden auf Ihrem Gerät verschlüsselt und erst auf deren Geräten wieder lesbar. Der Server dazwischen kann sie nicht öffnen.
privacy-read-holder = Am Anfang kann das ganze Team lesen, damit jemand antworten kann. Hat jemand Ihr Gespräch übernommen, liest nur diese Person weiter. Eine Ausnahme: Hat sich wochenlang niemand aus der Beratung angemeldet, geht Neues an die Leitung des Teams, damit es nicht liegen bleibt.
privacy-read-leads = Am Anfang kann das ganze Team lesen, damit jemand antworten kann. Hat jemand Ihr Gespräch übernommen, lesen diese Person und die Leitung weiter. Die Leitung des Teams liest mit, damit sie einspringen kann, wenn jemand krank wird, und damit die Beratung gut ist. Sie schreibt Ihnen nur, wenn sie das Gespräch selbst übernimmt.
privacy-read-team = Auch wenn jemand Ihr Gespräch übernommen hat, liest das ganze Team mit. Ihnen schreibt nur, wer es übernommen hat.
privacy-server-title = Was der Server weiß
privacy-server-body = Dass es ein Gespräch gibt, mit welchem Team, wann Nachrichten kommen und ungefähr wie lang sie sind, und wer aus der Beratung es übernommen hat. Ihren Namen hier und Ihr Passwort kennt er nur in einer Form, aus der sie sich nicht ablesen lassen.
privacy-address-title = Internet-Adressen
privacy-address-body = Ihre Internet-Adresse wird nicht gespeichert. Gegen massenhafte Anfragen merkt sich der Server kurze Zeit eine daraus berechnete Zahl, die nach einem Tag wertlos ist.
privacy-stay-title = Wie lange
privacy-stay-body = { $days ->
    [one] Einen Tag nach dem letzten Kontakt wird ein Gespräch gelöscht, indem sein Schlüssel vernichtet wird. Ungenutzte Zugänge ebenso.
   *[other] { $days } Tage nach dem letzten Kontakt wird ein Gespräch gelöscht, indem sein Schlüssel vernichtet wird. Ungenutzte Zugänge ebenso.
}
privacy-cookie-title = Cookies
privacy-cookie-body = Es gibt keine. Es werden auch keine Dienste anderer Firmen eingebunden.
privacy-limit-title = Was nicht zu versprechen ist
privacy-limit-body = Wer in den Server einbricht, könnte schwache Passwörter durchprobieren. Darum bestehen wir auf einem guten. Und wer im Gespräch mitliest, kann sich merken, was da stand, oder es für die Beratungsstelle ausdrucken. Was ausgedruckt ist, wird hier nicht mitgelöscht.

help-document-title = Hilfe
help-title = Hilfe
help-script-title = Warum JavaScript nötig ist
help-script-body = Zum Schreiben verschlüsselt Ihr Browser die Nachrichten selbst, bevor sie Ihr Gerät verlassen. Dazu braucht er JavaScript und WebAssembly; beides ist in allen heutigen Browsern dabei, manchmal aber abgeschaltet.
help-script-how = Schalten Sie JavaScript für diese Seite ein und laden Sie sie neu. Im Tor-Browser geht es mit der Sicherheitsstufe „Standard“.
help-script-without = Ohne JavaScript gehen diese Seiten: Start, Spuren vermeiden, Datenschutz, Hilfe, und der Knopf „Schnell weg“.
help-forgot-title = Passwort vergessen
help-forgot-body = Mit dem Wiederherstellungs-Code, den Sie beim Anlegen bekommen haben, setzen Sie ein neues Passwort. Ohne Code und Passwort kann niemand das Gespräch öffnen, auch wir nicht. Sie können aber jederzeit neu anfangen.

error-document-title = Hinweis
error-not-found-title = Diese Seite gibt es nicht
error-not-found-body = Vielleicht ist die Adresse unvollständig oder alt.
error-not-set-up-title = Hier entsteht eine Beratung
error-not-set-up-body = Diese Box ist noch nicht eingerichtet.
error-not-set-up-link = Jetzt einrichten
error-not-set-up-code = Dazu brauchen Sie den Freigabecode. Er steht beim Start auf dem Bildschirm der Box oder in ihrer Ausgabe.
error-unavailable-title = Das hat gerade nicht geklappt
error-unavailable-body = Der Server kann im Moment nicht antworten. Bitte versuchen Sie es in ein paar Minuten noch einmal.
error-too-many-title = Bitte einen Moment warten
error-too-many-body = Von hier kamen zu viele Anfragen. In ein paar Minuten geht es weiter.
error-forbidden-title = Das ist hier nicht erlaubt
error-forbidden-body = Diese Adresse lässt sich so nicht aufrufen.

emergency-default-112 = Notruf
emergency-default-116117 = Ärztlicher Bereitschaftsdienst
emergency-default-telefonseelsorge = TelefonSeelsorge

product-name = Beistand

# Kalender-Dateien
calendar-name = Dienstplan
calendar-live = Dienst: Live-Chat
calendar-letters = Dienst: Briefe
calendar-nobody = noch niemand

start-next-today = Heute ab { $time } Uhr ist wieder jemand da.
start-next-tomorrow = Morgen ab { $time } Uhr ist wieder jemand da.
start-next-later = Am { $date }, ab { $time } Uhr ist wieder jemand da.
start-answer-today = Wenn Sie jetzt schreiben, bekommen Sie bis heute, { $time } Uhr, eine Antwort.
start-answer-tomorrow = Wenn Sie jetzt schreiben, bekommen Sie bis morgen, { $time } Uhr, eine Antwort.
start-answer-later = Wenn Sie jetzt schreiben, bekommen Sie bis { $date }, { $time } Uhr, eine Antwort.

date-with-weekday = { $weekday }, { $number }. { $month }
weekday-monday = Montag
weekday-tuesday = Dienstag
weekday-wednesday = Mittwoch
weekday-thursday = Donnerstag
weekday-friday = Freitag
weekday-saturday = Samstag
weekday-sunday = Sonntag
month-january = Januar
month-february = Februar
month-march = März
month-april = April
month-may = Mai
month-june = Juni
month-july = Juli
month-august = August
month-september = September
month-october = Oktober
month-november = November
month-december = Dezember

told-mine = Auf Sie wartet etwas
told-mine-body = In Beistand wartet eine Nachricht auf Sie: { $link }
told-team = Auf das Team wartet etwas
told-team-body = In Beistand wartet eine Nachricht auf das Team: { $link }
told-both = Auf Sie und das Team wartet etwas
told-both-body = In Beistand warten Nachrichten auf Sie und auf das Team: { $link }
told-test = Testnachricht
told-test-body = Der E-Mail-Versand dieser Box funktioniert: { $link }
