# Seiten der Beratung: Anmelden, Einladung, Arbeitsplatz, Verwaltung.

staff-document-title = Beistand
staff-nav-label = Bereiche
staff-nav-talks = Gespräche
staff-nav-lead = Leitung
staff-nav-administration = Verwaltung
staff-logged-in-as = Angemeldet: { $name }
staff-menu = Mein Zugang

staff-login-title = Anmelden
staff-login-lead = Für Beraterinnen, Berater und Verwaltung.
staff-login-name = Anmeldename
staff-login-passphrase = Passphrase
staff-login-forgot = Passphrase vergessen
staff-login-lost = Auch den Wiederherstellungs-Code verloren? Dann brauchen Sie eine neue Einladung von Ihrer Verwaltung.
staff-recover-lead = Dazu brauchen Sie Ihren Anmeldenamen und Ihren Wiederherstellungs-Code. Danach bekommen Sie einen neuen Code; der alte gilt nicht mehr.
staff-recover-passphrase = Neue Passphrase

presence-available = Im Dienst
presence-away = Nicht im Dienst
presence-hint = Im Dienst: Ratsuchende sehen, dass jemand da ist.

queue-label = Gespräche
queue-sorted = Nach Versprechen und Wartezeit
queue-waiting = Wartet
queue-mine = Meine
queue-team = Im Team
queue-closed = Abgeschlossen
queue-none-waiting = Niemand wartet.
queue-none-mine = Noch keine. Übernehmen Sie eines, das wartet.
queue-claim = Übernehmen
queue-claim-of = { $name } übernehmen
queue-wait-now = wartet seit eben
queue-wait-minutes = { $minutes ->
    [one] wartet 1 Minute
   *[other] wartet { $minutes } Minuten
}
queue-wait-hours = { $hours ->
    [one] wartet 1 Stunde
   *[other] wartet { $hours } Stunden
}
queue-wait-since = wartet seit { $day }
queue-unread = { $count ->
    [one] 1 neue Nachricht
   *[other] { $count } neue Nachrichten
}
queue-with = bei { $name }
along-tag = Sie lesen mit
along-body = Das Gespräch führt { $name }. Sie lesen mit und schreiben hier nur, wenn Sie es übernehmen.
queue-own-prefix = Sie:
queue-present = ist da
queue-typing = schreibt
queue-draft = Entwurf
queue-fresh = Gerade dazugekommen
queue-gone = nicht mehr hier
queue-offered = wird { $name } angeboten
queue-offered-own = Sie sind dran
queue-answer-by = Antwort bis { $day } { $time }
queue-overdue = überfällig seit { $when }
queue-jump = Zu einer Liste
queue-none-fit = Kein Gespräch passt zum Filter.

search-label = Gespräche durchsuchen
search-found = { $count ->
    [0] Nichts gefunden.
    [one] 1 Stelle gefunden
   *[other] { $count } Stellen gefunden
}
search-more = Die neuesten { $count } Stellen; es gibt mehr.

filter-title = Filtern
filter-active = Filter an
filter-site = Angebot
filter-team = Team
filter-any = Alle
filter-unread = Nur mit neuen Nachrichten
filter-reset = Alle zeigen

shortcut-title = Tastenkürzel
shortcut-lead = Sie gelten, solange Sie in kein Feld schreiben. Aus einer Antwort kommen Sie mit Esc.
shortcut-next = Nächstes Gespräch
shortcut-previous = Voriges Gespräch
shortcut-unread = Nächstes mit neuen Nachrichten
shortcut-longest = Wer am längsten wartet
shortcut-claim = Übernehmen
shortcut-answer = Antwort schreiben
shortcut-team = Zwischen Gespräch und Team wechseln
shortcut-hand-over = Übergeben
shortcut-close = Abschließen
shortcut-pin = Stehen lassen, um ein zweites daneben zu öffnen
shortcut-away = Vom Bildschirm nehmen
shortcut-search = In den Gesprächen suchen
shortcut-jump = Zu Wartet, Meine, Im Team, Abgeschlossen
shortcut-sheet = Diese Liste
shortcut-send = Antwort senden
shortcut-enabled = Einzelne Tasten gelten

beside-choice = Wem Sie schreiben
beside-with = Mit { $name }
beside-team = Im Team
beside-only = Nur Ihr Team liest das.
beside-hidden = { $name } sieht davon nichts.
beside-readers = Mitlesen können: { $names }.
beside-label = Austausch im Team
beside-empty = Hier hat noch niemand etwas geschrieben. Fragen, Absprachen und Hinweise zu diesem Gespräch bleiben im Team und werden mit dem Gespräch gelöscht.
beside-answer-label = Ins Team schreiben, zum Gespräch mit { $name }
beside-placeholder = Ins Team schreiben
beside-unread = { $count ->
    [one] Im Team: eine neue
   *[other] Im Team: { $count } neue
}

work-none-title = Kein Gespräch gewählt
work-none-body = Links stehen die Gespräche: oben, wer wartet.
work-back = Zur Liste
work-talk-with = Gespräch mit { $name }
work-pin = { $name } stehen lassen
work-away = { $name } vom Bildschirm nehmen
work-present = ist da
work-absent = gerade nicht da
work-hand-over = Übergeben
work-hand-over-title = An wen übergeben?
work-hand-over-body = Ab dann kann die Kollegin oder der Kollege das Gespräch lesen und weiterführen. Die ratsuchende Person sieht, wer jetzt liest.
work-hand-over-to = Kollegin oder Kollege
work-hand-over-none = In diesem Team ist sonst niemand.
work-hand-over-submit = Übergeben
work-close = Abschließen
work-close-title = Gespräch abschließen?
work-close-body = Wenn noch eine Nachricht kommt, geht es wieder auf und wartet.
work-close-submit = Abschließen
work-release = Zurück in die Warteliste
work-answer-label = Antwort an { $name }
work-answer-placeholder = Ihre Antwort
work-claim-first = Übernehmen Sie das Gespräch, um zu antworten.
work-closed = Dieses Gespräch ist abgeschlossen. Kommt noch eine Nachricht, geht es wieder auf und wartet.
work-full = Dieses Gespräch ist voll, mehr passt nicht hinein. Sie können es weiter lesen, übergeben und abschließen. Schreibt die Person noch etwas, beginnt damit ein neues Gespräch.
work-keys-send = senden
work-key-control = Strg
work-details = Überblick und Mitlesende
work-person-label = Überblick
work-overview = Überblick
work-first-contact = Erster Kontakt
work-last-contact = Letzter Kontakt
work-promise = Versprochen
work-deleted = Wird gelöscht
work-deleted-after = { $days ->
    [one] 1 Tag nach dem letzten Kontakt
   *[other] { $days } Tage nach dem letzten Kontakt
}
work-readers = Wer kann mitlesen
work-readers-body = Aus dem unterschriebenen Verzeichnis, auf diesem Gerät geprüft.
work-unnamed = Ohne Namen
work-reconnecting = Verbindung unterbrochen, wird wieder aufgebaut
work-no-team = Sie gehören zu keinem Team. Deshalb stehen hier keine Gespräche.

pending-title = Gleich sind Sie dabei
pending-body = Ihr Zugang ist angelegt. Jetzt bestätigt ihn die Verwaltung. Diese Seite merkt es von selbst.

invitation-title = Willkommen, { $name }
invitation-lead = { $organisation } lädt Sie ein, als { $role } im Team „{ $team }“ mitzuarbeiten.
invitation-steps = Denken Sie sich einen Anmeldenamen aus und merken Sie sich die Passphrase. Danach bestätigt die Verwaltung Ihren Zugang.
invitation-passphrase = Passphrase
invitation-passphrase-hint = Diese sechs Wörter hat Ihr Gerät gewürfelt. Sie öffnen alle Gespräche, die Sie lesen dürfen: bitte nirgends sonst verwenden.
invitation-submit = Einladung annehmen
invitation-opening = Die Einladung wird geprüft …
invitation-failed-title = Diese Einladung lässt sich nicht öffnen
invitation-code-title = Ihr Wiederherstellungs-Code
invitation-code-lead = Er gehört zu Ihrem Zugang und wird nur jetzt gezeigt. Bewahren Sie ihn getrennt vom Gerät auf.

role-counselor = Beraterin oder Berater
role-lead = Leitung
role-administrator = Verwaltung

alarm-title = Klingelton und Benachrichtigungen
alarm-lead = Im Dienst klingelt jede Anfrage, bis jemand sie übernimmt, auch wenn Sie gerade in einem anderen Fenster sind.
alarm-due = Vor dem Dienst: Prüfen Sie, ob Sie den Klingelton hören.
alarm-test = Klingelton prüfen
alarm-test-again = Noch einmal
alarm-heard-question = Haben Sie den Klingelton gehört?
alarm-heard = Ja, gehört
alarm-unheard = Nein, nichts
alarm-tested = Klingelton geprüft { $time }
alarm-unheard-title = Bei Ihnen klingelt nichts.
alarm-unheard-body = Prüfen Sie Lautstärke und Kopfhörer am Gerät, und ob dieser Tab stumm geschaltet ist.
alarm-blocked-title = Der Browser lässt keinen Ton zu.
alarm-blocked-body = Anfragen klingeln nicht, bis Sie hier drücken. Hilft das nicht: Erlauben Sie dieser Seite in den Einstellungen des Browsers, Ton abzuspielen.
alarm-unblock = Ton einschalten
alarm-choose = Ton und Lautstärke
alarm-rings = Jemand wartet.
alarm-silence = Stumm bis zur nächsten Anfrage
alarm-tone = Klang
alarm-tone-bell = Glocke
alarm-tone-chime = Zweiklang
alarm-tone-knock = Klopfen
alarm-volume = Lautstärke
alarm-notices = Benachrichtigungen auf dem Bildschirm
alarm-notices-body = Sie sagen nur, dass jemand wartet oder geantwortet hat. Namen und Worte stehen nie darin.
alarm-notices-ask = Benachrichtigungen einschalten
alarm-notices-on = Eingeschaltet.
alarm-notices-denied = Der Browser verbietet sie. Das ändern Sie in seinen Einstellungen für diese Seite.
alarm-notice-request = Jemand wartet auf eine Antwort.
alarm-notice-answer = In einem Ihrer Gespräche gibt es etwas Neues.

lead-title = Leitung
lead-promise-title = Versprochene Antworten
lead-promise-none = Gerade wartet niemand auf eine versprochene Antwort.
lead-promise-safe = { $count ->
    [one] Eine Antwort ist versprochen, und es ist noch Zeit.
   *[other] { $count } Antworten sind versprochen, und es ist noch Zeit.
}
lead-promise-risk = { $count ->
    [one] Ein Versprechen in Gefahr
   *[other] { $count } Versprechen in Gefahr
}
lead-promise-risk-lead = In wenigen Stunden fällig oder schon überfällig, das dringendste zuerst.
lead-promise-more = { $count ->
    [one] Und ein weiteres.
   *[other] Und { $count } weitere.
}
lead-promise-nobody = Noch bei niemandem.
lead-promise-own = Bei Ihnen.
lead-promise-with = Bei { $name }.
lead-promise-open = Öffnen
lead-promise-open-of = Gespräch mit { $name } öffnen
lead-promise-where = Was versprochen wird, steht im Dienstplan unter „Regeln“. Hier steht, was Sie lesen dürfen.
lead-queue-title = Wer ist dran? Team „{ $team }“
lead-queue-lead = So finden wartende Gespräche jemanden. Die Leitung des Teams kann immer übernehmen.
lead-queue-mode = Regel
lead-queue-pull = Selbst übernehmen
lead-queue-pull-body = Wer frei ist, nimmt sich ein wartendes Gespräch. Alle im Dienst hören die Anfrage.
lead-queue-push = Der Reihe nach anbieten
lead-queue-push-body = Jedes wartende Gespräch wird der Person im Dienst angeboten, die gerade am wenigsten zu tun hat. Nimmt sie es nicht, ist die nächste dran.
lead-queue-talks = Laufende Gespräche je Person, höchstens
lead-queue-talks-hint = Leer: keine Grenze. Gezählt werden Gespräche, in denen gerade jemand da ist oder eben geschrieben hat; Briefe zählen nicht.
lead-queue-offer = Sekunden, die ein Angebot steht
lead-queue-offer-hint = Danach ist die nächste Person dran.
lead-queue-save = Speichern
lead-queue-saved = Gespeichert. Die Regel gilt ab sofort.
lead-escalation = Wenn niemand annimmt
lead-escalation-body = Eine Anfrage geht dann Schritt für Schritt weiter. Jeder Schritt steht mit Uhrzeit im Gespräch, nur für das Team.
lead-escalation-on = Weitergeben: an die nächste Person im Dienst, dann an die Leitung
lead-escalation-next = Sekunden, bis die nächste Person im Dienst gefragt wird
lead-escalation-next-hint = Bis dahin hören alle im Dienst die Anfrage. Dann wird die Person mit den wenigsten Gesprächen namentlich gefragt; übernehmen können es weiter alle.
lead-escalation-leads = Sekunden danach, bis die Leitung gefragt wird
lead-escalation-leads-hint = Sie hört es auch, wenn sie nicht im Dienst ist und nur die Seite offen hat.
lead-escalation-letter = Sekunden danach, bis es ein Brief wird
lead-escalation-letter-hint = Wer schreibt, liest dann, dass gerade niemand frei ist, und bis wann die Antwort kommt. Übernimmt es später jemand, geht es live weiter.
escalation-line-person = { $time } Uhr: Noch niemand hat angenommen, gefragt ist { $name }.
escalation-line-own = { $time } Uhr: Noch niemand hat angenommen, gefragt sind Sie.
escalation-line-leads = { $time } Uhr: Im Dienst hat niemand angenommen, gefragt ist die Leitung.
escalation-line-letter = { $time } Uhr: Niemand hat angenommen, das Gespräch ist jetzt ein Brief.
escalation-tag-own = Sie sind gefragt
escalation-tag-person = { $name } ist gefragt
escalation-tag-leads = Leitung gefragt
escalation-tag-letter = als Brief
alarm-notice-asked = Sie sind gefragt: Jemand wartet auf eine Antwort.

failure-offered-elsewhere = Dieses Gespräch wird gerade jemand anderem angeboten.
failure-talks-full = Sie haben so viele laufende Gespräche, wie die Regel Ihres Teams erlaubt. Schließen Sie eines ab oder geben Sie eines zurück.

admin-title = Verwaltung
admin-people = Menschen
admin-people-lead = Alle, die im unterschriebenen Verzeichnis stehen.
admin-you = Sie
admin-no-team = in keinem Team
admin-person-lead-of = Leitung von { $team }
admin-person-member-of = { $team }
admin-online-available = im Dienst
admin-online-away = verbunden, nicht im Dienst
admin-offline = nicht verbunden
admin-remove = Entfernen
admin-remove-of = { $name } entfernen
admin-remove-title = { $name } entfernen?
admin-remove-body = Ab der nächsten Nachricht kann diese Person nichts Neues mehr lesen und sich nicht mehr anmelden. Gespräche, die sie übernommen hatte, kann das Team zurück in die Warteliste legen.
admin-remove-submit = Entfernen
admin-invite = Jemanden einladen
admin-invite-lead = Sie bekommen einen Link, der einmal gilt. Geben Sie ihn selbst weiter, am besten persönlich.
admin-invite-name = Name, wie ihn Ratsuchende und Team sehen
admin-invite-team = Team
admin-invite-role = Aufgabe
admin-invite-submit = Link erzeugen
admin-invite-link-title = Link für { $name }
admin-invite-link-body = Gilt einmal und bis { $day }. Er wird nur jetzt gezeigt.
admin-invite-link-label = Einladungslink
admin-invite-another = Noch jemanden einladen
admin-invitations = Offene Einladungen
admin-invitations-none = Keine.
admin-invitation-until = { $role }, Team „{ $team }“, gilt bis { $day }
admin-invitation-accepted = angenommen, wartet auf Ihre Bestätigung
admin-invitation-open = noch nicht angenommen
admin-invitation-expired = abgelaufen
admin-countersign = Bestätigen
admin-countersign-of = { $name } bestätigen
admin-countersign-body = Bestätigen Sie nur, wenn Sie dieser Person den Link selbst gegeben haben.
admin-teams = Teams
admin-team-lead = Leitung: { $names }
admin-team-members = { $count ->
    [one] 1 Person
   *[other] { $count } Personen
}
admin-site = Angebot
admin-site-lead = Wie Ratsuchende Ihre Beratung sehen. Wird von Ihnen unterschrieben.
admin-site-name = Name
admin-site-accent = Farbe
admin-site-retention = Tage, die ein Gespräch nach dem letzten Kontakt bleibt
admin-site-emergency = Notrufnummern
admin-site-emergency-hint = Eine je Zeile: Nummer, dann ein Strichpunkt, dann wer antwortet.
admin-site-save = Speichern
admin-site-saved = Gespeichert und unterschrieben.
admin-site-emergency-bad = Zeile { $line }: bitte „Nummer; Bezeichnung“ schreiben.

# Wie ein Gespräch endet
ending-reason = Warum?
ending-answered = Beantwortet
ending-sent-on = An eine andere Stelle verwiesen
ending-no-answer = Es kommt keine Antwort mehr
ending-no-request = Keine Anfrage (Versehen, Probe, Störung)
ending-other = Anderes
ending-blocked = Regeln verletzt: Pseudonym sperren
ending-topic = Worum ging es?
ending-topic-none = Keine Angabe
ending-kept = Grund und Thema liest nur Ihr Team. Für die Statistik wird gezählt, wie oft beides im Monat vorkommt, und nicht, bei welchem Gespräch.
ending-with-topic = { $reason } – Thema: { $topic }
ending-with-reason = { $reason } – { $words }
block-body = Unter diesem Pseudonym kann dann nichts mehr geschrieben werden, auch in keinem anderen Gespräch. Die Person liest einen Hinweis, kann Bisheriges lesen und ihr Konto löschen. Mit einem neuen Pseudonym kann sie wiederkommen: Eine Adresse wird nicht gespeichert. Aufheben kann die Sperre die Leitung.
block-why = Was ist vorgefallen?
block-hint = Nur Ihr Team liest das.
block-submit = Abschließen und sperren
block-now = Dieses Pseudonym ist gesperrt: Die Person kann nichts schreiben. Aufheben kann das die Leitung.
block-lift = Sperre aufheben
ending-line = { $time } Uhr: Abgeschlossen von { $name }. { $words }
remark-you = Ihnen
remark-closed = Abgeschlossen von { $name }. { $words }
remark-handed-over = Übergeben von { $name } an { $to }: { $words }
remark-released = Ans Team zurückgegeben von { $name }: { $words }
remark-tagged = Markiert von { $name }: { $tag }
remark-untagged = Markierung entfernt von { $name }: { $tag }
topics-title = Themen, Team „{ $team }“
topics-lead = Beim Abschließen wird eines davon gewählt. Gezählt wird nur, wie oft im Monat.
topics-label = Themen, eines in jeder Zeile
topics-hint = Ein Thema, das Sie hier entfernen, bleibt in der Zählung der Monate, in denen es gewählt wurde.
topics-suggest = Vorschläge einsetzen
topics-suggested = Familie | Schule und Ausbildung | Freundschaft und Liebe | Stimmung und Selbstwert | Gewalt | Sucht | Geld und Wohnen | Anderes
topics-saved = Gespeichert. Die Themen stehen ab sofort zur Wahl.
topics-invalid = Höchstens { $count } Themen, jedes nur einmal und nicht länger als eine kurze Zeile.
work-hand-over-team = Zurück ans Team
work-hand-over-team-body = Das Gespräch wartet wieder; wer frei ist, übernimmt es.
work-hand-over-note = Notiz zur Übergabe
work-hand-over-note-long = Das ist zu lang. Kürzen Sie die Notiz etwas.
tags-title = Markierungen
tags-new = Neue Markierung
tags-add = Hinzufügen
tags-remove = Markierung „{ $tag }“ entfernen
tags-limit = Höchstens { $count } Markierungen, jede nur ein paar Wörter lang.
note-title = Nur für mich
note-private = Verschlüsselt. Niemand sonst kann das lesen. Die Notiz wird mit dem Gespräch gelöscht.
note-saved = Notiz gespeichert.
note-pending = Notiz wird gespeichert …
note-limit = Das ist zu lang und wird nicht gespeichert. Kürzen Sie die Notiz etwas.
note-changed = Auf einem anderen Gerät steht inzwischen etwas anderes in Ihrer Notiz:
note-removed = Auf einem anderen Gerät wurde Ihre Notiz inzwischen geleert.
note-both = Beides behalten
note-mine = Nur meinen Text hier behalten
board-now = Jetzt
board-waiting = Warten
board-waiting-note = { $live } im Live-Chat, { $letters } als Brief
board-waiting-none = Niemand wartet.
board-longest = Längste Wartezeit live
board-longest-none = Niemand wartet im Live-Chat.
board-minutes = { $count ->
    [one] Minute
   *[other] Minuten
}
board-duty = Im Dienst
board-duty-of = von { $count }
board-duty-until = { $name } bis { $time } Uhr
board-duty-absent = { $name } bis { $time } Uhr, aber nicht da
board-duty-more = { $count } weitere
board-duty-none = Gerade ist niemand eingeteilt.
board-duty-free = Ohne Dienstplan: Wer da ist, ist im Dienst.
board-risk = Versprechen in Gefahr
board-risk-first = { $name }, { $due }
board-risk-none = Alle im Zeitplan.
board-gaps = Die nächsten sieben Tage
board-gaps-none = Im Dienstplan fehlt niemand.
board-gap = { $count ->
    [one] Eine Person fehlt.
   *[other] { $count } Personen fehlen.
}
board-gaps-more = { $count ->
    [one] Und noch eine Lücke.
   *[other] Und { $count } weitere Lücken.
}
board-to-roster = Zum Dienstplan
admin-team-workload = Der Leitung zeigen, wie viel jede Person zu tun hat
admin-team-workload-hint = Zahlen je Person: laufende Gespräche, wartende, Dienststunden. Klären Sie das vorher mit der Mitarbeitervertretung. Wer es wann eingeschaltet hat, steht im signierten Verzeichnis.
admin-team-along = Die Leitung liest in übernommenen Gesprächen mit
admin-team-along-hint = Ein: Die Leitung kann mitlesen, beraten und einspringen, wenn jemand krank wird, auch in laufenden Gesprächen; das steht im Datenschutz-Text und im Gespräch. Aus: Ab der nächsten Nachricht liest nur, wer das Gespräch übernommen hat. Fällt diese Person aus, kommt das Team erst wieder daran, wenn sie es abgibt, oder wenn sie aus dem Team genommen ist und die ratsuchende Person wieder schreibt.
board-workload = Wer hat wie viel zu tun?
board-workload-caption = Gespräche und Dienste je Person
board-workload-person = Person
board-workload-talks = Laufende Gespräche
board-workload-waiting = Davon warten
board-workload-hours = Stunden Dienst in sieben Tagen
renewal-title = { $name } hat neue Schlüssel.
renewal-by = Seit { $day }, bestätigt von { $by }.
renewal-by-kit = Seit { $day }, bestätigt mit dem Wiederherstellungs-Paket.
renewal-new = Neue Schlüssel:
renewal-doubt = Passphrase und Wiederherstellungs-Code waren verloren. Wenn Ihnen das seltsam vorkommt: bitte persönlich nachfragen, bevor Sie vertrauliche Gespräche übergeben.
renewal-read = Verstanden
admin-renew = Neuer Zugang
admin-renew-of = Neuer Zugang für { $name }
admin-renew-title = Neuer Zugang für { $name }?
admin-renew-body = Nur nötig, wenn Passphrase und Wiederherstellungs-Code verloren sind. Sie bekommen einen Link, mit dem diese Person einen neuen Anmeldenamen und eine neue Passphrase wählt. Danach bestätigen Sie das hier, und das Team erfährt es.
admin-renew-loss = Eigene Notizen und eigene Bausteine dieser Person sind dann verloren. Geben Sie den Link nur ihr selbst, am besten persönlich.
admin-invitation-renews = Neuer Zugang für jemanden aus dem Team, gilt bis { $day }
invitation-renews = Hier bekommen Sie einen neuen Zugang. Wählen Sie einen neuen Anmeldenamen: Der bisherige gehört zum verlorenen Zugang, bis die Verwaltung den neuen bestätigt hat.
