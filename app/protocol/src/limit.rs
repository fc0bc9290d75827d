//! Every limit on what comes from outside, in one place. Units and bounds stand in the names.

/// One HTTP body, except where a route names its own.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Body of the routes that carry a whole rotation or set-up (many epochs at once).
pub const BODY_LARGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// One WebSocket message.
pub const FRAME_BYTES_MAX: usize = 128 * 1024;
/// One sealed envelope (message, epoch statement).
pub const ENVELOPE_BYTES_MAX: usize = 96 * 1024;
/// One typing notice or other unstored frame.
pub const EPHEMERAL_BYTES_MAX: usize = 2 * 1024;
/// Text of one message, in bytes of UTF-8, before padding.
pub const MESSAGE_TEXT_BYTES_MAX: usize = 16 * 1024;
/// A draft, in bytes of UTF-8.
pub const DRAFT_BYTES_MAX: usize = MESSAGE_TEXT_BYTES_MAX;
/// What is looked for in talks, as typed, in bytes of UTF-8.
pub const SEARCH_BYTES_MAX: usize = 256;
/// A pseudonym or log-in name as typed, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 128;
/// A password as typed, in bytes of UTF-8.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// A display name, team name, site name or organisation name, in bytes of UTF-8.
pub const DISPLAY_NAME_BYTES_MAX: usize = 120;
/// One text of a site.
pub const SITE_TEXT_BYTES_MAX: usize = 2 * 1024;
/// Emergency numbers of a site.
pub const EMERGENCY_NUMBERS_MAX: usize = 12;
/// Sealed account state.
pub const STATE_BYTES_MAX: usize = 256 * 1024;
/// One wrap of an account secret.
pub const WRAP_BYTES_MAX: usize = 1024;
/// Wraps of one account.
pub const WRAPS_MAX: usize = 8;
/// One entry of the membership log.
pub const LOG_ENTRY_BYTES_MAX: usize = 32 * 1024;
/// Entries of the membership log in one answer.
pub const LOG_PAGE_ENTRIES_MAX: usize = 256;
/// Entries appended at once.
pub const LOG_APPEND_ENTRIES_MAX: usize = 16;
/// Envelopes in one answer.
pub const ENVELOPE_PAGE_MAX: usize = 256;
/// Bytes of envelopes in one answer, soft: the first that passes it is the last.
pub const ENVELOPE_PAGE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of team generations in one answer, soft: the first that passes it is the last.
pub const GENERATION_PAGE_BYTES_MAX: usize = 1024 * 1024;
/// Envelopes sent in one append.
pub const APPEND_ENVELOPES_MAX: usize = 64;
/// Readers of one conversation.
pub const READERS_MAX: usize = 64;
/// Members of one team: after a removal an epoch is sealed to each one's own key, beside the
/// seeker, and must still fit [`READERS_MAX`].
pub const TEAM_MEMBERS_MAX: usize = 60;
/// Guests of one group: their keys stand in each of its epochs.
pub const GROUP_GUESTS_MAX: usize = 12;
/// Opening times of one group.
pub const GROUP_WINDOWS_MAX: usize = 60;
/// Groups of one team.
pub const GROUPS_MAX: usize = 100;
/// Staff people that the membership log ever names.
pub const PEOPLE_MAX: usize = 2000;
/// Active administrators.
pub const ADMINISTRATORS_MAX: usize = 16;
/// Signatures under one entry of the membership log.
pub const ENTRY_SIGNATURES_MAX: usize = 20;
/// Teams of an organisation.
pub const TEAMS_MAX: usize = 200;
/// Sites of an organisation.
pub const SITES_MAX: usize = 200;
/// Invitations open at the same time.
pub const INVITATIONS_OPEN_MAX: usize = 200;
/// Texts of one site, all languages.
pub const SITE_TEXTS_MAX: usize = 64;
/// Older keys for single readers that one epoch carries.
pub const HISTORY_BOXES_MAX: usize = 12;
/// Envelopes of one conversation: deleting it names each of them in one commit, which has a limit too.
pub const CONVERSATION_ENVELOPES_MAX: u64 = 250_000;
/// Messages and receipts are taken up to here. What is left is for new keys (a password must be changed
/// and recovered), for other readers, and for the end.
pub const CONVERSATION_MESSAGES_MAX: u64 = CONVERSATION_ENVELOPES_MAX - 2000;
/// Length from which clients take a conversation for full and begin a new one: what several of them have on
/// their way still fits.
pub const CONVERSATION_FULL: u64 = CONVERSATION_MESSAGES_MAX - 500;
/// Seconds before and after its month that a team's room may be opened: clocks differ, and words come late.
pub const ROOM_LATE_S: u64 = 24 * 60 * 60;
/// Seconds before and after its month that a team's room is deleted at no age: no clock that is believed may lead to a
/// second one of the same month.
pub const ROOM_KEPT_S: u64 = ROOM_LATE_S + CLOCK_JUMP_DAYS_MAX * 24 * 60 * 60;
/// Heads named by one message.
pub const HEADS_MAX: usize = 16;
/// Open conversations of one seeker.
pub const SEEKER_CONVERSATIONS_MAX: usize = 32;
/// Conversations in one list.
pub const CONVERSATION_LIST_MAX: usize = 500;
/// Unanswered frames one WebSocket may have queued before it is dropped as too slow.
pub const LIVE_QUEUE_FRAMES_MAX: usize = 2048;
/// And their bytes.
pub const LIVE_QUEUE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Sessions of one account at the same time.
pub const SESSIONS_PER_ACCOUNT_MAX: usize = 16;
/// Seconds until a page that is gone loses its resume key.
pub const RESUME_GRACE_S: u64 = 60;
/// Seconds without any request until a seeker's session ends.
pub const SEEKER_IDLE_S: u64 = 30 * 60;
/// Seconds until a seeker's session ends in any case.
pub const SEEKER_SESSION_S: u64 = 12 * 60 * 60;
/// Seconds without any request until a staff session ends.
pub const STAFF_IDLE_S: u64 = 2 * 60 * 60;
/// Seconds until a staff session ends in any case.
pub const STAFF_SESSION_S: u64 = 14 * 60 * 60;
/// Tries of the claim code before set-up waits.
pub const CLAIM_TRIES_MAX: u32 = 10;
/// Seconds that claim codes are refused after too many wrong ones.
pub const CLAIM_PAUSE_S: u64 = 15 * 60;
/// Days that conversations and unused accounts are kept unless a site says otherwise.
pub const RETENTION_DAYS_DEFAULT: u16 = 30;
/// Longest retention a site may set.
pub const RETENTION_DAYS_MAX: u16 = 3650;
/// Days the clock may stand past the last durable commit before deletion waits for time sync.
pub const CLOCK_JUMP_DAYS_MAX: u64 = 3;
/// Leading zero bits of the proof of work that a sign-up costs.
pub const SIGN_UP_WORK_BITS: u8 = 16;
/// Running talks of one person that a team's queue rules may allow.
pub const QUEUE_TALKS_MAX: u8 = 20;
/// Seconds that a step of an escalation stands before the next one, at least.
pub const ESCALATION_S_MIN: u16 = 15;
/// Seconds that a step of an escalation stands before the next one, at most.
pub const ESCALATION_S_MAX: u16 = 3600;
/// Persons to whom a request goes one after the other, before it goes to the leads.
pub const ESCALATION_PERSONS_MAX: usize = 8;
/// Steps of escalations that a conversation keeps, the newest ones.
pub const ESCALATION_STEPS_MAX: usize = 24;
/// Seconds that an offer of a talk stands, at least.
pub const QUEUE_OFFER_S_MIN: u16 = 15;
/// Seconds that an offer of a talk stands, at most.
pub const QUEUE_OFFER_S_MAX: u16 = 600;
/// Shifts of one roster; a repeating one counts once.
pub const ROSTER_SHIFTS_MAX: usize = 1000;
/// Exceptions of all shifts of a roster together.
pub const ROSTER_EXCEPTIONS_MAX: usize = 3000;
/// Wishes of one person.
pub const ROSTER_WISHES_MAX: usize = 40;
/// Absences of one person.
pub const ROSTER_ABSENCES_MAX: usize = 20;
/// Swaps of one roster, those that ended lately included.
pub const ROSTER_SWAPS_MAX: usize = 200;
/// Templates of one roster.
pub const ROSTER_TEMPLATES_MAX: usize = 20;
/// Shifts of a template, and new shifts of one command.
pub const ROSTER_BATCH_MAX: usize = 200;
/// Times of minimum staffing of one roster.
pub const ROSTER_STAFFING_MAX: usize = 64;
/// Persons that may be wanted at the same time.
pub const ROSTER_PERSONS_MAX: u8 = 20;
/// Closings of one roster.
pub const ROSTER_CLOSINGS_MAX: usize = 100;
/// Working days until which a letter may be promised to be answered.
pub const ROSTER_PROMISE_DAYS_MAX: u8 = 20;
/// Days after its first that a series is looked at.
pub const ROSTER_SERIES_DAYS_MAX: i32 = 20 * 366;
/// Days of a roster in one answer: a month with the rest of its weeks, and some more.
pub const ROSTER_WINDOW_DAYS_MAX: i32 = 62;
/// Lines of a roster's log of changes in one answer.
pub const ROSTER_LOG_PAGE_MAX: usize = 50;
/// Lines kept in a roster's log of changes.
pub const ROSTER_LOG_MAX: u64 = 5000;
/// A calendar file that is imported.
pub const CALENDAR_BYTES_MAX: usize = 200 * 1024;
/// Events of a calendar file.
pub const CALENDAR_EVENTS_MAX: usize = 500;
/// Calendar links of one person in one team.
pub const CALENDAR_LINKS_MAX: usize = 5;
/// Text blocks of one library, and changes in one edition.
pub const BLOCKS_MAX: usize = 300;
/// Removed text blocks that are kept to be brought back; the oldest give way.
pub const BLOCKS_REMOVED_MAX: usize = 30;
/// Former texts kept of one text block.
pub const BLOCK_FORMER_MAX: usize = 5;
/// Text of one block, in bytes of UTF-8.
pub const BLOCK_TEXT_BYTES_MAX: usize = 4 * 1024;
/// Title or folder of a text block, in bytes of UTF-8.
pub const BLOCK_TITLE_BYTES_MAX: usize = 120;
/// What a person may note for themselves about a talk, in bytes of UTF-8: text of one block.
pub const NOTE_BYTES_MAX: usize = BLOCK_TEXT_BYTES_MAX;
/// The same as a signed edition, padded and sealed.
pub const NOTE_EDITION_BYTES_MAX: usize = 10 * 1024;
/// Topics that a team sorts its closed talks by at the same time.
pub const TOPICS_MAX: usize = 40;
/// Topics that a team ever has.
pub const TOPICS_EVER_MAX: usize = 200;
/// Name of a topic, in bytes of UTF-8.
pub const TOPIC_BYTES_MAX: usize = 80;
/// Why somebody is blocked, in bytes of UTF-8.
pub const BLOCK_REASON_BYTES_MAX: usize = 600;
/// Months in the figures that leads see; older ones are left out.
pub const STATISTICS_MONTHS_MAX: u32 = 36;
/// A tag of a talk, in bytes of UTF-8.
pub const TAG_BYTES_MAX: usize = 40;
/// Tags of one talk.
pub const TAGS_MAX: usize = 8;
/// A note that goes with a handover, in bytes of UTF-8.
pub const HANDOVER_NOTE_BYTES_MAX: usize = 4 * 1024;
/// Encoded blocks of one library; former texts and removed blocks give way to those in use.
pub const LIBRARY_BYTES_MAX: usize = 192 * 1024;
/// The same, padded and sealed.
pub const EDITION_BYTES_MAX: usize = 224 * 1024;
/// An e-mail address (RFC 5321: 254 bytes).
pub const ADDRESS_BYTES_MAX: usize = 254;
/// Name of a machine (RFC 1035: 253 bytes).
pub const HOST_BYTES_MAX: usize = 253;
/// Where a box can be reached, as it is written in mails.
pub const ORIGIN_BYTES_MAX: usize = 300;
/// User name or password for a mail server.
pub const MAIL_SECRET_BYTES_MAX: usize = 256;
/// Seconds ahead until which somebody may want to hear nothing.
pub const AWAY_S_MAX: u64 = 366 * 24 * 60 * 60;
/// Address at which a push service takes messages for a device.
pub const ENDPOINT_BYTES_MAX: usize = 1024;
/// Devices of one person that show notices; the oldest give way.
pub const PUSH_DEVICES_MAX: usize = 6;
