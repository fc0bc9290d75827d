# Seiten für Ratsuchende: Anmeldung und Gespräch.

seeker-document-title = Notizen
seeker-step = Schritt { $step } von 2

signup-title = Denken Sie sich einen Namen aus
signup-lead = Nicht Ihren echten. Damit und mit dem Passwort kommen Sie von jedem Gerät zurück in Ihr Gespräch.
signup-name = Ihr Name hier
signup-suggestions = Vorschläge
signup-other-names = andere
signup-doubt-email = Das sieht nach einer E-Mail-Adresse aus. Nehmen Sie lieber einen Namen, der nichts über Sie verrät.
signup-doubt-name = Das sieht nach einem echten Namen aus. Nehmen Sie lieber einen ausgedachten.
signup-doubt-phone = Das sieht nach einer Telefonnummer aus. Nehmen Sie lieber einen ausgedachten Namen.
signup-password-hint = Diese vier Wörter hat Ihr Gerät gewürfelt. Merken Sie sie sich, schreiben Sie sie auf – oder nehmen Sie ein eigenes Passwort.
signup-submit = Weiter
signup-have-account = Ich war schon einmal da
signup-name-taken = Diesen Namen gibt es hier schon. Bitte nehmen Sie einen anderen, zum Beispiel mit einer anderen Zahl.
signup-names = Wolkenmeer Mondkatze Nachtfalke Kieselstein Ahornblatt Leuchtturm Sternstaub Regenbogen Birkenwald Sommerwind Schneehase Flussotter Eisvogel Waldkauz Seestern Muschel Bernstein Wiesenklee Haselnuss Holunder Lavendel Feldlerche Zaunkönig Grashüpfer Libelle Abendrot Morgentau Polarlicht Komet Seerose Windrad Papierboot Drachenflieger Baumhaus Hängematte Laterne Kastanie Brombeere Pusteblume Sonnenblume Löwenzahn Tannenzapfen Rotkehlchen Murmeltier Siebenschläfer Feuersalamander Seepferdchen Schildkröte Pinguin Delfin

recovery-title = Falls Sie das Passwort vergessen
recovery-lead = Mit diesem Code kommen Sie trotzdem wieder an Ihr Gespräch. Wir kennen ihn nicht und zeigen ihn nur jetzt. Schreiben Sie ihn auf und legen Sie ihn dahin, wo nur Sie ihn finden – oder lassen Sie es.
recovery-skip = Ohne weiter
recovery-new-lead = Ihr neues Passwort gilt. Der alte Code gilt nicht mehr; hier ist der neue.
recovery-print-title = Code
recovery-label = Wiederherstellungs-Code

login-title = Schön, dass Sie wieder da sind
login-lead = Mit Ihrem Namen hier und Ihrem Passwort geht es weiter.
login-submit = Anmelden
login-forgot = Passwort vergessen
login-new = Zum ersten Mal hier

recover-title = Neues Passwort setzen
recover-lead = Dazu brauchen Sie Ihren Namen hier und den Code von damals.
recover-code = Ihr Code
recover-code-hint = Groß oder klein, mit oder ohne Striche: das ist egal.
recover-new-password = Neues Passwort
recover-submit = Passwort setzen

chat-somebody-there = jemand ist da
chat-nobody-there = gerade niemand da
chat-typing = schreibt gerade
chat-readers = Verschlüsselt auf Ihrem Gerät. Lesen können: { $readers }.
chat-readers-first = Was Sie schreiben, wird auf Ihrem Gerät verschlüsselt. Lesen können es nur Sie und { $team }.
chat-readers-what = Was heißt das?
chat-letter = Gerade ist niemand da. Ihre Nachricht wartet hier verschlüsselt, bis jemand antwortet.
chat-letter-instead = Gerade wurde niemand frei, das tut uns leid. Ihre Nachricht wartet hier wie ein Brief, bis jemand antwortet. Sie können weiterschreiben.
chat-letter-return = Kommen Sie dazu einfach wieder: mit Ihrem Namen und Passwort.
chat-promise = Sie bekommen bis { $day }, { $time }, eine Antwort.
chat-late = Die Antwort braucht länger als versprochen. Das tut uns leid. Ihre Nachricht ist angekommen und geht nicht verloren.
chat-letter-before = Gerade ist niemand da. Schreiben Sie trotzdem: Ihre Nachricht wartet hier, bis jemand antwortet.
chat-welcome-title = Schreiben Sie einfach los
chat-welcome = Ein Satz genügt. Sie müssen nicht wissen, wie man anfängt.
chat-closed = Dieses Gespräch ist abgeschlossen. Wenn Sie noch etwas schreiben, geht es wieder auf.
chat-full = Dieses Gespräch ist voll, mehr passt nicht hinein. Es bleibt hier lesbar. Was Sie jetzt schreiben, beginnt ein neues Gespräch.
chat-blocked = Das Team hat dieses Gespräch beendet. Unter diesem Pseudonym können Sie hier nicht mehr schreiben.
chat-list = Ihre Gespräche
chat-started = begonnen { $day }
chat-emergency = Notruf
chat-emergency-open = Notrufnummern zeigen
chat-emergency-close = Schließen
chat-logged-in-as = Sie heißen hier { $name }
chat-menu = Menü
