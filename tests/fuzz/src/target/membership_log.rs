//! The signed log: an organisation whose people say things in any order, and entries that were
//! damaged on their way. Real keys sign, so the rules behind the signatures are reached.

use crate::{
    Depth,
    generate::{Choices, generate},
    mutate::mutate,
};
use beistand_protocol::{
    id::{InvitationId, PersonId, SiteId, TeamId},
    membership::{
        Body, EmergencyNumber, Freshness, InvitedRole, Language, Localised, Log, Site, State, TeamRules,
    },
    signature::plain_digest,
};
use beistand_vault::{
    account::{AccountSecret, PartyKeys},
    membership::{InvitationSecret, RootSecret, accept, founder, make_entry, make_root, rekey},
    random::DangerousSeeded,
    secret::SigningKey,
};
use std::sync::LazyLock;

const NOW_MS: u64 = 1_800_000_000_000;
const PEOPLE: usize = 5;
/// Entries that one input may add: each is signed and verified several times.
const ENTRIES_MAX: usize = 24;

/// Keys that never change, made once: drawing X-Wing keys takes longer than all the rest.
struct Cast {
    first: Vec<u8>,
    /// An organisation in the middle of its life: two administrators, a team that they and a third lead.
    begun: Vec<Vec<u8>>,
    root: SigningKey,
    next_root: SigningKey,
    invitation: InvitationSecret,
    keys: Vec<PartyKeys>,
    /// For those who change theirs.
    next_keys: Vec<PartyKeys>,
}

static CAST: LazyLock<Cast> = LazyLock::new(|| {
    let mut random = DangerousSeeded::new(b"fuzz");
    let root = RootSecret::draw(&mut random);
    let mut keys = |_| AccountSecret::draw(&mut random).person_keys();
    let (keys, next_keys): (Vec<_>, Vec<_>) =
        ((0..PEOPLE).map(&mut keys).collect(), (0..PEOPLE).map(&mut keys).collect());
    let first = make_root(&root, "Hilfe e. V.", Freshness::default(), NOW_MS, &mut random);
    let begun = begin(&first, &root.signing_key(), &keys);
    Cast {
        first,
        begun,
        root: root.signing_key(),
        next_root: RootSecret::draw(&mut random).signing_key(),
        invitation: InvitationSecret::draw(&mut random),
        keys,
        next_keys,
    }
});

fn begin(first: &[u8], root: &SigningKey, keys: &[PartyKeys]) -> Vec<Vec<u8>> {
    let Ok(mut log) = Log::begin(None, first) else { panic!("the first entry is refused") };
    let organisation = log.organisation();
    let leads: Vec<_> = (0..3).map(|which| PersonId([which; 16])).collect();
    let mut bodies: Vec<_> =
        leads.iter().zip(keys).map(|(person, keys)| founder(organisation, *person, "Anna", keys)).collect();
    bodies.extend(leads[..2].iter().map(|person| Body::AdministratorAdd { person: *person }));
    let mut entries: Vec<_> = bodies.into_iter().map(|body| (body, root)).collect();
    let (team, name, rules) = (TeamId([0; 16]), "Fluss".to_owned(), TeamRules::default());
    entries.push((Body::TeamCreate { team, name, leads, rules }, &keys[0].signing));
    let mut say = |(body, key)| {
        let entry = make_entry(log.state(), body, &[key], NOW_MS);
        assert!(log.append(&entry).is_ok(), "the organisation can't begin");
        entry
    };
    entries.into_iter().map(&mut say).collect()
}

/// Tries one input: a first byte that says whether something is damaged, then what is said.
pub fn run(input: &[u8]) -> Depth {
    let mut choices = Choices::new(input);
    let damage = choices.byte();
    if damage == 255 {
        return if Log::begin(None, choices.rest()).is_ok() { Depth::Accepted } else { Depth::Refused };
    }
    let Ok(mut log) = Log::begin(None, &CAST.first) else { panic!("the first entry is refused") };
    let mut entries = vec![CAST.first.clone()];
    if damage & 2 == 2 {
        for entry in &CAST.begun {
            assert!(log.append(entry).is_ok(), "the organisation can't begin");
            entries.push(entry.clone());
        }
    }
    let mut depth = Depth::Refused;
    for _ in 0..ENTRIES_MAX {
        if choices.rest().is_empty() {
            break;
        }
        let body = body(&log, &mut choices);
        let signers = if choices.byte() < 208 { entitled(&log, &body) } else { signers(&mut choices) };
        let entry = make_entry(log.state(), body, &signers, NOW_MS);
        if damage & 1 == 1 {
            let mut damaged = entry.clone();
            mutate(&mut damaged, 1 + usize::from(damage >> 2) % 3, &mut choices);
            if damaged != entry {
                assert!(log.check(&damaged).is_err(), "a damaged entry is accepted");
            }
        }
        let before = log.head();
        match log.append(&entry) {
            Ok(_) => {
                depth = Depth::Accepted;
                entries.push(entry);
                assert_eq!(log.head().length, before.length + 1);
                legal(log.state());
            }
            Err(_) => assert_eq!(log.head(), before, "a refused entry changes the log"),
        }
    }
    let again = Log::verify(Some(log.organisation()), entries.iter().map(Vec::as_slice));
    assert!(again.is_ok_and(|again| again.head() == log.head()), "the same entries give another log");
    depth
}

/// What holds in every state, whoever signed what.
fn legal(state: &State) {
    for team in state.teams() {
        assert!(team.leads().next().is_some(), "a team without a lead");
        assert!(team.leads().all(|lead| team.is_member(lead)), "a lead outside the team");
        let present = |person| state.person(person).is_some_and(|person| !person.is_removed());
        assert!(team.members().all(present), "a removed person in a team");
    }
    for person in state.people() {
        assert_eq!(state.person_of_key(person.key()).map(|found| found.id()), Some(person.id()));
    }
    for site in state.sites() {
        assert!(state.team(site.team).is_some(), "a site without its team");
    }
}

fn person(choices: &mut Choices<'_>) -> (usize, PersonId) {
    let which = choices.below(PEOPLE);
    (which, PersonId([which as u8; 16]))
}

fn team(choices: &mut Choices<'_>) -> TeamId {
    TeamId([choices.below(3) as u8; 16])
}

fn rules(choices: &mut Choices<'_>) -> TeamRules {
    generate(choices).unwrap_or_default()
}

fn people(choices: &mut Choices<'_>) -> Vec<PersonId> {
    (0..choices.below(4)).map(|_| person(choices).1).collect()
}

/// Those whose word it would be in most states; nobody else signs with them.
fn entitled(log: &Log, body: &Body) -> Vec<&'static SigningKey> {
    let state = log.state();
    let key_of = |person: &PersonId| {
        let key = state.person(*person)?.key();
        let known = CAST.keys.iter().chain(&CAST.next_keys).map(|keys| &keys.signing);
        known.into_iter().find(|known| known.verify_key().id() == key)
    };
    let root = [&CAST.root, &CAST.next_root].into_iter().find(|key| key.verify_key() == *state.root());
    let administrators = || state.administrators().iter().filter_map(key_of);
    match body {
        Body::Founder { .. } | Body::AdministratorAdd { .. } | Body::AdministratorRemove { .. } => {
            root.into_iter().collect()
        }
        Body::RootChange { .. } => {
            root.into_iter().chain([&CAST.next_root]).chain(administrators()).collect()
        }
        Body::PersonRekey { person, .. } => key_of(person).into_iter().collect(),
        Body::TeamMemberAdd { .. } | Body::TeamLeads { .. } | Body::TeamRules { .. } => {
            administrators().take(2).collect()
        }
        _ => administrators().take(1).collect(),
    }
}

/// Up to three who sign; usually one.
fn signers(choices: &mut Choices<'_>) -> Vec<&'static SigningKey> {
    (0..=choices.below(8).saturating_sub(5))
        .map(|_| match choices.below(16) {
            0..4 => &CAST.root,
            4 => &CAST.next_root,
            5 => &CAST.next_keys[person(choices).0].signing,
            _ => &CAST.keys[person(choices).0].signing,
        })
        .collect()
}

fn site(choices: &mut Choices<'_>) -> Site {
    let text = |text: &str| vec![Localised { language: Language::German, text: text.to_owned() }];
    Site {
        site: SiteId([choices.below(2) as u8; 16]),
        version: choices.below(4) as u32,
        name: "Beratung am Fluss".to_owned(),
        accent: [1, 2, 3],
        default_language: Language::German,
        team: team(choices),
        retention_days: choices.byte().into(),
        emergency: vec![EmergencyNumber { number: "112".to_owned(), names: text("Notruf") }],
        texts: generate(choices).unwrap_or_default(),
    }
}

fn body(log: &Log, choices: &mut Choices<'_>) -> Body {
    let organisation = log.organisation();
    let (which, who) = person(choices);
    let invitation = InvitationId([choices.below(4) as u8; 16]);
    let name = ["Anna", "Ben", "Cem", "Dora", "Emil"][which];
    let keys = if choices.below(8) == 0 { &CAST.next_keys[which] } else { &CAST.keys[which] };
    match choices.below(20) {
        0 | 1 => founder(organisation, who, name, keys),
        2 => Body::AdministratorAdd { person: who },
        3 => Body::AdministratorRemove { person: who },
        4 | 5 => Body::Invitation {
            invitation,
            key: CAST.invitation.signing_key().verify_key(),
            person: who,
            role: InvitedRole::Counselor,
            team: (choices.below(2) == 1).then(|| team(choices)),
            expires_ms: NOW_MS + choices.below(3) as u64 - 1,
        },
        6 => Body::InvitationWithdraw { invitation },
        7 | 8 => Body::PersonAdd {
            person: who,
            acceptance: accept(organisation, invitation, &CAST.invitation, name, keys),
        },
        9 => rekey(organisation, who, name, &CAST.next_keys[which]),
        10 => Body::PersonReinvite {
            person: who,
            acceptance: accept(organisation, invitation, &CAST.invitation, name, &CAST.next_keys[which]),
        },
        11 => Body::PersonRemove { person: who },
        12 => Body::TeamCreate {
            team: team(choices),
            name: name.to_owned(),
            leads: people(choices),
            rules: rules(choices),
        },
        13 => Body::TeamMemberAdd { team: team(choices), person: who },
        14 => Body::TeamMemberRemove { team: team(choices), person: who },
        15 => Body::TeamLeads { team: team(choices), leads: people(choices) },
        16 => Body::TeamRules { team: team(choices), rules: rules(choices) },
        17 => Body::SitePublish(site(choices)),
        18 => Body::RootChange { root_key: CAST.next_root.verify_key() },
        _ => generate(choices).unwrap_or(Body::Void { entry: plain_digest(b"never appended") }),
    }
}
