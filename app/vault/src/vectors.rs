//! Frozen test vectors in `app/protocol/vectors`: the bytes of suite 1, made with fixed
//! randomness. A changed byte fails here; `BEISTAND_VECTORS=write cargo test -p beistand-vault
//! vectors` writes the files anew, which is only right before the first release.

use crate::{
    account::{AccountPlace, AccountSecret, NewCredentials, register},
    blocks::{NewEdition, make_edition},
    code::Code,
    conversation::EpochChange,
    login::{Login, Registration},
    lookup::lookup_value,
    name::{Name, Password},
    padding::{pad, padded_len},
    random::{DangerousSeeded, ForOpaque, Random, draw},
    recovery::RecoveryCode,
    seal::{KemSecret, lock, seal_to},
    secret::Secret,
    state::{AccountState, Draft, Mark},
    testing::{Browser, NOW, TEAM, World, text},
};
use beistand_protocol::{
    api::{Envelope, EnvelopeKind, LogHead, Sealed},
    blocks::{Edition, Library},
    codec::encode,
    epoch::Reader,
    id::{AccountId, BlockId, ConversationId, Digest, OrganisationId, RealmId},
    login::{LoginIdentity, LoginSuite, session_token},
    membership::{Language, TeamRules},
    message::envelope_digest,
    suite::Suite,
    worker::{Block, BlockChange, BlockText, Blocks},
};
use opaque_ke::{
    CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
    ServerLoginParameters, ServerRegistration, ServerSetup,
};
use std::{fmt::Write as _, fs, path::PathBuf};

/// One case: names and values, in order.
type Case = Vec<(&'static str, String)>;

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
}

fn json_string(text: &str) -> String {
    let mut all = String::from("\"");
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some('"') => all.push_str("\\\""),
            Some('\\') => all.push_str("\\\\"),
            Some(c) if (' '..='~').contains(&c) => all.push(c),
            _ => {
                let _ = write!(all, "\\u{unit:04x}");
            }
        }
    }
    all.push('"');
    all
}

/// Compares with the frozen file, or writes it.
fn freeze(file: &str, about: &str, cases: &[Case]) {
    let cases: Vec<String> = cases
        .iter()
        .map(|case| {
            let fields: Vec<String> = case
                .iter()
                .map(|(name, value)| format!("      {}: {}", json_string(name), json_string(value)))
                .collect();
            format!("    {{\n{}\n    }}", fields.join(",\n"))
        })
        .collect();
    let text = format!(
        "{{\n  \"about\": {},\n  \"suite\": 1,\n  \"cases\": [\n{}\n  ]\n}}\n",
        json_string(about),
        cases.join(",\n")
    );
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "protocol", "vectors", file].iter().collect();
    if std::env::var_os("BEISTAND_VECTORS").is_some_and(|mode| mode == "write") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let frozen = fs::read_to_string(&path).unwrap_or_default();
    let line = frozen.lines().zip(text.lines()).position(|(was, is)| was != is);
    assert!(
        frozen == text,
        "{file} differs from the frozen vectors (first at line {:?})",
        line.map(|line| line + 1)
    );
}

const ORGANISATION: OrganisationId = OrganisationId([0x11; 32]);
const REALM: RealmId = RealmId([0x51; 16]);
const ACCOUNT: AccountId = AccountId([0xac; 16]);
const PLACE: AccountPlace =
    AccountPlace { suite: Suite::One, organisation: ORGANISATION, realm: REALM, account: ACCOUNT };

#[test]
fn vectors_names() {
    let names = [
        "Blaue Wolke 42",
        "  blaue\u{a0}\u{2003}WOLKE\t42 ",
        "Straße",
        "A\u{308}pfel",
        "Ｂｌａｕ",
        "ﬁsch",
        "Ωmega Ω",
        "🦊 Fuchs",
        "❤\u{fe0f} herz",
        "İstanbul ISPARTA",
        "مرحبا",
        "ſtrange K",
    ];
    let cases: Vec<Case> = names
        .iter()
        .map(|typed| {
            let name = Name::new(typed).unwrap();
            let value = lookup_value(Suite::One, ORGANISATION, REALM, &name);
            vec![
                ("typed", (*typed).to_owned()),
                ("normalised", name.expose().to_owned()),
                ("organisation", ORGANISATION.to_hex()),
                ("realm", REALM.to_hex()),
                ("lookup_value", hex(value.0)),
            ]
        })
        .collect();
    freeze("names.json", "Names: normal form and look-up value", &cases);
    let refused = ["", " \u{a0}", "\u{200b}", "\u{200d} \u{2060}", "\u{3164}", "\u{2800}\u{fe0f}", "a\u{7}b"];
    let cases: Vec<Case> = refused
        .iter()
        .map(|typed| {
            assert!(Name::new(typed).is_err());
            vec![("typed", (*typed).to_owned())]
        })
        .collect();
    freeze("names_refused.json", "Names that are none", &cases);
    let passwords = ["Äpfel", "A\u{308}pfel", " a\u{a0}b\u{3000}c ", "ﬁ", "🦊🦊", "vier Worte sind genug"];
    let cases: Vec<Case> = passwords
        .iter()
        .map(|typed| {
            vec![
                ("typed", (*typed).to_owned()),
                ("normalised", Password::new(typed).unwrap().expose().to_owned()),
            ]
        })
        .collect();
    freeze("passwords.json", "Passwords: normal form", &cases);
}

#[test]
fn vectors_codes_and_padding() {
    let random = &mut DangerousSeeded::new(b"vectors codes");
    let mut cases: Vec<Case> = Vec::new();
    for bytes in [[0; 16], [0xff; 16], draw(random), draw(random)] {
        struct Fixed([u8; 16]);
        impl Random for Fixed {
            fn fill(&mut self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.0);
            }
        }
        let shown = Code::draw(&mut Fixed(bytes)).show().to_string();
        let code = RecoveryCode::parse(&shown).unwrap();
        cases.push(vec![
            ("bits", hex(bytes)),
            ("shown", shown),
            ("recovery_wrap_key", hex(code.wrap_key().expose())),
            ("recovery_proof_key", hex(code.proof_key().verify_key().as_bytes())),
        ]);
    }
    freeze("codes.json", "Codes: written form, and the keys of a recovery code", &cases);
    let lengths = [0, 1, 511, 512, 600, 1000, 4096, 16_384, 65_000];
    let cases: Vec<Case> = lengths
        .iter()
        .map(|length| {
            vec![("length", length.to_string()), ("padded_length", padded_len(*length).to_string())]
        })
        .chain([vec![("bytes", hex(b"abc")), ("padded", hex(pad(b"abc")))]])
        .collect();
    freeze("padding.json", "Padding", &cases);
}

#[test]
fn vectors_keys_and_sealing() {
    let random = &mut DangerousSeeded::new(b"vectors keys");
    let secret = AccountSecret::draw(random);
    let conversation = ConversationId([0xc0; 16]);
    let (person, talk) = (secret.person_keys(), secret.conversation_keys(conversation));
    let case = vec![
        ("account_secret", hex(secret.secret().expose())),
        ("account_key", hex(secret.account_key().verify_key().as_bytes())),
        ("person_signing_key", hex(person.signing.verify_key().as_bytes())),
        ("person_key_id", person.signing.verify_key().id().to_hex()),
        ("person_kem_key", hex(person.kem.public().as_bytes())),
        ("conversation", conversation.to_hex()),
        ("seeker_signing_key", hex(talk.signing.verify_key().as_bytes())),
        ("seeker_kem_key", hex(talk.kem.public().as_bytes())),
        ("state_key", hex(secret.state_key().expose())),
        ("notes_key", hex(secret.notes_key().expose())),
        ("search_key", hex(secret.search_key().expose())),
    ];
    freeze("keys.json", "Keys from an account secret (generation 1)", &[case]);

    let key = Secret::draw(random);
    let locked = lock(&key, "beistand/1/example", b"associated", b"plaintext", random);
    let seed = Secret::draw(random);
    let pair = KemSecret::from_seed(seed.clone());
    let info = Digest(draw(random));
    let sealed = seal_to(pair.public(), &info, b"plaintext", random).unwrap();
    let cases = [
        vec![
            ("what", "lock".to_owned()),
            ("key", hex(key.expose())),
            ("label", "beistand/1/example".to_owned()),
            ("associated", hex(b"associated")),
            ("plaintext", hex(b"plaintext")),
            ("nonce", hex(locked.nonce)),
            ("commitment", hex(locked.commitment)),
            ("ciphertext", hex(&locked.ciphertext)),
            ("encoded", hex(encode(&locked))),
        ],
        vec![
            ("what", "seal_to".to_owned()),
            ("kem_seed", hex(seed.expose())),
            ("kem_key", hex(pair.public().as_bytes())),
            ("info", info.to_hex()),
            ("plaintext", hex(b"plaintext")),
            ("sealed", hex(&sealed)),
        ],
    ];
    freeze("sealing.json", "Sealing under a key with commitment, and to a public key", &cases);
}

#[test]
fn vectors_login_and_account() {
    let random = &mut DangerousSeeded::new(b"vectors login");
    let mut server = DangerousSeeded::new(b"vectors server");
    let setup = ServerSetup::<LoginSuite>::new(&mut ForOpaque(&mut server));
    let lookup = lookup_value(Suite::One, ORGANISATION, REALM, &Name::new("Blaue Wolke").unwrap());
    let identity = LoginIdentity { suite: Suite::One, organisation: ORGANISATION, realm: REALM, lookup };
    let password = Password::new("vier Worte sind genug").unwrap();
    let (registration, request) = Registration::start(&password, random).unwrap();
    let response = ServerRegistration::<LoginSuite>::start(
        &setup,
        RegistrationRequest::deserialize(&request).unwrap(),
        &lookup.0,
    )
    .unwrap()
    .message
    .serialize();
    let registered = registration.finish(&response, &identity, random).unwrap();
    let record = ServerRegistration::<LoginSuite>::finish(
        RegistrationUpload::deserialize(&registered.record).unwrap(),
    );
    let (login, ke1) = Login::start(&password, random).unwrap();
    let context = identity.context();
    let parameters = ServerLoginParameters { context: Some(&context), identifiers: identity.identifiers() };
    let started = ServerLogin::start(
        &mut ForOpaque(&mut server),
        &setup,
        Some(record),
        CredentialRequest::deserialize(&ke1).unwrap(),
        &lookup.0,
        parameters.clone(),
    )
    .unwrap();
    let ke2 = started.message.serialize();
    let finished = login.finish(&ke2, &identity, random).unwrap();
    let session = started
        .state
        .finish(CredentialFinalization::deserialize(&finished.finalization).unwrap(), parameters)
        .unwrap();
    let case = vec![
        ("organisation", ORGANISATION.to_hex()),
        ("realm", REALM.to_hex()),
        ("password", "vier Worte sind genug".to_owned()),
        ("lookup_value", hex(lookup.0)),
        ("context", hex(&context)),
        ("server_setup", hex(setup.serialize())),
        ("registration_request", hex(&request)),
        ("registration_response", hex(response)),
        ("record", hex(&registered.record)),
        ("ke1", hex(&ke1)),
        ("ke2", hex(ke2)),
        ("ke3", hex(&finished.finalization)),
        ("session_key", hex(session.session_key)),
        ("session_token", hex(session_token(&session.session_key))),
        ("password_wrap_key", hex(finished.export_key.wrap_key().expose())),
    ];
    freeze("login.json", "OPAQUE registration and log-in, credential identifier = look-up value", &[case]);

    let secret = AccountSecret::draw(random);
    let code = RecoveryCode::draw(random);
    let floor = LogHead { length: 3, digest: Digest([0x22; 32]) };
    let id = ConversationId([0xc0; 16]);
    let mut state =
        AccountState { name: "Blaue Wolke".to_owned(), floor: Some(floor), ..AccountState::default() };
    state.known.entry(id).or_default().mark =
        Some(Mark { length: 2, newest: Digest([0x66; 32]), epoch: 0, epoch_digest: Digest([0x77; 32]) });
    state.drafts.insert(Some(id), Draft { text: "Hallo".to_owned(), changed_ms: NOW });
    let sealed = state.seal(&secret, &PLACE, random);
    let new = NewCredentials {
        place: PLACE,
        secret: &secret,
        registered: &registered,
        recovery: Some(&code),
        root: Digest([0x33; 32]),
        floor,
        nonce: [0x44; 32],
    };
    let credentials = register(&new, sealed.clone(), random);
    let case = vec![
        ("organisation", ORGANISATION.to_hex()),
        ("realm", REALM.to_hex()),
        ("account", ACCOUNT.to_hex()),
        ("account_secret", hex(secret.secret().expose())),
        ("password_wrap_key", hex(registered.export_key.wrap_key().expose())),
        ("recovery_code", code.show().to_string()),
        ("password_wrap", hex(encode(&credentials.wraps[0]))),
        ("recovery_wrap", hex(encode(&credentials.wraps[1]))),
        ("sealed_state", hex(&sealed.0)),
        ("account_change", hex(&credentials.change.change)),
        ("signed_account_change", hex(encode(&credentials.change))),
    ];
    freeze("account.json", "Wraps, state and the signed change of a registration", &[case]);
}

#[test]
fn vectors_log_team_and_conversation() {
    let world = World::new(TeamRules::default());
    let mut log = beistand_protocol::membership::Log::begin(None, &world.entries[0]).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    for (position, entry) in world.entries.iter().enumerate() {
        if position > 0 {
            log.append(entry).unwrap();
        }
        cases.push(vec![
            ("position", position.to_string()),
            ("entry", hex(entry)),
            ("digest", log.head().digest.to_hex()),
        ]);
    }
    freeze("log.json", "A membership log; the organisation id is the first digest", &cases);

    let generation = world.generations.newest(TEAM).unwrap();
    let secret = world.anna.teams.get(TEAM, 1).unwrap();
    let case = vec![
        ("header", hex(encode(&generation.header))),
        ("header_digest", generation.header_digest.to_hex()),
        ("digest", generation.digest.to_hex()),
        ("boxes", hex(encode(&generation.boxes))),
        ("team_secret", hex(secret.dangerous_secret().expose())),
    ];
    freeze("team.json", "The first generation of the log's team", &[case]);

    freeze(
        "blocks.json",
        "Editions of text blocks: the team's first and second, and Ben's own",
        &editions(&world),
    );

    let id = ConversationId([0xc0; 16]);
    let account = AccountSecret::draw(&mut DangerousSeeded::new(b"vectors seeker"));
    let mut seeker = Browser::seeker(&account, id, 1);
    let mut stored = Vec::new();
    seeker.open_talk(&world, &mut stored);
    seeker.post(&world, &mut stored, &text("Hallo, ist da jemand?"));
    let mut ben = Browser::staff(&world.ben, id, 2);
    ben.load(&world, &stored);
    ben.claim(&world, &mut stored);
    ben.post(&world, &mut stored, &text("Ja."));
    seeker.epoch(&world, &mut stored, &EpochChange::Refresh);
    seeker.fetch(&world, &stored);
    let mut cases: Vec<Case> = vec![vec![
        ("conversation", id.to_hex()),
        ("account_secret", hex(account.secret().expose())),
        ("claimed_time_ms", NOW.to_string()),
    ]];
    for (position, envelope) in stored.iter().enumerate() {
        let key = seeker.conversation.dangerous_key(envelope.epoch).unwrap();
        let Sealed(sealed) = &envelope.sealed;
        cases.push(vec![
            ("position", position.to_string()),
            ("kind", format!("{:?}", envelope.kind)),
            ("envelope", hex(encode(envelope))),
            ("sealed_bytes", sealed.len().to_string()),
            ("digest", envelope_digest(id, envelope).to_hex()),
            ("epoch_key", hex(key.dangerous_secret().expose())),
        ]);
    }
    freeze("conversation.json", "A talk in the log's organisation: epochs, messages, a claim", &cases);
    freeze(
        "thread.json",
        "The staff's thread about that talk, begun before its claim",
        &thread(&world, &stored),
    );
    freeze("room.json", "The team's room in a month", &room(&world));
}

/// The thread about a talk: opened while that waits, gone on with after Ben has claimed it.
fn thread(world: &World, talk: &[Envelope]) -> Vec<Case> {
    let talk_id = ConversationId([0xc0; 16]);
    let known = |length: usize| {
        let mut ben = Browser::staff(&world.ben, talk_id, 4);
        ben.load(world, &talk[..length]);
        ben.conversation
    };
    let mut ben = Browser::thread(&world.ben, &known(2), 3);
    let mut stored = Vec::new();
    ben.open_thread(world, &mut stored);
    ben.post(world, &mut stored, &text("Wer liest mit?"));
    ben.about = Some(known(talk.len()).chain().clone());
    ben.epoch(world, &mut stored, &EpochChange::Refresh);
    ben.post(world, &mut stored, &text("Ich."));
    let id = ben.conversation.id();
    let mut cases = vec![vec![("talk", talk_id.to_hex()), ("thread", id.to_hex())]];
    cases.extend(among_staff(world, &ben, &stored));
    cases
}

/// A room of the team: opened by Ben, with words of his, renewed.
fn room(world: &World) -> Vec<Case> {
    let mut ben = Browser::room(&world.ben, 5);
    let mut stored = Vec::new();
    ben.open_room(world, &mut stored);
    ben.post(world, &mut stored, &text("Wer kann Freitag?"));
    ben.epoch(world, &mut stored, &EpochChange::Refresh);
    ben.post(world, &mut stored, &text("Ich."));
    let epoch = ben.conversation.epoch().unwrap();
    let month = epoch.header.kind.room_month().unwrap();
    let id = ben.conversation.id();
    let facts = [("team", TEAM.to_hex()), ("month", month.number().to_string()), ("room", id.to_hex())];
    let mut cases = vec![facts.to_vec()];
    cases.extend(among_staff(world, &ben, &stored));
    cases
}

/// What Ben has stored in a conversation among staff, with the keys that open it.
fn among_staff(world: &World, ben: &Browser, stored: &[Envelope]) -> Vec<Case> {
    let id = ben.conversation.id();
    let case = |(position, envelope): (usize, &Envelope)| {
        let key = ben.conversation.dangerous_key(envelope.epoch).unwrap();
        let mut case = vec![
            ("position", position.to_string()),
            ("envelope", hex(encode(envelope))),
            ("digest", envelope_digest(id, envelope).to_hex()),
            ("epoch_key", hex(key.dangerous_secret().expose())),
            ("author_key", hex(world.ben.keys.signing.verify_key().as_bytes())),
        ];
        if envelope.kind == EnvelopeKind::Epoch {
            let header = &ben.conversation.chain().get(envelope.epoch).unwrap().header;
            // Of the first box: the team's, or of the person with the lowest id.
            let kem = match &header.readers[0] {
                Reader::Team { number, .. } => world.ben.teams.get(TEAM, *number).unwrap().kem(),
                Reader::Person { person, .. } if *person == world.ben.id => &world.ben.keys.kem,
                _ => &world.anna.keys.kem,
            };
            case.push(("kem_seed", hex(kem.dangerous_seed().expose())));
            case.extend(header.cause.map(|cause| ("talk_epoch", cause.to_hex())));
        }
        case
    };
    stored.iter().enumerate().map(case).collect()
}

/// Editions of text blocks in the log's organisation, with the seeds of the keys that open them.
fn editions(world: &World) -> Vec<Case> {
    let random = &mut DangerousSeeded::new(b"vectors blocks");
    let generation = world.generations.newest(TEAM).map(|newest| &**newest);
    let blocks = encode(&Blocks::One(vec![Block {
        id: BlockId([0xb1; 16]),
        now: BlockText {
            folder: "Anfang".to_owned(),
            title: "Begrüßung".to_owned(),
            language: Some(Language::German),
            text: "Hallo {{pseudonym}}.".to_owned(),
        },
        change: BlockChange { version: 1, by: world.ben.id, time_ms: NOW },
        removed: false,
        former: Vec::new(),
    }]));
    let mut former: Option<Edition> = None;
    let mut cases = Vec::new();
    for (author, library) in [
        (&world.ben, Library::Team(TEAM)),
        (&world.cem, Library::Team(TEAM)),
        (&world.ben, Library::Own(world.ben.id)),
    ] {
        let shared = matches!(library, Library::Team(_));
        let new = NewEdition {
            library,
            generation: generation.filter(|_| shared),
            former: former.as_ref().filter(|_| shared),
            blocks: &blocks,
        };
        let signed = make_edition(world.state(), author.id, &author.keys, &new, NOW, random).unwrap();
        let edition = Edition::verify(&signed, library, &world.log, &world.generations).unwrap();
        let of_team = author.teams.get(TEAM, 1).unwrap().kem();
        let kem = if shared { of_team } else { &author.keys.kem };
        cases.push(vec![
            ("header", hex(&signed.header)),
            ("header_digest", edition.header_digest.to_hex()),
            ("sealed", hex(&signed.sealed)),
            ("digest", edition.digest.to_hex()),
            ("author_key", hex(author.keys.signing.verify_key().as_bytes())),
            ("edition", hex(encode(&signed))),
            ("kem_seed", hex(kem.dangerous_seed().expose())),
            ("blocks", hex(&blocks)),
        ]);
        former = Some(edition);
    }
    cases
}
