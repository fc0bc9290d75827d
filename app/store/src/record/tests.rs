//! Frozen bytes of every version, and the mechanism of migrations on a dummy.

use super::*;
use beistand_domain::notice::Pending;
use beistand_domain::statistics::{Tally, TallyKey};
use beistand_protocol::blocks::Library;
use beistand_protocol::closing::{ClosingReason, Topic, Topics};
use beistand_protocol::membership::Language;
use beistand_protocol::notice::{Choices, MailSecurity, MailServer, NoticeSettings, Ways};
use beistand_protocol::queue::{Escalation, QueueMode, QueueRules};
use beistand_protocol::second_factor::SharedSecret;
use beistand_protocol::suite::Suite;
use beistand_protocol::wrap::{Locked, WrapId, WrapPurpose};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Dummy {
    number: u32,
    name: String,
}

impl Record for Dummy {
    const TABLE: Table = Table::Setting;
    const VERSION: u8 = 2;
}

/// Version 0 had a number of one byte; version 1 a wider one; version 2 has a name.
const STEPS: &[migration::Step] = &[
    migration::Step {
        table: Table::Setting,
        from: 0,
        run: |body| Some(codec::encode(&u32::from(codec::decode::<u8>(body).ok()?))),
    },
    migration::Step {
        table: Table::Setting,
        from: 1,
        run: |body| Some(codec::encode(&(codec::decode::<u32>(body).ok()?, "unnamed"))),
    },
];

#[test]
fn old_records_are_migrated_step_by_step_and_newer_ones_refused() {
    let read = |bytes: &[u8]| read_with::<Dummy>(STEPS, bytes);
    let unnamed = |number| Dummy { number, name: "unnamed".into() };
    assert_eq!(read(&[0, 7]).unwrap(), unnamed(7));
    assert_eq!(read(&[1, 0x80, 0x02]).unwrap(), unnamed(256));
    let now = Dummy { number: 9, name: "x".into() };
    assert_eq!(write(&now), [2, 9, 1, b'x']);
    assert_eq!(read(&write(&now)).unwrap(), now);
    assert!(matches!(read(&[3, 9]), Err(Error::NewerVersion { found: 3, known: 2 })));
    for bad in [&[][..], &[0], &[0, 1, 2], &[1, 0xff], &[2, 9], &[2, 9, 1, b'x', 0]] {
        assert!(matches!(read(bad), Err(Error::Record { .. })), "{bad:?}");
    }
    assert!(
        matches!(read_with::<Dummy>(&STEPS[1..], &[0, 7]), Err(Error::Record { .. })),
        "a step is missing"
    );
}

/// The bytes on disk are these, for ever (or the version rises).
fn frozen<R: Record>(record: R, expect: &str) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let bytes = write(&record);
    assert_eq!(hex(&bytes), expect.replace([' ', '\n'], ""), "table {}", R::TABLE.name());
    assert_eq!(hex(&write(&read::<R>(&bytes).unwrap())), hex(&bytes));
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let hex = hex.replace(' ', "");
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn rep(byte: &str, count: usize) -> String {
    byte.repeat(count)
}

#[test]
fn versions_are_frozen() {
    let account = domain::Account {
        id: AccountId([1; 16]),
        realm: RealmId([2; 16]),
        look_up: [3; 32],
        suite: 1,
        generation: 300,
        kind: SessionKind::Seeker(SiteId([4; 16])),
        record: vec![5, 6],
        signing_key: [7; 32],
        recovery_key: Some([8; 32]),
        wraps: vec![],
        created_s: 10,
        last_contact_s: 11,
    };
    let text = format!(
        "01 {} {} {} 01 ac02 00 {} 02 0506 {} 01 {} 00 0a 0b",
        rep("01", 16),
        rep("02", 16),
        rep("03", 32),
        rep("04", 16),
        rep("07", 32),
        rep("08", 32)
    );
    frozen(AccountRecord::from(&account), &text);
    frozen(
        AccountByNameRecord { realm: RealmId([2; 16]), account: AccountId([1; 16]) },
        &format!("01 {} {}", rep("02", 16), rep("01", 16)),
    );
    frozen(AccountByPersonRecord { account: AccountId([1; 16]) }, &format!("01 {}", rep("01", 16)));
    frozen(
        AccountStateRecord { realm: RealmId([2; 16]), version: 3, sealed: vec![9] },
        &format!("01 {} 03 01 09", rep("02", 16)),
    );
    let conversation = domain::Conversation {
        id: ConversationId([1; 16]),
        site: SiteId([2; 16]),
        team: TeamId([3; 16]),
        whose: domain::Whose::Seeker(AccountId([4; 16])),
        state: ConversationState::Claimed(PersonId([5; 16])),
        readers: domain::Readers {
            persons: vec![PersonId([6; 16])],
            teams: vec![TeamId([7; 16])],
            guests: vec![],
        },
        opened_s: 1,
        last_s: 2,
        length: 3,
        epoch: 4,
        answer_by_s: Some(300),
        steps: [Reach::Duty, Reach::Person(PersonId([8; 16])), Reach::Leads, Reach::Letter]
            .into_iter()
            .zip(300..)
            .map(|(reach, at_s)| Step { at_s, reach })
            .collect(),
        asked: Some(domain::Asked { since_s: 300, taken: true }),
    };
    let ids = ["01", "02", "03", "04", "05", "06", "07"].map(|byte| rep(byte, 16));
    let [id, site, team, seeker, holder, reader, reader_team] = ids;
    let rest = format!("01 {holder} 01 {reader} 01 {reader_team} 01 02 03 04");
    let steps = format!("04 ac02 00 ad02 01 {} ae02 02 af02 03", rep("08", 16));
    let rest_of = |rest: &str| format!("{rest} 01 ac02 {steps} 01 ac02 01");
    let talk = format!("{id}{site}{team} 00 {seeker} {}", rest_of(&rest));
    frozen(ConversationRecord::from(&conversation), &format!("07 {talk}"));
    let thread = domain::Conversation {
        whose: domain::Whose::Thread(ConversationId([4; 16])),
        ..conversation.clone()
    };
    let of_thread = format!("{id}{site}{team} 01 {seeker} {}", rest_of(&rest));
    frozen(ConversationRecord::from(&thread), &format!("07 {of_thread}"));
    let month = Month::try_from(2026 * 12 + 10).unwrap();
    let room = domain::Conversation { whose: domain::Whose::Room(month), ..conversation.clone() };
    let of_room = format!("{id}{site}{team} 02 82be01 {}", rest_of(&rest));
    frozen(ConversationRecord::from(&room), &format!("07 {of_room}"));
    let readers = domain::Readers { guests: vec![(GuestId([8; 16]), true)], ..conversation.readers.clone() };
    let whose = domain::Whose::Group(domain::Group {
        accounts: vec![(GuestId([8; 16]), AccountId([4; 16]))],
        windows: vec![Window { from_s: 5, until_s: 300 }],
    });
    let group = domain::Conversation { whose, readers, ..conversation.clone() };
    let guest = rep("08", 16);
    frozen(
        ConversationRecord::from(&group),
        &format!("07 {id}{site}{team} 03 01 {guest} 01 01 {guest}{seeker} 01 05 ac02 {}", rest_of(&rest)),
    );
    // Of no month that there is.
    let none = bytes_of(&format!("07 {id}{site}{team} 02 00 {}", rest_of(&rest)));
    assert!(read::<ConversationRecord>(&none).is_err());
    // Before there were groups, before there were rooms, before waiting was counted, before they could be escalated, before there were threads,
    // and before promises were kept.
    let old = |hex: String| domain::Conversation::from(read::<ConversationRecord>(&bytes_of(&hex)).unwrap());
    assert_eq!(old(format!("06 {of_room}")), room);
    assert_eq!(old(format!("05 {talk}")), conversation);
    assert_eq!(old(format!("05 {of_thread}")), thread);
    let uncounted = domain::Conversation { asked: None, ..conversation.clone() };
    assert_eq!(old(format!("04 {id}{site}{team} 00 {seeker} {rest} 01 ac02 {steps}")), uncounted);
    let expect = |what: domain::Conversation| domain::Conversation { steps: Vec::new(), asked: None, ..what };
    assert_eq!(old(format!("03 {id}{site}{team} 01 {seeker} {rest} 01 ac02")), expect(thread));
    assert_eq!(old(format!("02 {id}{site}{team}{seeker} {rest} 01 ac02")), expect(conversation.clone()));
    let expect = expect(domain::Conversation { answer_by_s: None, ..conversation });
    assert_eq!(old(format!("01 {id}{site}{team}{seeker} {rest}")), expect);
    for (number, kind) in [
        EnvelopeKind::Epoch,
        EnvelopeKind::Message,
        EnvelopeKind::Receipt,
        EnvelopeKind::Claim,
        EnvelopeKind::Release,
        EnvelopeKind::Handover,
        EnvelopeKind::Close,
        EnvelopeKind::Reopen,
        EnvelopeKind::Block,
    ]
    .into_iter()
    .enumerate()
    {
        let assignee = Some(PersonId([9; 16]));
        let envelope = Envelope { id: MessageId([1; 16]), kind, epoch: 2, assignee, sealed: Sealed(vec![7]) };
        let (site, person) = (rep("02", 16), rep("09", 16));
        frozen(
            EnvelopeRecord::new(SiteId([2; 16]), 5, &envelope).unwrap(),
            &format!("01 {site} 05 {} {number:02x} 02 01 {person} 01 07", rep("01", 16)),
        );
        let stored = EnvelopeRecord::new(SiteId([2; 16]), 5, &envelope).unwrap().stored(8);
        assert_eq!(stored, StoredEnvelope { position: 8, stored_s: 5, envelope });
    }
    frozen(
        EnvelopeByIdRecord { site: SiteId([2; 16]), position: 3, stored_s: 4 },
        &format!("01 {} 03 04", rep("02", 16)),
    );
    frozen(LogRecord { entry: vec![1, 2] }, "01 02 0102");
    frozen(
        LogHeadRecord::from(LogHead { length: 4, digest: Digest([5; 32]) }),
        &format!("01 04 {}", rep("05", 32)),
    );
    let generation = TeamGenerationUpload { team: TeamId([1; 16]), number: 2, statement: Sealed(vec![3]) };
    frozen(GenerationRecord::from(&generation), &format!("01 {} 02 01 03", rep("01", 16)));
    let session = domain::Session {
        token_hash: [1; 32],
        account: AccountId([2; 16]),
        kind: SessionKind::Staff(PersonId([3; 16])),
        device_session: DeviceSessionId([4; 16]),
        created_s: 5,
        used_s: 6,
    };
    frozen(
        SessionRecord::from(&session),
        &format!("01 {} {} 01 {} {} 05 06", rep("01", 32), rep("02", 16), rep("03", 16), rep("04", 16)),
    );
    frozen(SessionByAccountRecord { created_s: 7 }, "01 07");
    let acceptance = domain::Acceptance {
        invitation: InvitationId([1; 16]),
        account: AccountId([2; 16]),
        signed: vec![3],
        accepted_s: 4,
        countersigned: true,
    };
    frozen(
        AcceptanceRecord::from(&acceptance),
        &format!("01 {} {} 01 03 04 01", rep("01", 16), rep("02", 16)),
    );
    frozen(
        SightingRecord { person: PersonId([1; 16]), sighting: vec![2] },
        &format!("01 {} 01 02", rep("01", 16)),
    );
    frozen(SettingRecord { value: vec![1] }, "01 01 01");
    frozen(
        CalendarLinkRecord::from(&domain::CalendarLink {
            secret_hash: [1; 32],
            person: PersonId([2; 16]),
            team: TeamId([3; 16]),
            made_s: 4,
        }),
        &format!("01 {} {} {} 04", rep("01", 32), rep("02", 16), rep("03", 16)),
    );
    for (mode, talks_max, times, hex, more) in [
        (QueueMode::Pull, None, None, "00 00 d804", "00"),
        (QueueMode::Push, Some(3), Some((120, 300)), "01 01 03 d804", "01 78 ac02"),
    ] {
        let escalation = times.map(|(leads_s, letter_s)| Escalation { leads_s, letter_s });
        let rules = QueueRules { mode, talks_max, offer_s: 600, escalation };
        let team = rep("01", 16);
        frozen(QueueRulesRecord::new(TeamId([1; 16]), rules), &format!("02 {team} {hex} {more}"));
        // Before there was an escalation.
        let old = read::<QueueRulesRecord>(&bytes_of(&format!("01 {team} {hex}"))).unwrap();
        let expect = QueueRules { escalation: None, ..rules };
        assert_eq!(<(TeamId, QueueRules)>::from(old), (TeamId([1; 16]), expect));
    }
    for (library, kind) in [(Library::Team(TeamId([1; 16])), 0), (Library::Own(PersonId([1; 16])), 1)] {
        let blocks = domain::Blocks { library, version: 300, edition: Sealed(vec![7; 3]) };
        let hex = format!("01 0{kind} {} ac02 03 070707", rep("01", 16));
        frozen(BlocksRecord::from(&blocks), &hex);
        let key = blocks_key(library);
        assert_eq!((key[0], &key[1..]), (kind + 1, &[1; 16][..]));
    }
    let library = Library::Note(ConversationId([1; 16]), PersonId([2; 16]));
    let note = domain::Blocks { library, version: 300, edition: Sealed(vec![7; 3]) };
    let hex = format!("01 02 {} {} ac02 03 070707", rep("01", 16), rep("02", 16));
    frozen(BlocksRecord::from(&note), &hex);
    assert_eq!(blocks_key(library), [&[3][..], &[1; 16], &[2; 16]].concat());
    let mut settings = NoticeSettings {
        choices: Choices::default(),
        away_until_s: Some(300),
        address: Some("a@b".to_owned()),
        language: Language::English,
    };
    settings.choices.swap = Ways { sound: false, desktop: false, push: true, mail: true };
    frozen(
        NoticeRecord::new(PersonId([1; 16]), &settings),
        &format!("01 {} 03030c0202 01 ac02 01 03 614062 01", rep("01", 16)),
    );
    for (number, language) in [
        Language::German,
        Language::English,
        Language::GermanPlain,
        Language::Turkish,
        Language::Arabic,
        Language::Ukrainian,
    ]
    .into_iter()
    .enumerate()
    {
        let settings =
            NoticeSettings { choices: Choices::default(), ..NoticeSettings::in_language(language) };
        let record = NoticeRecord::new(PersonId([1; 16]), &settings);
        frozen(record, &format!("01 {} 0303020202 00 00 {number:02x}", rep("01", 16)));
        let record = NoticeRecord::new(PersonId([1; 16]), &settings);
        assert_eq!(<(PersonId, NoticeSettings)>::from(record), (PersonId([1; 16]), settings));
    }
    let device = domain::PushDevice {
        id: [1; 32],
        endpoint: "e".to_owned(),
        public: vec![4],
        secret: vec![5],
        origin: "o".to_owned(),
        person: PersonId([2; 16]),
        account: AccountId([3; 16]),
        device_session: DeviceSessionId([4; 16]),
        made_s: 300,
    };
    let ids = ["02", "03", "04"].map(|byte| rep(byte, 16)).concat();
    let hex = format!("01 {} 01 65 01 04 01 05 01 6f {ids} ac02", rep("01", 32));
    frozen(PushDeviceRecord::from(&device), &hex);
    assert_eq!(domain::PushDevice::from(PushDeviceRecord::from(&device)), device);
    let pending = Pending { mine: true, team: false, tries: 2, not_before_s: 300 };
    frozen(
        PendingMailRecord::new(PersonId([1; 16]), pending),
        &format!("01 {} 01 00 02 ac02", rep("01", 16)),
    );
    for (number, security) in
        [MailSecurity::Tls, MailSecurity::StartTls, MailSecurity::None].into_iter().enumerate()
    {
        let server = MailServer {
            host: "m".to_owned(),
            port: 587,
            security,
            user: Some("u".to_owned()),
            sender: "s".to_owned(),
            origin: "o".to_owned(),
        };
        let access = domain::MailAccess { server, password: Some("p".to_owned()) };
        let hex = format!("01 01 6d cb04 {number:02x} 01 01 75 01 01 70 01 73 01 6f");
        frozen(MailAccessRecord::from(&access), &hex);
        assert_eq!(domain::MailAccess::from(MailAccessRecord::from(&access)), access);
    }
    let factor = domain::SecondFactor { secret: SharedSecret([2; 20]), used_step: 300, since_s: 301 };
    frozen(
        SecondFactorRecord::new(AccountId([1; 16]), factor),
        &format!("01 {} {} ac02 ad02", rep("01", 16), rep("02", 20)),
    );
    let record = SecondFactorRecord::new(AccountId([1; 16]), factor);
    assert_eq!(domain::SecondFactor::from(record), factor);
    let topics = vec![Topic { number: 300, name: "x".into(), in_use: true }];
    frozen(
        TopicsRecord::new(TeamId([1; 16]), &Topics { topics }),
        &format!("01 {} 01 ac02 01 78 01", rep("01", 16)),
    );
    let reasons = [
        ClosingReason::Answered,
        ClosingReason::SentOn,
        ClosingReason::NoAnswer,
        ClosingReason::NoRequest,
        ClosingReason::Other,
    ];
    for (reason, kind) in reasons.into_iter().zip(0..) {
        let key = domain::ClosingKey { team: TeamId([1; 16]), month: 24322, topic: Some(258), reason };
        let hex = format!("01 {} 82be01 01 8202 0{kind} ac02", rep("01", 16));
        frozen(ClosingCountRecord::new(key, 300), &hex);
        let of = |key| bytes_of(&format!("{} 00005f02 {key} 0{}", rep("01", 16), kind + 1));
        assert_eq!(closing_key(key), of("01 0102"));
        assert_eq!(closing_key(domain::ClosingKey { topic: None, ..key }), of("00 0000"));
    }
    let key = TallyKey { month: 24322, team: TeamId([1; 16]), site: SiteId([2; 16]) };
    let ids = rep("01", 16) + &rep("02", 16);
    let last = Tally::default().counts().len() - 1;
    let mut counts = vec![0; last + 1];
    counts[last] = 1;
    let tally = Tally::of(&counts);
    let hex = format!("01 82be01 {ids} {:02x} {} 01", last + 1, rep("00", last));
    frozen(TallyRecord::new(key, &tally), &hex);
    assert_eq!(tally_key(key), bytes_of(&format!("00005f02 {ids}")));
    assert_eq!(<(TallyKey, Tally)>::from(TallyRecord::new(key, &tally)), (key, tally));
    assert_eq!(setting_key(domain::SettingKey::ClaimCodeHash), [1]);
    assert_eq!(setting_key(domain::SettingKey::CredibleClock), [2]);
    assert_eq!(setting_key(domain::SettingKey::PushKey), [3]);
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        fn check<R: Record>(bytes: &[u8]) {
            // Read strictly: what is accepted is exactly what would be written, or was by an older build.
            if let Ok(record) = read::<R>(bytes)
                && bytes[0] == R::VERSION
            {
                assert_eq!(write(&record), bytes);
            }
        }
        for version in [0, 1, 2, 3, 4, 5] {
            let bytes = [&[version], &bytes[..]].concat();
            check::<AccountRecord>(&bytes);
            check::<AccountStateRecord>(&bytes);
            check::<ConversationRecord>(&bytes);
            check::<EnvelopeRecord>(&bytes);
            check::<LogRecord>(&bytes);
            check::<GenerationRecord>(&bytes);
            check::<SessionRecord>(&bytes);
            check::<AcceptanceRecord>(&bytes);
            check::<SightingRecord>(&bytes);
            check::<SettingRecord>(&bytes);
            check::<RosterRecord>(&bytes);
            check::<RosterLogRecord>(&bytes);
            check::<CalendarLinkRecord>(&bytes);
            check::<QueueRulesRecord>(&bytes);
            check::<BlocksRecord>(&bytes);
            check::<NoticeRecord>(&bytes);
            check::<PendingMailRecord>(&bytes);
            check::<MailAccessRecord>(&bytes);
            check::<PushDeviceRecord>(&bytes);
            check::<TopicsRecord>(&bytes);
            check::<ClosingCountRecord>(&bytes);
            check::<TallyRecord>(&bytes);
            check::<SecondFactorRecord>(&bytes);
        }
    }
}

#[test]
fn wraps_survive() {
    let wrap = Wrap {
        suite: Suite::One,
        id: WrapId([1; 16]),
        purpose: WrapPurpose::Recovery,
        generation: 2,
        locked: Locked { nonce: [1; 24], commitment: [2; 32], ciphertext: vec![3] },
    };
    let account = domain::Account {
        id: AccountId([1; 16]),
        realm: RealmId::STAFF,
        look_up: [3; 32],
        suite: 1,
        generation: 2,
        kind: SessionKind::Staff(PersonId([4; 16])),
        record: vec![],
        signing_key: [7; 32],
        recovery_key: None,
        wraps: vec![wrap],
        created_s: 10,
        last_contact_s: 11,
    };
    let read: AccountRecord = read(&write(&AccountRecord::from(&account))).unwrap();
    assert_eq!(domain::Account::try_from(read).unwrap(), account);
}
