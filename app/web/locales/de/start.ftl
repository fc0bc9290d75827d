# Was auf der Konsole und im Journal steht, wenn die Box nicht starten kann. Danach folgt, was das System dazu sagt.

start-port-taken = Der Port { $port } ist belegt: Ein anderes Programm, vielleicht ein zweites Beistand, nutzt { $address }. Beenden Sie es oder stellen Sie einen anderen Port ein.
start-port-forbidden = Den Port { $port } darf dieser Benutzer nicht nutzen. Nehmen Sie einen über 1023, oder starten Sie Beistand über systemd mit CAP_NET_BIND_SERVICE.
start-address-absent = Diese Maschine hat die Adresse { $address } nicht. Stellen Sie eine ein, die sie hat, oder 0.0.0.0 oder [::] für alle.
start-listen-failed = Auf { $address } kann Beistand nicht warten. Stellen Sie eine andere Adresse ein; auf einem Rechner ohne IPv6 0.0.0.0 statt [::].
start-folder = { $path } lässt sich nicht anlegen. Geben Sie mit --data einen anderen Ordner an, oder legen Sie ihn an und geben Sie ihn dem Benutzer, unter dem Beistand läuft.
start-locked = { $path } wird von einem anderen Prozess benutzt. Beenden Sie das andere Beistand (systemctl status beistand) und starten Sie neu.
start-read-only = { $path } lässt sich nicht schreiben. Prüfen Sie, ob das Dateisystem nur lesbar eingehängt ist und ob der Ordner dem Benutzer gehört, unter dem Beistand läuft.
start-disk-full = Die Festplatte, auf der { $path } liegt, ist voll. Löschen Sie anderes oder vergrößern Sie sie. Was gespeichert ist, ist sicher; neue Nachrichten werden bis dahin nicht angenommen.
start-newer-version = Die Daten haben die Version { $found }, dieses Beistand kennt nur Versionen bis { $known }. Installieren Sie wieder das neuere Beistand. An den Daten wurde nichts geändert.
start-wrong-key = Der Speicherschlüssel gehört nicht zu den Daten in { $path }. Legen Sie die richtige Schlüsseldatei an ihren Platz. Ohne sie lassen sich die Daten nicht lesen.
start-storage-key-missing = Es gibt Daten, aber keinen Speicherschlüssel in { $path }. Legen Sie ihn von dort zurück, wo Sie ihn aufbewahren. Ein neuer kann die Daten nicht lesen.
start-storage-key-unusable = Der Speicherschlüssel in { $path } ist nicht brauchbar: Er hat die falsche Form, oder andere können ihn lesen.
start-keys-missing = In der Schlüsseldatei { $path } fehlen Schlüssel. Legen Sie die neueste Sicherung davon zurück. Ohne sie bleiben Gespräche verschlossen.
start-damaged = { $path } ist beschädigt. Spielen Sie die neueste Sicherung ein, oder kopieren Sie die Festplatte, bevor Sie etwas anderes tun.
start-file = { $path } lässt sich nicht lesen oder schreiben. Prüfen Sie, ob noch Platz frei ist und ob der Ordner dem Benutzer gehört, unter dem Beistand läuft.
start-disk-failed = Die Festplatte hat versagt, es lässt sich nichts mehr speichern. Was bestätigt wurde, ist sicher. Starten Sie neu; kommt das wieder, prüfen Sie die Festplatte und das Protokoll des Systems (journalctl -k).
start-records = Ein Datensatz lässt sich nicht lesen. Installieren Sie das Beistand, das ihn geschrieben hat, oder spielen Sie eine Sicherung ein.
