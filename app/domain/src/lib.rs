//! Rules: people, teams, states of conversations, retention, permissions; storage traits and clock.
