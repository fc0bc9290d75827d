# What stands on the console and in the journal when the box can't start. What the system says of it follows.

start-port-taken = Port { $port } is taken: another program, perhaps a second Beistand, uses { $address }. Stop it or configure another port.
start-port-forbidden = This user may not use port { $port }. Take one above 1023, or start Beistand by systemd with CAP_NET_BIND_SERVICE.
start-address-absent = This machine doesn’t have the address { $address }. Configure one that it has, or 0.0.0.0 or [::] for all.
start-listen-failed = Beistand can’t listen on { $address }. Configure another address; on a machine without IPv6 0.0.0.0 instead of [::].
start-folder = { $path } can’t be made. Give another folder with --data, or make it and give it to the user that Beistand runs as.
start-locked = { $path } is in use by another process. Stop the other Beistand (systemctl status beistand) and start again.
start-read-only = { $path } can’t be written. Check whether the file system is mounted read-only and whether the folder belongs to the user that Beistand runs as.
start-disk-full = The disk that holds { $path } is full. Delete something else on it or enlarge it. What is stored is safe; new messages are not taken until then.
start-newer-version = The data has version { $found }, this Beistand knows only versions up to { $known }. Install the newer Beistand again. Nothing in the data was changed.
start-wrong-key = The storage key does not belong to the data in { $path }. Put the right key file in its place. Without it the data can’t be read.
start-storage-key-missing = There is data, but no storage key in { $path }. Put it back from where you keep it. A new one can’t read the data.
start-storage-key-unusable = The storage key in { $path } can’t be used: it has the wrong form, or others can read it.
start-keys-missing = The key file { $path } lacks keys. Put the newest backup of it back. Without it conversations stay sealed.
start-damaged = { $path } is damaged. Restore the newest backup, or copy the disk before you do anything else.
start-file = { $path } can’t be read or written. Check whether there is free space and whether the folder belongs to the user that Beistand runs as.
start-disk-failed = The disk failed, nothing can be stored any more. What was acknowledged is safe. Start again; if it comes back, look at the disk and the system’s log (journalctl -k).
start-records = A record can’t be read. Install the Beistand that wrote it, or restore a backup.
