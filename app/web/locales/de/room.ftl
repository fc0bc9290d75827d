# Teamraum: was die Mitglieder eines Teams einander schreiben, ohne dass es um ein Gespräch geht.

staff-nav-room = Teamraum
room-unread = { $count ->
    [one] 1 neue Nachricht im Teamraum
   *[other] { $count } neue Nachrichten im Teamraum
}
room-title = Teamraum { $team }
room-teams = Team
room-month = Monat
room-month-unread = { $month } ({ $count } neu)
room-elsewhere = { $count ->
    [one] { $month }: 1 neue Nachricht
   *[other] { $month }: { $count } neue Nachrichten
}
room-hidden = Ratsuchende sehen davon nichts.
room-readers = Mitlesen können: { $names }.
room-readers-count = Mitlesen können { $count } Personen.
room-kept = { $days ->
    [one] Gelöscht wird, wenn der Monat vorbei ist und einen Tag lang niemand mehr geschrieben hat.
   *[other] Gelöscht wird, wenn der Monat vorbei ist und { $days } Tage lang niemand mehr geschrieben hat.
}
room-kept-until = Gelöscht wird, was hier steht, nach dem { $date }.
room-empty = Hier ist Platz für alles, was das Team absprechen will: Dienste tauschen, Termine, Fragen untereinander. Jeder Monat beginnt leer. Was eine ratsuchende Person betrifft, gehört neben ihr Gespräch: dort steht es, wo es gebraucht wird, und wird mit ihm gelöscht.
room-before = Hier wurde geschrieben, bevor Sie dazukamen. Lesen können Sie, was ab jetzt geschrieben wird.
room-paused = Solange das nicht bestätigt ist, kann im Teamraum niemand schreiben.
room-label = Austausch im Teamraum
room-answer-label = An das Team { $team } schreiben
room-placeholder = An das Team schreiben
room-over = Dieser Monat ist vorbei.
room-now = Zum { $month }
alarm-notice-room = Im Teamraum steht etwas Neues.
