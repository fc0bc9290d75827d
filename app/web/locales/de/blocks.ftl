# Textbausteine.

staff-nav-blocks = Bausteine
blocks-title = Textbausteine
blocks-lead = Beim Antworten öffnet „/“ am Anfang eines Wortes die Liste. Geteilte Bausteine sind für Ihr Team verschlüsselt, eigene nur für Sie.
blocks-own = Eigene
blocks-team = Team { $name }
blocks-add = Baustein anlegen
blocks-import = Aus Datei
blocks-export = Als Datei
blocks-none = Noch keine Bausteine.
blocks-locked = Diese Bausteine stammen aus der Zeit vor Ihrem Beitritt. Sobald jemand aus dem Team hier nachsieht, erscheinen sie.
blocks-no-folder = Ohne Ordner
blocks-edit = „{ $title }“ bearbeiten
blocks-edit-title = Baustein bearbeiten
blocks-add-title = Neuer Baustein
blocks-folder = Ordner
blocks-folder-hint = Darf leer bleiben.
blocks-name = Titel
blocks-language = Sprache
blocks-language-any = Für alle
blocks-language-de = Deutsch
blocks-language-plain = Leichte Sprache
blocks-language-en = Englisch
blocks-language-tr = Türkisch
blocks-language-ar = Arabisch
blocks-language-uk = Ukrainisch
blocks-text = Text
blocks-placeholders = Platzhalter einfügen
blocks-pseudonym = Pseudonym
blocks-own-name = eigener Name
blocks-answer-by = Antwort bis
blocks-next-staffed = nächste Besetzung
blocks-save = Speichern
blocks-saved = Gespeichert.
blocks-remove = Entfernen
blocks-remove-yes = Ja, entfernen
blocks-removed = Entfernte
blocks-back = „{ $title }“ zurückholen
blocks-back-short = Zurückholen
blocks-former = Frühere Fassungen
blocks-former-use = Diese Fassung übernehmen
blocks-changed = { $time }, { $name }
blocks-changed-unknown = jemand, der nicht mehr im Team ist
blocks-meanwhile = Dieser Baustein wurde inzwischen geändert. Ihr Text steht noch hier; wer jetzt speichert, ersetzt diese Fassung:
blocks-meanwhile-removed = Dieser Baustein wurde inzwischen entfernt. Ihr Text steht noch hier; Speichern holt ihn zurück.
blocks-file-bad = Die Datei konnte nicht gelesen werden. Erwartet wird eine Datei, die hier mit „Als Datei“ gesichert wurde.
blocks-file-entry = In der Datei fehlt bei Baustein { $number } der Titel oder der Text, oder etwas davon ist zu lang.
blocks-file-language = In der Datei hat Baustein { $number } eine unbekannte Sprache.
blocks-file-many = In der Datei sind zu viele Bausteine.
blocks-file-done = { $count ->
    [0] Alles aus der Datei war schon da.
    [one] Ein Baustein aus der Datei übernommen.
   *[other] { $count } Bausteine aus der Datei übernommen.
}
blocks-file-name = textbausteine.json
blocks-list = Textbausteine
blocks-found = { $count ->
    [0] Kein Baustein passt.
    [one] Ein Baustein.
   *[other] { $count } Bausteine.
}
blocks-unfilled = Da ist noch ein Platzhalter offen. Bitte ersetzen Sie die markierte Stelle und senden Sie dann.
failure-block-changed = Dieser Baustein wurde inzwischen von jemand anderem geändert.
failure-blocks-full = Dafür ist kein Platz mehr. Entfernen Sie Bausteine, die niemand mehr braucht.
conflict-blocks = Die Textbausteine, die der Server zeigt, sind ältere, fremde oder veränderte.
