//! Accounts against a server that keeps what the real one keeps, and nothing else.

use super::*;
use crate::{
    conversation::EpochChange,
    login::{ExportKey, Login, LoginError, LoginFinished, Registration},
    lookup::lookup_value,
    name::{Name, Password},
    random::{DangerousSeeded, ForOpaque, draw},
    state::{AccountState, Draft},
    testing::*,
    wrap::{WrapError, open_with_code, open_with_export_key},
};
use beistand_protocol::{
    login::{LoginIdentity, LoginSuite, LookupValue, session_token},
    membership::TeamRules,
    signature::{SignatureError, VerifyKey},
    wrap::{AccountFacts, ChangeError, ChangeParts, Wrap, WrapPurpose},
};
use opaque_ke::{
    CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
    ServerLoginParameters, ServerRegistration, ServerSetup,
};

/// What the server keeps: set-up keys, and one account.
struct Server {
    setup: ServerSetup<LoginSuite>,
    organisation: OrganisationId,
    random: DangerousSeeded,
    record: Option<ServerRegistration<LoginSuite>>,
    facts: AccountFacts,
    wraps: Vec<Wrap>,
    state: Sealed,
}

const REALM: RealmId = RealmId([0x51; 16]);
const ACCOUNT: AccountId = AccountId([0xac; 16]);

impl Server {
    fn new(organisation: OrganisationId) -> Self {
        let mut random = DangerousSeeded::new(b"server");
        let setup = ServerSetup::new(&mut ForOpaque(&mut random));
        let facts = AccountFacts {
            organisation,
            realm: REALM,
            account: ACCOUNT,
            nonce: draw(&mut random),
            generation: 0,
            account_key: None,
            recovery_key: None,
        };
        Self { setup, organisation, random, record: None, facts, wraps: Vec::new(), state: Sealed::default() }
    }

    fn identity(&self, lookup: LookupValue) -> LoginIdentity {
        LoginIdentity { suite: Suite::One, organisation: self.organisation, realm: REALM, lookup }
    }

    fn registration(&self, request: &[u8], lookup: LookupValue) -> Vec<u8> {
        let request = RegistrationRequest::deserialize(request).unwrap();
        ServerRegistration::<LoginSuite>::start(&self.setup, request, &lookup.0)
            .unwrap()
            .message
            .serialize()
            .to_vec()
    }

    fn store(&mut self, credentials: &Credentials, appends: Option<&[Vec<u8>]>) -> Result<(), ChangeError> {
        let parts = ChangeParts {
            record: Some(&credentials.record),
            wraps: Some(&credentials.wraps),
            state: Some(&credentials.state.0),
            epochs: appends,
        };
        let change = credentials.change.verify(&self.facts, &parts)?;
        self.facts.generation = change.generation;
        self.facts.account_key = change.account_key;
        self.facts.recovery_key = change.recovery_key;
        self.facts.nonce = draw(&mut self.random);
        let upload = RegistrationUpload::deserialize(&credentials.record).unwrap();
        self.record = Some(ServerRegistration::finish(upload));
        self.wraps.clone_from(&credentials.wraps);
        self.state = credentials.state.clone();
        Ok(())
    }

    /// A log-in from a clean browser.
    fn log_in(&mut self, name: &str, password: &str) -> Result<LoginFinished, LoginError> {
        let lookup = lookup_value(Suite::One, self.organisation, REALM, &Name::new(name).unwrap());
        let identity = self.identity(lookup);
        let mut random = DangerousSeeded::new(b"clean browser");
        let (login, request) = Login::start(&Password::new(password).unwrap(), &mut random)?;
        let context = identity.context();
        let parameters =
            ServerLoginParameters { context: Some(&context), identifiers: identity.identifiers() };
        let started = ServerLogin::start(
            &mut ForOpaque(&mut self.random),
            &self.setup,
            self.record.clone(),
            CredentialRequest::deserialize(&request).unwrap(),
            &lookup.0,
            parameters.clone(),
        )
        .unwrap();
        let finished = login.finish(&started.message.serialize(), &identity, &mut random)?;
        let finalization = CredentialFinalization::deserialize(&finished.finalization).unwrap();
        let server = started.state.finish(finalization, parameters).unwrap();
        assert_eq!(
            session_token(&server.session_key),
            *finished.token.expose(),
            "both ends derive the token"
        );
        Ok(finished)
    }

    fn wrap(&self, purpose: WrapPurpose) -> &Wrap {
        self.wraps.iter().find(|wrap| wrap.purpose == purpose).unwrap()
    }
}

fn place(server: &Server) -> AccountPlace {
    AccountPlace { suite: Suite::One, organisation: server.organisation, realm: REALM, account: ACCOUNT }
}

fn register_password(
    server: &Server,
    name: &str,
    password: &str,
    random: &mut DangerousSeeded,
) -> Registered {
    let lookup = lookup_value(Suite::One, server.organisation, REALM, &Name::new(name).unwrap());
    let (registration, request) = Registration::start(&Password::new(password).unwrap(), random).unwrap();
    let response = server.registration(&request, lookup);
    registration.finish(&response, &server.identity(lookup), random).unwrap()
}

fn remembered(floor: LogHead) -> AccountState {
    AccountState { name: "Blaue Wolke".to_owned(), floor: Some(floor), ..AccountState::default() }
}

struct SignedUp {
    server: Server,
    secret: AccountSecret,
    code: RecoveryCode,
    registered: Registered,
    world: World,
}

fn sign_up() -> SignedUp {
    let world = World::new(TeamRules::default());
    let mut server = Server::new(world.log.organisation());
    let mut random = DangerousSeeded::new(b"sign-up");
    let registered = register_password(&server, "Blaue Wolke", "vier Worte sind genug", &mut random);
    let secret = AccountSecret::draw(&mut random);
    let code = RecoveryCode::draw(&mut random);
    let state = remembered(world.log.head()).seal(&secret, &place(&server), &mut random);
    let new = NewCredentials {
        place: place(&server),
        secret: &secret,
        registered: &registered,
        recovery: Some(&code),
        root: world.state().root_fingerprint(),
        floor: world.log.head(),
        nonce: server.facts.nonce,
    };
    let credentials = register(&new, state, &mut random);
    server.store(&credentials, None).unwrap();
    SignedUp { server, secret, code, registered, world }
}

/// Whether `bytes` hold a phrase in any of the forms in which it could leak.
fn holds(bytes: &[u8], phrase: &str) -> bool {
    let utf16 = |big: bool| -> Vec<u8> {
        phrase
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    let forms = [phrase.as_bytes().to_vec(), phrase.to_lowercase().into_bytes(), utf16(true), utf16(false)];
    forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
}

#[test]
fn p01_nothing_that_is_sent_holds_name_password_or_code() {
    let (name, password, draft) = ("Kanarienvogel Blau", "geheimer Kanarienvogel", "ein Entwurf im Käfig");
    let world = World::new(TeamRules::default());
    let server = Server::new(world.log.organisation());
    let mut random = DangerousSeeded::new(b"p01");
    let typed = Password::new(password).unwrap();
    let lookup = lookup_value(Suite::One, server.organisation, REALM, &Name::new(name).unwrap());
    let (registration, request) = Registration::start(&typed, &mut random).unwrap();
    let registered = registration
        .finish(&server.registration(&request, lookup), &server.identity(lookup), &mut random)
        .unwrap();
    let (_, ke1) = Login::start(&typed, &mut random).unwrap();
    let secret = AccountSecret::draw(&mut random);
    let code = RecoveryCode::draw(&mut random);
    let mut state = AccountState { name: name.to_owned(), ..AccountState::default() };
    state.drafts.insert(None, Draft { text: draft.to_owned(), changed_ms: NOW });
    let sealed = state.seal(&secret, &place(&server), &mut random);
    let new = NewCredentials {
        place: place(&server),
        secret: &secret,
        registered: &registered,
        recovery: Some(&code),
        root: world.state().root_fingerprint(),
        floor: world.log.head(),
        nonce: [0; 32],
    };
    let credentials = register(&new, sealed, &mut random);
    let mut browser = Browser::seeker(&secret, ConversationId([0xc0; 16]), 1);
    let mut stored = Vec::new();
    browser.open_talk(&world, &mut stored);
    let introduction = crate::message::Body::Introduction {
        pseudonym: name.to_owned(),
        language: beistand_protocol::membership::Language::German,
    };
    browser.post(&world, &mut stored, &introduction);
    let proof = prove_recovery(&code, server.organisation, REALM, &[0; 32], b"request").to_bytes();
    let sent: Vec<Vec<u8>> = vec![
        lookup.0.to_vec(),
        request,
        ke1,
        codec::encode(&credentials),
        codec::encode(&stored),
        proof.to_vec(),
    ];
    // The scan finds what is there.
    assert!(holds(&codec::encode(&state), name) && holds(&codec::encode(&state), draft));
    let shown = code.show();
    let secret_bytes = secret.secret().expose();
    for bytes in &sent {
        for phrase in [name, password, draft, &shown, &shown.replace('-', "")] {
            assert!(!holds(bytes, phrase), "{phrase}");
        }
        assert!(!bytes.windows(32).any(|window| window == secret_bytes));
    }
}

#[test]
fn p02_name_and_password_alone_open_the_whole_history() {
    let mut all = sign_up();
    let id = ConversationId([0xc0; 16]);
    let mut stored = Vec::new();
    let mut first = Browser::seeker(&all.secret, id, 1);
    first.open_talk(&all.world, &mut stored);
    first.post(&all.world, &mut stored, &text("eins"));
    let mut state = remembered(all.world.log.head());
    state.known.entry(id).or_default().mark = first.conversation.mark();
    state.drafts.insert(Some(id), Draft { text: "noch nicht fertig".to_owned(), changed_ms: NOW });
    all.server.state = state.seal(&all.secret, &place(&all.server), &mut DangerousSeeded::new(b"state"));
    drop(first);
    // Three clean browsers that only know what was typed.
    for device in 2..5 {
        let finished = all.server.log_in("  BLAUE wolke", "vier Worte sind genug").unwrap();
        let wrapped = open_with_export_key(
            &place(&all.server),
            all.server.wrap(WrapPurpose::Password),
            &finished.export_key,
        )
        .unwrap();
        assert_eq!(wrapped.root, all.world.state().root_fingerprint());
        assert!(all.world.log.at(&wrapped.floor).is_some());
        let state = AccountState::open(&wrapped.secret, &place(&all.server), &all.server.state).unwrap();
        assert_eq!(state.drafts[&Some(id)].text, "noch nicht fertig");
        let (known, remembered) = state.known.first_key_value().unwrap();
        let mut browser = Browser::seeker(&wrapped.secret, *known, device);
        let shown = words(&browser.load(&all.world, &stored));
        assert_eq!(shown[0], "eins");
        browser.conversation.check_mark(&remembered.mark.unwrap()).unwrap();
        browser.post(&all.world, &mut stored, &text("weiter"));
    }
    assert_eq!(all.server.log_in("Blaue Wolke", "vier Worte sind falsch").unwrap_err(), LoginError::Refused);
}

#[test]
fn p03_the_recovery_code_replaces_the_password_and_dies() {
    let SignedUp { mut server, secret, code, registered, world } = sign_up();
    let id = ConversationId([0xc0; 16]);
    let mut stored = Vec::new();
    let mut first = Browser::seeker(&secret, id, 1);
    first.open_talk(&world, &mut stored);
    first.post(&world, &mut stored, &text("vorher"));
    // The set-up keys are lost: new ones, as if the file was made anew.
    server.setup = ServerSetup::new(&mut ForOpaque(&mut server.random));
    // A clean browser: proof, wrap, former secret, next generation, re-sealed talk.
    let mut random = DangerousSeeded::new(b"recovery");
    let code = RecoveryCode::parse(&code.show().to_lowercase()).unwrap();
    let proof = prove_recovery(&code, server.organisation, REALM, &server.facts.nonce, b"request");
    let bytes = recovery_proof_bytes(server.organisation, REALM, &server.facts.nonce, b"request");
    server.facts.recovery_key.unwrap().verify(label::RECOVERY_PROOF, &bytes, &proof).unwrap();
    let former = open_with_code(&place(&server), server.wrap(WrapPurpose::Recovery), &code).unwrap().secret;
    let next = former.draw_next(&mut random);
    assert_eq!(next.generation(), 2);
    let mut browser = Browser::seeker(&former, id, 2);
    browser.load(&world, &stored);
    let keys = next.conversation_keys(id);
    browser.epoch(&world, &mut stored, &EpochChange::SeekerKeys(&keys));
    let appends = vec![codec::encode(&stored[2])];
    let new_registered = register_password(&server, "Blaue Wolke", "ein ganz neues Passwort", &mut random);
    let new_code = RecoveryCode::draw(&mut random);
    let state = remembered(world.log.head()).seal(&next, &place(&server), &mut random);
    let new = NewCredentials {
        place: place(&server),
        secret: &next,
        registered: &new_registered,
        recovery: Some(&new_code),
        root: world.state().root_fingerprint(),
        floor: world.log.head(),
        nonce: server.facts.nonce,
    };
    let credentials = rotate(&new, Former::Recovery(&code, 1), state, &appends, &mut random);
    // Without the epochs it belongs to, or a second time, it is refused.
    assert_eq!(server.store(&credentials, None), Err(ChangeError::Parts));
    server.store(&credentials, Some(&appends)).unwrap();
    assert_eq!(server.store(&credentials, Some(&appends)), Err(ChangeError::Elsewhere), "nonce used up");
    // History intact with the new password.
    let finished = server.log_in("Blaue Wolke", "ein ganz neues Passwort").unwrap();
    let wrapped =
        open_with_export_key(&place(&server), server.wrap(WrapPurpose::Password), &finished.export_key);
    let mut clean = Browser::seeker(&wrapped.unwrap().secret, id, 3);
    assert_eq!(words(&clean.load(&world, &stored)), ["vorher"]);
    // The old password, code and secret open nothing.
    assert_eq!(server.log_in("Blaue Wolke", "vier Worte sind genug").unwrap_err(), LoginError::Refused);
    let recovery = server.wrap(WrapPurpose::Recovery);
    assert!(matches!(open_with_code(&place(&server), recovery, &code), Err(WrapError::Sealed(_))));
    assert!(open_with_code(&place(&server), recovery, &new_code).is_ok());
    let password = server.wrap(WrapPurpose::Password);
    assert!(open_with_export_key(&place(&server), password, &registered.export_key).is_err());
    assert!(AccountState::open(&secret, &place(&server), &server.state).is_err());
}

#[test]
fn p13_a_wrap_names_its_organisation() {
    let all = sign_up();
    let wrap = all.server.wrap(WrapPurpose::Password);
    let key = &all.registered.export_key;
    assert!(open_with_export_key(&place(&all.server), wrap, key).is_ok());
    // A server that pretends to be another organisation: the wrap itself says no.
    let other = AccountPlace { organisation: OrganisationId([9; 32]), ..place(&all.server) };
    assert_eq!(open_with_export_key(&other, wrap, key), Err(WrapError::OtherOrganisation));
    // Bound to account, purpose, generation, id and key.
    let account = AccountPlace { account: AccountId([1; 16]), ..place(&all.server) };
    let moved: [(AccountPlace, Wrap); 4] = [
        (account, wrap.clone()),
        (place(&all.server), Wrap { generation: 2, ..wrap.clone() }),
        (place(&all.server), Wrap { id: beistand_protocol::wrap::WrapId([0; 16]), ..wrap.clone() }),
        (place(&all.server), all.server.wrap(WrapPurpose::Recovery).clone()),
    ];
    for (place, wrap) in moved {
        assert!(matches!(open_with_export_key(&place, &wrap, key), Err(WrapError::Sealed(_))));
    }
    // And a log-in with another pinned organisation fails already in OPAQUE.
    let mut server = all.server;
    let honest = server.organisation;
    server.organisation = OrganisationId([9; 32]);
    assert!(server.log_in("Blaue Wolke", "vier Worte sind genug").is_err());
    server.organisation = honest;
    assert!(server.log_in("Blaue Wolke", "vier Worte sind genug").is_ok());
}

#[test]
fn p17_a_wrap_commits_to_its_key() {
    let all = sign_up();
    let wrap = all.server.wrap(WrapPurpose::Password).clone();
    let other = ExportKey::clone(
        &register_password(&all.server, "x", "anderes Passwort", &mut DangerousSeeded::new(b"o")).export_key,
    );
    assert_eq!(
        open_with_export_key(&place(&all.server), &wrap, &other),
        Err(WrapError::Sealed(crate::seal::SealError::Commitment))
    );
}

#[test]
fn p19_a_bearer_token_alone_changes_nothing() {
    let SignedUp { mut server, secret, code, registered, world } = sign_up();
    let mut random = DangerousSeeded::new(b"p19");
    let stranger = AccountSecret::draw(&mut random);
    let next = secret.draw_next(&mut random);
    let state = remembered(world.log.head()).seal(&next, &place(&server), &mut random);
    let new_code = RecoveryCode::draw(&mut random);
    let new = NewCredentials {
        place: place(&server),
        secret: &next,
        registered: &registered,
        recovery: Some(&new_code),
        root: world.state().root_fingerprint(),
        floor: world.log.head(),
        nonce: server.facts.nonce,
    };
    let mismatch = ChangeError::Signature(SignatureError::Mismatch);
    // Signed by a stranger (a thief of the token), by a guessed code, or registered anew.
    let thief = rotate(&new, Former::Account(&stranger), state.clone(), &[], &mut random);
    assert_eq!(server.store(&thief, None), Err(mismatch));
    let guess = RecoveryCode::draw(&mut random);
    let guessed = rotate(&new, Former::Recovery(&guess, 1), state.clone(), &[], &mut random);
    assert_eq!(server.store(&guessed, None), Err(mismatch));
    let again = register(&new, state.clone(), &mut random);
    assert_eq!(server.store(&again, None), Err(mismatch));
    // Honest, but with another nonce, generation or any part exchanged.
    let honest = rotate(&new, Former::Account(&secret), state.clone(), &[], &mut random);
    let stale = rotate(
        &NewCredentials { nonce: [0; 32], ..new },
        Former::Account(&secret),
        state.clone(),
        &[],
        &mut random,
    );
    assert_eq!(server.store(&stale, None), Err(ChangeError::Elsewhere));
    let skipping = rotate(
        &NewCredentials { secret: &next.draw_next(&mut random), ..new },
        Former::Account(&secret),
        state.clone(),
        &[],
        &mut random,
    );
    assert_eq!(server.store(&skipping, None), Err(ChangeError::Generation));
    let mut record = honest.clone();
    record.record[0] ^= 1;
    let mut wraps = honest.clone();
    wraps.wraps.pop();
    let mut other_state = honest.clone();
    other_state.state.0.push(0);
    for changed in [record, wraps, other_state] {
        assert_eq!(server.store(&changed, None), Err(ChangeError::Parts));
    }
    let mut unsigned = honest.clone();
    unsigned.change.new_key_signature = None;
    assert_eq!(server.store(&unsigned, None), Err(mismatch));
    // The former keys can't come back as new ones.
    let same_code = rotate(
        &NewCredentials { recovery: Some(&code), ..new },
        Former::Account(&secret),
        state,
        &[],
        &mut random,
    );
    assert_eq!(server.store(&same_code, None), Err(ChangeError::FormerKey));
    // Deletion too.
    let parts = ChangeParts::default();
    let by_thief = sign_deletion(&place(&server), &stranger, server.facts.nonce);
    assert_eq!(by_thief.verify(&server.facts, &parts), Err(mismatch));
    let deletion = sign_deletion(&place(&server), &secret, server.facts.nonce);
    assert!(deletion.verify(&server.facts, &parts).is_ok());
    // Nothing was changed by all this; the honest one works.
    server.store(&honest, None).unwrap();
    assert_eq!(server.facts.account_key, Some(next.account_key().verify_key()));
}

#[test]
fn keys_of_different_uses_and_conversations_differ() {
    let secret = AccountSecret::draw(&mut DangerousSeeded::new(b"keys"));
    let talk = |byte| secret.conversation_keys(ConversationId([byte; 16]));
    let keys: Vec<VerifyKey> =
        [secret.account_key(), secret.person_keys().signing, talk(1).signing, talk(2).signing]
            .iter()
            .map(SigningKey::verify_key)
            .collect();
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key));
    }
    assert_ne!(talk(1).kem.public(), talk(2).kem.public());
    assert_ne!(secret.state_key(), secret.notes_key());
    let next = secret.draw_next(&mut DangerousSeeded::new(b"next"));
    assert_ne!(next.account_key().verify_key(), secret.account_key().verify_key());
}
