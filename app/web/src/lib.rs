//! Leptos pages, components and translations; talks to the vault worker by messages and never links it.
