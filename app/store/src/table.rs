//! The tables: what kinds of records there are, and the numbers that stand for them on disk.

/// A table. Its number is part of every key on disk and never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Table {
    /// Accounts by id.
    Account = 1,
    /// Account ids by realm and keyed look-up value.
    AccountByName = 2,
    /// Empty records by person and account.
    AccountByPerson = 3,
    /// Sealed account states by account.
    AccountState = 4,
    /// Conversations by id.
    Conversation = 5,
    /// Envelopes by conversation and position.
    Envelope = 6,
    /// Positions of envelopes by conversation and message id.
    EnvelopeById = 7,
    /// Entries of the membership log by position.
    Log = 8,
    /// The membership log's head; one record.
    LogHead = 9,
    /// Team generations by team and number.
    Generation = 10,
    /// Sessions by token hash.
    Session = 11,
    /// Empty records by account and token hash.
    SessionByAccount = 12,
    /// Acceptances by invitation.
    Acceptance = 13,
    /// Newest sightings by person.
    Sighting = 14,
    /// Small facts by their number.
    Setting = 15,
    /// Rosters by team.
    Roster = 16,
    /// Lines of the rosters' logs of changes by team and version.
    RosterLog = 17,
    /// Calendar links by the hash of their secret.
    CalendarLink = 18,
    /// Queue rules by team.
    QueueRules = 19,
    /// Newest editions of text blocks by library.
    Blocks = 20,
    /// What staff have chosen to be called by, by person.
    Notice = 21,
    /// What is to be told by e-mail, by person.
    PendingMail = 22,
    /// The mail server; one record.
    MailAccess = 23,
    /// Devices that show notices by the hash of their endpoint.
    PushDevice = 24,
    /// Topics by team.
    Topics = 25,
    /// Counts of ended talks by team, month, topic and reason.
    ClosingCount = 26,
    /// Counts of requests by month, team and site.
    Tally = 27,
    /// What log-ins ask for besides the passphrase, by account.
    SecondFactor = 28,
}

impl Table {
    /// The table's name, for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::AccountByName => "account by name",
            Self::AccountByPerson => "account by person",
            Self::AccountState => "account state",
            Self::Conversation => "conversation",
            Self::Envelope => "envelope",
            Self::EnvelopeById => "envelope by id",
            Self::Log => "log",
            Self::LogHead => "log head",
            Self::Generation => "generation",
            Self::Session => "session",
            Self::SessionByAccount => "session by account",
            Self::Acceptance => "acceptance",
            Self::Sighting => "sighting",
            Self::Setting => "setting",
            Self::Roster => "roster",
            Self::RosterLog => "roster log",
            Self::CalendarLink => "calendar link",
            Self::QueueRules => "queue rules",
            Self::Blocks => "text blocks",
            Self::Notice => "notice choices",
            Self::PendingMail => "pending mail",
            Self::MailAccess => "mail server",
            Self::PushDevice => "push device",
            Self::Topics => "topics",
            Self::ClosingCount => "count of ended talks",
            Self::Tally => "counts of requests",
            Self::SecondFactor => "second factor",
        }
    }

    /// The key of a record on disk: the table's number, then the record's own key.
    #[must_use]
    pub(crate) fn place(self, key: &[u8]) -> Vec<u8> {
        let mut place = Vec::with_capacity(1 + key.len());
        place.push(self as u8);
        place.extend_from_slice(key);
        place
    }
}
