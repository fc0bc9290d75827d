# Ein Gespräch wird dokumentiert: gedruckt oder gesichert für Menschen, die nicht darin sind.

document-open = Dokumentation …
document-title = Gespräch dokumentieren
document-loading = Das ganze Gespräch wird geladen …
document-warning = Was Sie hier ausgeben, verlässt den verschlüsselten Ort.
document-warning-read = Datei und Papier sind nicht verschlüsselt. Lesen kann sie, wer sie in die Hand bekommt.
document-warning-keep = Beistand löscht sie nicht mit. Für Aufbewahren und Löschen ist ab dann Ihre Organisation verantwortlich.
document-warning-names = Namen, Orte und Nummern, die jemand selbst geschrieben hat, können darin stehen bleiben. Lesen Sie die Vorschau ganz; was danach aussieht, ist unterstrichen.
document-warning-log = Ihr Team liest am Gespräch, wer wann gedruckt oder gesichert hat. Der Server bekommt von der Dokumentation nichts.
document-parts = Was soll hinein?
document-part-talk = Gespräch
document-part-marks = Markierungen und Abschluss
document-part-thread = Austausch im Team
document-part-note = Meine eigene Notiz
document-times = Zeiten
document-times-day = Nur Tage
document-times-full = Tage und Uhrzeiten
document-names = Namen
document-anonymised = Ersetzen (anonymisiert)
document-anonymised-body = Aus dem Pseudonym wird „Ratsuchende Person“, aus den Namen Ihres Teams „Beratung 1“, „Beratung 2“ – auch mitten im Text.
document-named-body = Das Pseudonym und die Namen Ihres Teams stehen dann so darin, wie Sie sie hier lesen.
document-replaced = Ersetzt
document-replaced-none = Im Text kommt keiner der bekannten Namen vor.
document-replaced-count = { $count ->
    [one] { $name }: einmal
   *[other] { $name }: { $count }-mal
}
document-doubt = Bitte prüfen
document-doubt-body = Das könnten Namen, Nummern oder Adressen sein. Ein Druck darauf ersetzt sie überall.
document-doubt-none = Nichts sonst sieht nach einem Namen, einer Nummer oder Adresse aus. Sicher ist das nicht.
document-doubt-replace = „{ $words }“ ersetzen
document-more = Weitere Wörter ersetzen
document-more-hint = Zum Beispiel ein Vorname, ein Ort, eine Schule. Überall steht dann „[…]“.
document-more-add = Ersetzen
document-more-remove = „{ $words }“ doch nicht ersetzen
document-preview = Vorschau: genau das wird ausgegeben
document-empty = Bitte wählen Sie, was hinein soll.
document-print = Drucken
document-save-text = Als Text sichern
document-save-page = Als HTML-Datei sichern
document-file = dokumentation
document-printed = An den Drucker gegeben. Das steht jetzt am Gespräch.
document-saved = Gesichert als „{ $file }“. Das steht jetzt am Gespräch.
document-line = { $time } Uhr: { $words }

# Die Dokumentation selbst
document-heading = Dokumentation eines Gesprächs
document-fact-site = Angebot
document-fact-period = Zeitraum
document-period = { $from } bis { $to }
document-fact-count = Nachrichten
document-fact-made = Erstellt
document-fact-names = Namen
document-names-replaced = ersetzt
document-names-kept = nicht ersetzt
document-confidential = Vertraulich. Dieses Dokument liegt außerhalb von Beistand und wird dort nicht mitgelöscht.
document-seeker = Ratsuchende Person
document-counselor = Beratung { $number }
document-none-said = Hier hat niemand etwas geschrieben.
document-tags = Markierungen: { $tags }
document-marks-none = Keine Markierungen, kein Abschluss.
document-unreadable = { $count ->
    [one] Eine Nachricht fehlt: Für sie hatte, wer das hier erstellt hat, keinen Schlüssel.
   *[other] { $count } Nachrichten fehlen: Für sie hatte, wer das hier erstellt hat, keinen Schlüssel.
}
document-unsent = { $count ->
    [one] Eine Nachricht fehlt: Sie war noch nicht gesendet.
   *[other] { $count } Nachrichten fehlen: Sie waren noch nicht gesendet.
}
remark-documented-paper = Dokumentation gedruckt von { $name }, { $names }.
remark-documented-file = Dokumentation gesichert von { $name }, { $names }.
remark-documented-anonymised = Namen ersetzt
remark-documented-named = mit Namen
