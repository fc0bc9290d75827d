//! The storage traits on sled and in memory: journal, key file, migrations.
