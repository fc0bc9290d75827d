# Der Dienstplan.

staff-nav-roster = Dienstplan
roster-title = Dienstplan
roster-team = { $name } ·
roster-team-choice = Team
roster-no-team = Sie gehören noch zu keinem Team. Einen Dienstplan hat jedes Team für sich.
roster-week = Woche { $week }, { $days }
roster-before = Frühere Zeit
roster-after = Spätere Zeit
roster-view = Ansicht
roster-mode-week = Woche
roster-add = Dienst anlegen
roster-add-on = Dienst anlegen am { $date }
roster-close = Schließen
roster-rail = Eigene Dienste
roster-hours = { $hours } Uhr
roster-hours-unit = { " Uhr" }
roster-number-dot = .
roster-moment = { $day }, { $hours }
roster-moment-inside = { $day } { $hours }
roster-today-inside = heute
roster-today-hours = Heute, { $hours }
roster-day-empty = Kein Dienst geplant.
roster-now = Jetzt { $time }
roster-you = Sie
roster-former = Früher im Team
roster-live = Live-Chat
roster-letters = Briefe
roster-letters-long = Briefe beantworten
roster-wanted = Noch niemand
roster-swap-badge = Tausch
roster-holiday = Feiertag
roster-holiday-named = Feiertag: { $name }
roster-closed-for = Geschlossen: { $name }

roster-gaps = { $count ->
    [one] Eine Lücke.
   *[other] { $count } Lücken.
}
roster-gaps-at = Es fehlt jemand: { $list }.
roster-gaps-more = und { $count } weitere
roster-missing = { $count } fehlt
roster-gap-take = Mich eintragen
roster-gap-fill = Jemanden eintragen
roster-gap-title = Mich eintragen: { $date }
roster-gap-body = Da fehlt noch jemand im Live-Chat. Sie können auch nur einen Teil der Zeit übernehmen.

roster-legend = Was die Farben bedeuten
roster-legend-mine = Ihr Dienst
roster-legend-wanted = Dienst, den noch niemand hat
roster-legend-gap = Lücke, es fehlt jemand
roster-legend-closed = Live-Chat geschlossen
roster-own = Ihre Dienste
roster-own-none = In den nächsten Wochen haben Sie keinen Dienst.

roster-who = Wer
roster-nobody = Noch niemand
roster-kind = Aufgabe
roster-day = Tag
roster-from = Von
roster-to = Bis
roster-repeats = Wiederholung
roster-repeat-never = Nicht wiederholen
roster-repeat-weekly = Jede Woche oder alle paar Wochen
roster-on-days = An diesen Tagen
roster-interval = Alle wie vielen Male
roster-ends = Ende
roster-end-never = Ohne Ende
roster-end-until = An einem Tag
roster-end-count = Nach einer Anzahl
roster-until = Letzter Tag
roster-count = Wie oft
roster-save = Speichern
roster-edit = Ändern
roster-edit-title = Dienst ändern
roster-take = Übernehmen
roster-remove = Löschen
roster-remove-ask = Diesen Dienst wirklich löschen?
roster-remove-yes = Ja, löschen
roster-over = Dieser Dienst ist vorbei.
roster-scope = Was soll sich ändern?
roster-scope-this = Nur dieser Dienst
roster-scope-following = Dieser und alle folgenden
roster-scope-all = Alle, die noch kommen
roster-added = Der Dienst ist angelegt.
roster-changed = Der Dienst ist geändert.
roster-removed = Der Dienst ist gelöscht.
roster-taken = Sie sind eingetragen.

roster-rule-daily = { $each ->
    [1] Jeden Tag
   *[other] Alle { $each } Tage
}
roster-rule-weekly = { $each ->
    [1] Jede Woche: { $days }
   *[other] Alle { $each } Wochen: { $days }
}
roster-rule-monthly-day = { $each ->
    [1] Jeden Monat am { $day }.
   *[other] Alle { $each } Monate am { $day }.
}
roster-rule-monthly-weekday = { $each ->
    [1] Jeden Monat am { $which } { $day }
   *[other] Alle { $each } Monate am { $which } { $day }
}
roster-rule-until = { $rule }, bis { $date }
roster-rule-count = { $rule }, { $count }-mal
roster-ordinal-1 = ersten
roster-ordinal-2 = zweiten
roster-ordinal-3 = dritten
roster-ordinal-4 = vierten
roster-ordinal-5 = fünften
roster-ordinal-last = letzten

roster-denied-forbidden = Das darf nur die Leitung des Teams oder die Person selbst.
roster-denied-malformed = Bitte prüfen Sie Tag, Zeiten und Wiederholung: So ist es kein Dienst.
roster-denied-not-found = Das gibt es nicht mehr. Jemand hat den Plan inzwischen geändert.
roster-denied-overlap = Die Person hat zu dieser Zeit schon einen Dienst.
roster-denied-not-available = Die Person gehört nicht zum Team oder ist dann nicht da.
roster-denied-moved = Jemand war schneller: Der Plan hat sich inzwischen geändert.
roster-denied-past = Was vorbei ist, bleibt, wie es war.
roster-denied-too-many = Mehr davon kann der Plan nicht halten.

holiday-new-year = Neujahr
holiday-epiphany = Heilige Drei Könige
holiday-women = Frauentag
holiday-good-friday = Karfreitag
holiday-easter-sunday = Ostersonntag
holiday-easter-monday = Ostermontag
holiday-labour = Tag der Arbeit
holiday-liberation = Tag der Befreiung
holiday-ascension = Christi Himmelfahrt
holiday-whit-sunday = Pfingstsonntag
holiday-whit-monday = Pfingstmontag
holiday-corpus-christi = Fronleichnam
holiday-assumption = Mariä Himmelfahrt
holiday-children = Weltkindertag
holiday-unity = Tag der Deutschen Einheit
holiday-reformation = Reformationstag
holiday-all-saints = Allerheiligen
holiday-repentance = Buß- und Bettag
holiday-christmas = Erster Weihnachtstag
holiday-christmas-second = Zweiter Weihnachtstag

# Ansichten, Tausch, Abwesenheit.

roster-mode-month = Monat
roster-mode-list = Liste
roster-more-of-day = + { $count } mehr
roster-list-none = In dieser Zeit ist noch kein Dienst geplant.
roster-swaps = Offene Tausche
roster-swap-own = Ihr Angebot, noch ohne Antwort.
roster-swap-withdraw = Zurückziehen
roster-swap-withdrawn = Ihr Angebot ist zurückgezogen.
roster-swap-answered = { $name } bietet dafür: { $shift }.
roster-swap-agree = Annehmen
roster-swap-agreed = Der Tausch ist angenommen.
roster-swap-refuse = Ablehnen
roster-swap-refused = Der Tausch ist abgelehnt.
roster-swap-answer = Dienst anbieten
roster-swap-exchange = { $name } tauscht gegen einen anderen Dienst.
roster-swap-gift = { $name } sucht Ersatz.
roster-swap-took = Sie haben den Dienst übernommen.
roster-swap-approve = Bestätigen
roster-swap-approved = Der Tausch ist bestätigt.
roster-swap-agreed-both = { $owner } und { $by } sind sich einig.
roster-swap-waits = Wartet auf die Leitung.
roster-swap-answer-waits = Ihr Angebot liegt bei { $name }.
roster-swap-offer = Dienst zum Tausch anbieten
roster-swap-offered = Ihr Dienst ist zum Tausch angeboten.
roster-swap-everybody = Alle im Team
roster-swap-ask = Wen fragen Sie?
roster-swap-wants = Ich möchte dafür einen anderen Dienst
roster-swap-offer-do = Anbieten
roster-swap-answer-body = Welchen Ihrer Dienste geben Sie für: { $shift }?
roster-swap-counter = Mein Dienst
roster-swap-answer-said = Ihr Angebot ist gemacht.
roster-calls = Gesucht
roster-calls-lead = Diese Dienste hat gerade niemand. Sie könnten einspringen.
roster-ill = Ich bin krank
roster-ill-said = Sie sind für heute krankgemeldet. Ihre Dienste von heute sind ausgeschrieben.
roster-ill-lead = Ein Klick meldet Sie für heute ab. Wer kann, wird für Ihre Dienste gefragt.
roster-ill-now = Sie sind abgemeldet. Wer kann, sieht Ihre Dienste unter „Gesucht“.
roster-absences = Krank oder abwesend
roster-absence-withdraw = Wieder da
roster-absence-withdrawn = Die Abwesenheit ist zurückgenommen.
roster-absence-other = Andere Tage eintragen
roster-absence-title = Abwesenheit eintragen
roster-absence-body = Dienste in dieser Zeit werden frei, und wer kann, wird gefragt. Ein Grund wird nicht gespeichert.
roster-absence-said = Die Abwesenheit ist eingetragen.
roster-first-day = Erster Tag

# Regeln und Wünsche.

roster-plan = Planen
roster-print = Drucken
roster-line-remove = Zeile entfernen
roster-rules = Regeln des Dienstplans
roster-rules-saved = Die Regeln sind gespeichert.
roster-rules-more = Weitere Regeln
roster-staffing = Wie viele sollen da sein?
roster-staffing-lead = Zu diesen Zeiten ist der Live-Chat offen. Fehlt jemand, zeigt der Plan eine Lücke.
roster-staffing-add = Zeit hinzufügen
roster-persons = Personen
roster-free-days = Feiertage und Schließtage
roster-state = Feiertage von
roster-no-state = Keine Feiertage
roster-open-on-holidays = Auch an Feiertagen geöffnet
roster-closing-add = Schließtage hinzufügen
roster-closing-name = Anlass
roster-promise = Bis wann wird ein Brief beantwortet?
roster-promise-made = Ratsuchenden eine Antwort bis zu einem Tag versprechen
roster-promise-days = Am wievielten Arbeitstag
roster-promise-by = Bis Uhrzeit
roster-promise-weekdays = Arbeitstage
roster-without-shift = Wer da ist und keinen Dienst hat, zählt auch
roster-approve-swaps = Die Leitung bestätigt jeden Tausch
roster-zone = Zeitzone
roster-wishes = Meine Wünsche
roster-wishes-lead = Ihre Wünsche sieht die Leitung. Der Vorschlag für Lücken richtet sich danach.
roster-wishes-saved = Ihre Wünsche sind gespeichert.
roster-wish = Ich
roster-wish-preferably = möchte gern
roster-wish-can = kann
roster-wish-cannot = kann nicht
roster-wish-when = Wann
roster-wish-weekly = jede Woche
roster-wish-days = an einzelnen Tagen
roster-wish-add = Wunsch hinzufügen

# Vorschlag, Vorlagen, Verlauf.

roster-proposal = Vorschlag für Lücken
roster-proposal-lead = { $days }: So könnten die Lücken gefüllt werden. Nichts ändert sich, bevor Sie es übernehmen.
roster-proposal-nobody = Niemand kann
roster-proposal-preferred = wünscht sich diese Zeit
roster-proposal-reason = { $candidates ->
    [1] hatte bisher { $hours } Stunden; sonst kann niemand
   *[other] hatte bisher { $hours } Stunden; { $candidates } könnten
}
roster-proposal-nothing = In dieser Zeit fehlt niemand.
roster-proposal-take = Vorschlag übernehmen
roster-proposal-taken = Der Vorschlag ist übernommen.
roster-proposal-none-chosen = Wählen Sie mindestens einen Dienst.
roster-templates = Vorlagen
roster-templates-lead = Eine Vorlage ist eine Woche zum Wiederverwenden. Gezeigt ist gerade: { $days }.
roster-template-name = Name der neuen Vorlage
roster-template-save = Diese Woche als Vorlage speichern
roster-template-saved = Die Vorlage ist gespeichert.
roster-template-unnamed = Geben Sie der Vorlage einen Namen.
roster-template-shifts = { $count } Dienste
roster-template-use = In dieser Woche anlegen
roster-template-used = Die Dienste der Vorlage sind angelegt.
roster-template-removed = Die Vorlage ist gelöscht.
roster-log = Verlauf
roster-log-lead = Wer wann was geändert hat.
roster-log-more = Ältere zeigen
roster-log-rules = Regeln geändert
roster-log-added = Dienst angelegt
roster-log-changed = Dienst geändert
roster-log-removed = Dienst gelöscht
roster-log-taken = Dienst übernommen
roster-log-wishes = Wünsche geändert
roster-log-absence = Abwesenheit eingetragen
roster-log-absence-withdrawn = Abwesenheit zurückgenommen
roster-log-swap-offered = Tausch angeboten
roster-log-swap-answered = Tausch beantwortet
roster-log-swap-decided = Tausch entschieden
roster-log-swap-withdrawn = Tausch zurückgezogen
roster-log-template = Vorlage geändert
roster-log-assigned = Vorschlag übernommen
roster-log-other = Plan geändert

# Andere Kalender.

roster-links = In meinen Kalender
roster-links-lead = Mit einem Kalender-Link zeigt das Kalenderprogramm Ihres Geräts Ihre Dienste. Wer den Link kennt, sieht sie auch.
roster-link = Kalender-Link
roster-link-once = Der Link wird nur jetzt gezeigt. Kopieren Sie ihn in Ihr Kalenderprogramm.
roster-link-make = Neuen Link machen
roster-link-made = Gemacht: { $date }
roster-link-end = Link beenden
roster-export = Als Datei (.ics) speichern
roster-import = Kalenderdatei einlesen
roster-import-lead = Sie sehen erst, was in der Datei steht. Heißt ein Termin wie jemand im Team, ist die Person eingetragen.
roster-import-file = Datei (.ics)
roster-import-unreadable = Das ist keine Kalenderdatei, oder sie ist zu groß.
roster-import-take = Diese Dienste anlegen
roster-import-skipped = Nicht übernommen werden kann:
roster-import-skipped-one = Zeile { $line }: { $title }
roster-imported = Die Dienste sind angelegt.
