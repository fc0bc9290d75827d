//! The lies.

/// One lie. What it does stands beside it; when it must be noticed, in the table of `lies.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// None: everything is decoded and encoded again, nothing is changed.
    Truth,
    /// Says that no organisation was set up.
    NotSetUp,
    /// Another organisation's complete, consistent root, log and site.
    ForeignOrganisation,
    /// Another organisation's log alone.
    ForeignLog,
    /// A reader's key in the log is another.
    ReaderKey,
    /// The log without its newest entries, as if there had never been any: below what the account saw.
    LogRolledBack,
    /// The log without the removal that came after the account's last visit.
    RemovalWithheld,
    /// The same, behind a true head.
    EntriesWithheld,
    /// The log of a twin of the box, where an administrator signed something else.
    LogForked,
    /// The site's answer names an older head.
    SiteHead,
    /// The live channel greets with an older head.
    WelcomeHead,
    /// The live channel names a head of no log.
    HeadInvented,
    /// Another suite's number.
    SuiteOfOrganisation,
    /// The organisation's id alone is another.
    OrganisationId,
    /// There are no sites, and no head.
    OrganisationEmpty,
    /// The site's answer names another organisation.
    SiteOrganisation,
    /// The site's answer: nobody or somebody there, a clock that stands at its beginning.
    SiteFacts,
    /// The site's answer: a clock at its end.
    SiteClock,
    /// The live channel greets with a clock at its beginning.
    WelcomeClockBehind,
    /// The live channel greets with a clock at its end.
    WelcomeClockAhead,
    /// Envelopes are said to be stored at other times.
    StoredTimes,
    /// The log-in names the device session of an earlier visit.
    DeviceSessionReplayed,
    /// The log-in names another version of the state.
    StateVersion,
    /// An older answer of the log-in.
    LoginReplayed,
    /// Another account's answer of the log-in.
    LoginOfAnother,
    /// Another suite in the wrap.
    WrapSuite,
    /// Another account's wrap.
    WrapOfAnother,
    /// A changed wrap.
    WrapChanged,
    /// A lower generation.
    Generation,
    /// Another account's sealed state.
    StateOfAnother,
    /// A changed state.
    StateChanged,
    /// Another account's id.
    AccountOfAnother,
    /// The seeker is called staff.
    SeekerAsStaff,
    /// The seeker is of another site.
    OtherSite,
    /// Staff is called a seeker.
    StaffAsSeeker,
    /// Staff is called a colleague.
    Colleague,
    /// Staff is called somebody unknown, whose countersignature is awaited.
    Unknown,
    /// The conversation is not in the list.
    ConversationHidden,
    /// Another conversation of the same team, first in the list, is not given.
    ConversationRefused,
    /// The conversation is empty.
    ConversationEmpty,
    /// The conversation is older than it was known.
    ConversationRolledBack,
    /// It says that there are envelopes and gives none.
    EnvelopesWithheld,
    /// One is left out in the middle.
    EnvelopeLeftOut,
    /// One is there twice, once under another id.
    EnvelopeTwice,
    /// Two are swapped.
    EnvelopesSwapped,
    /// Places are numbered otherwise.
    EnvelopePlaces,
    /// A byte of a ciphertext is another.
    EnvelopeChanged,
    /// The epoch's readers are others.
    EpochReaders,
    /// The epoch's boxes are others: a key that the server has drawn.
    EpochBoxes,
    /// Another conversation's envelopes under this one's name.
    EnvelopesMoved,
    /// A page names another conversation.
    PageOfAnother,
    /// Somebody else's conversation is in the list too.
    ConversationOfAnother,
    /// Closed, of other times, other epoch, other site: every unsigned word about a conversation.
    SummaryFacts,
    /// A new message does not come, and the later ones move up.
    MessageWithheld,
    /// A new message comes twice.
    MessageTwice,
    /// Two new messages come in the other order.
    MessagesSwapped,
    /// A new message is changed.
    MessageChanged,
    /// A new message is another conversation's.
    MessageMoved,
    /// A new message is at a place beyond all.
    MessagePlace,
    /// The other side's receipts do not come.
    ReceiptsWithheld,
    /// The own receipts are said to be stored, and are not shown; what follows moves up.
    OwnReceiptsWithheld,
    /// The own receipts are said to be stored where something else is.
    OwnReceiptsMisplaced,
    /// The own receipts are said to be stored, and something else is shown at their places.
    OwnReceiptsReplaced,
    /// What is sent is said to be stored, but not where.
    PlacesLeftOut,
    /// After a reconnect the conversation is shorter than it was shown.
    ShorterThanShown,
    /// In place of a new message comes an older receipt under a new id: "delivered".
    ReceiptReplayed,
    /// The epoch comes once more, under its number.
    EpochNumberReused,
    /// The conversation is said to be gone.
    Gone,
    /// A team generation with other boxes.
    TeamGeneration,
    /// Sightings are old ones only.
    SightingsReplayed,
    /// A sighting of a head that this log never had.
    SightingOfFork,
    /// A puzzle that no device solves.
    Work,
    /// A message is said to be stored, and never was.
    StoredNothing,
    /// Sign-up: the registration's answer is another account's.
    RegistrationOfAnother,
    /// Sign-up: the account's id is another's.
    RegistrationAccount,
    /// Sign-up: said to be done, and never was.
    RegistrationNothing,
    /// Recovery: another account's wrap.
    RecoveryWrapOfAnother,
    /// Recovery: a changed wrap.
    RecoveryWrapChanged,
    /// Recovery: another suite in the wrap.
    RecoveryWrapSuite,
    /// Recovery: a lower generation.
    RecoveryGeneration,
    /// Recovery: another account's state.
    RecoveryStateOfAnother,
    /// Recovery: another account's id.
    RecoveryAccount,
    /// Recovery: the seeker is called staff.
    RecoveryKind,
    /// Recovery: the conversation is left out.
    RecoveryConversationLeftOut,
    /// Recovery: another's envelopes under the conversation's name.
    RecoveryConversationOfAnother,
    /// Recovery: the conversation ends before what the account knew.
    RecoveryConversationRolledBack,
    /// Recovery: an envelope in the middle is changed.
    RecoveryEnvelopeChanged,
    /// Recovery: a true answer, but of before.
    RecoveryReplayed,
    /// Recovery: said to be done, and never was.
    RecoveryNothing,
    /// Recovery: done, and said to have failed.
    RecoveryDenied,
}
