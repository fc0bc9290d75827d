//! The log against a small organisation with keys of its own.

use super::*;
use crate::{
    api::LogHead,
    codec::{self, encode},
    id::{Digest, InvitationId, OrganisationId, PersonId, SiteId, TeamId},
    label, limit,
    signature::{KEM_KEY_BYTES, KemKey, Signature, SignatureError, VerifyKey, labelled, plain_digest},
    suite::Suite,
};
use ed25519_dalek::Signer as _;
use std::collections::BTreeSet;

#[derive(Clone)]
struct Key(ed25519_dalek::SigningKey);

impl Key {
    fn new(seed: u8) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]))
    }
    fn public(&self) -> VerifyKey {
        VerifyKey::try_from(self.0.verifying_key().to_bytes()).unwrap()
    }
    fn sign(&self, label: &str, bytes: &[u8]) -> Signature {
        Signature::from(self.0.sign(&labelled(label, bytes)).to_bytes())
    }
}

const ROOT: u8 = 200;
const NEW_ROOT: u8 = 201;
const INVITATION_KEY: u8 = 202;
const TEAM: TeamId = TeamId([7; 16]);
const OTHER_TEAM: TeamId = TeamId([8; 16]);
const NOW: u64 = 1_800_000_000_000;

fn person(seed: u8) -> PersonId {
    PersonId([seed; 16])
}

fn keys(seed: u8) -> PersonKeys {
    PersonKeys { signing: Key::new(seed).public(), kem: KemKey::try_from(vec![seed; KEM_KEY_BYTES]).unwrap() }
}

fn statement(log: Option<&Log>, body: Body) -> Statement {
    let head = log.map(Log::head);
    Statement {
        suite: Suite::One,
        organisation: log.map(Log::organisation),
        position: head.map_or(0, |head| head.length),
        previous: head.map(|head| head.digest),
        claimed_time_ms: NOW,
        body,
    }
}

fn entry(statement: &Statement, signers: &[u8]) -> Vec<u8> {
    let bytes = encode(statement);
    let mut signatures: Vec<_> = signers
        .iter()
        .map(|seed| {
            let key = Key::new(*seed);
            EntrySignature { key: key.public().id(), signature: key.sign(label::LOG_STATEMENT, &bytes) }
        })
        .collect();
    signatures.sort_by_key(|signature| signature.key);
    encode(&SignedEntry { statement: bytes, signatures })
}

fn root_body() -> Body {
    Body::Root {
        root_key: Key::new(ROOT).public(),
        product: "beistand".into(),
        name: "Hilfe e. V.".into(),
        freshness: Freshness::default(),
        nonce: [3; 32],
    }
}

fn founder(organisation: OrganisationId, seed: u8) -> Body {
    let content = AcceptanceContent {
        suite: Suite::One,
        organisation,
        invitation: None,
        name: format!("P{seed}"),
        keys: keys(seed),
    };
    let by_key = Key::new(seed).sign(label::INVITATION_ACCEPTANCE, &encode(&content));
    Body::Founder { person: person(seed), name: content.name, keys: content.keys, by_key }
}

fn acceptance(organisation: OrganisationId, invitation: u8, seed: u8) -> Acceptance {
    let signature = Signature::from([0; 64]);
    let mut acceptance = Acceptance {
        invitation: InvitationId([invitation; 16]),
        name: format!("P{seed}"),
        keys: keys(seed),
        by_invitation: signature,
        by_key: signature,
    };
    let content = encode(&acceptance.content(organisation));
    acceptance.by_invitation = Key::new(INVITATION_KEY).sign(label::INVITATION_ACCEPTANCE, &content);
    acceptance.by_key = Key::new(seed).sign(label::INVITATION_ACCEPTANCE, &content);
    acceptance
}

fn invitation(id: u8, seed: u8) -> Body {
    Body::Invitation {
        invitation: InvitationId([id; 16]),
        key: Key::new(INVITATION_KEY).public(),
        person: person(seed),
        role: InvitedRole::Counselor,
        team: Some(TEAM),
        expires_ms: NOW,
    }
}

fn site(version: u32, team: TeamId) -> Site {
    let names = vec![Localised { language: Language::German, text: "Notruf".into() }];
    Site {
        site: SiteId([5; 16]),
        version,
        name: "Fluss".into(),
        accent: [1, 2, 3],
        default_language: Language::German,
        team,
        retention_days: 30,
        emergency: vec![EmergencyNumber { number: "112".into(), names }],
        texts: vec![],
    }
}

/// People 1..=5; the first `administrators` of them are administrators; team of 1 (lead), 4.
fn organisation(administrators: u8, rules: TeamRules) -> Log {
    let mut log = Log::begin(None, &entry(&statement(None, root_body()), &[ROOT])).unwrap();
    let say = |log: &mut Log, body: Body, signers: &[u8]| {
        let bytes = entry(&statement(Some(log), body), signers);
        log.append(&bytes).unwrap();
    };
    for seed in 1..=5 {
        let body = founder(log.organisation(), seed);
        say(&mut log, body, &[ROOT]);
    }
    for seed in 1..=administrators {
        say(&mut log, Body::AdministratorAdd { person: person(seed) }, &[ROOT]);
    }
    if administrators > 0 {
        let leads = vec![person(1)];
        say(&mut log, Body::TeamCreate { team: TEAM, name: "Fluss".into(), leads, rules }, &[1]);
        let signers: &[u8] = if administrators >= 2 { &[1, 2] } else { &[1] };
        say(&mut log, Body::TeamMemberAdd { team: TEAM, person: person(4) }, signers);
    }
    log
}

fn check(log: &Log, body: Body, signers: &[u8], expect: Result<(), EntryError>) {
    let bytes = entry(&statement(Some(log), body.clone()), signers);
    assert_eq!(log.check(&bytes).map(drop), expect, "{body:?} by {signers:?}");
}

const MISSING: EntryError = EntryError::Authority(AuthorityError::Missing);

/// All bodies, each once in a form that fits the organisation above (or nearly).
fn bodies(log: &Log) -> Vec<(&'static str, Body)> {
    let open = TeamRules { assigned_only: false, ..TeamRules::default() };
    let strict = TeamRules { history_for_new_members: false, ..TeamRules::default() };
    let content = AcceptanceContent {
        suite: Suite::One,
        organisation: log.organisation(),
        invitation: None,
        name: "P4".into(),
        keys: keys(44),
    };
    let by_key = Key::new(44).sign(label::INVITATION_ACCEPTANCE, &encode(&content));
    vec![
        ("founder", founder(log.organisation(), 9)),
        ("administrator-add", Body::AdministratorAdd { person: person(5) }),
        ("administrator-remove", Body::AdministratorRemove { person: person(2) }),
        ("invitation", invitation(1, 30)),
        ("invitation-withdraw", Body::InvitationWithdraw { invitation: InvitationId([1; 16]) }),
        (
            "person-add",
            Body::PersonAdd { person: person(30), acceptance: acceptance(log.organisation(), 1, 30) },
        ),
        ("person-rekey", Body::PersonRekey { person: person(4), keys: keys(44), by_key }),
        (
            "reinvite-member",
            Body::PersonReinvite { person: person(4), acceptance: acceptance(log.organisation(), 2, 45) },
        ),
        (
            "reinvite-outsider",
            Body::PersonReinvite { person: person(5), acceptance: acceptance(log.organisation(), 2, 45) },
        ),
        (
            "reinvite-administrator",
            Body::PersonReinvite { person: person(1), acceptance: acceptance(log.organisation(), 2, 45) },
        ),
        ("person-remove", Body::PersonRemove { person: person(4) }),
        (
            "team-create",
            Body::TeamCreate {
                team: OTHER_TEAM,
                name: "See".into(),
                leads: vec![person(5)],
                rules: TeamRules::default(),
            },
        ),
        ("member-add", Body::TeamMemberAdd { team: TEAM, person: person(5) }),
        ("member-remove", Body::TeamMemberRemove { team: TEAM, person: person(4) }),
        ("leads-more", Body::TeamLeads { team: TEAM, leads: vec![person(1), person(4)] }),
        ("leads-other", Body::TeamLeads { team: TEAM, leads: vec![person(4)] }),
        ("rules-wider", Body::TeamRules { team: TEAM, rules: open }),
        ("rules-narrower", Body::TeamRules { team: TEAM, rules: strict }),
        ("site", Body::SitePublish(site(1, TEAM))),
        ("name", Body::OrganisationName { name: "Neu".into() }),
        ("root-change", Body::RootChange { root_key: Key::new(NEW_ROOT).public() }),
        ("void", Body::Void { entry: Digest([6; 32]) }),
        ("workload", Body::TeamWorkload { team: TEAM, shown: true }),
        ("factor-demand", Body::SecondFactorDemand { demanded: true }),
        ("read-along", Body::TeamReadAlong { team: TEAM, leads: true }),
        ("read-along-no-more", Body::TeamReadAlong { team: TEAM, leads: false }),
        ("groups", Body::SiteGroups { site: site(1, TEAM).site, allowed: true }),
    ]
}

/// Every set of signers out of root, new root, and people 1..=5, against every body, for every
/// number of administrators: the table decides exactly as the prose of the design does.
#[test]
fn p12_authority_table_is_exactly_the_designs() {
    for administrators in 0..=4u8 {
        for four_eyes in [true, false] {
            let rules = TeamRules { four_eyes, ..TeamRules::default() };
            let log = organisation(administrators, rules);
            let state = log.state();
            for (name, body) in bodies(&log) {
                for set in 0u32..1 << 7 {
                    let signers: BTreeSet<Signer> = (0..7)
                        .filter(|bit| set & (1 << bit) != 0)
                        .map(|bit| match bit {
                            0 => Signer::Root,
                            1 => Signer::NewRoot,
                            seed => Signer::Person(person(seed - 1)),
                        })
                        .collect();
                    let signers: Vec<_> = signers.into_iter().collect();
                    let may = authorise(state, &signers, &body).is_ok();
                    let expect = expected(name, administrators, four_eyes, &signers);
                    assert_eq!(
                        may, expect,
                        "{name}, {administrators} administrators, {four_eyes}, {signers:?}"
                    );
                }
            }
        }
    }
}

/// The design's prose, written a second time and differently.
fn expected(name: &str, administrators: u8, four_eyes: bool, signers: &[Signer]) -> bool {
    let is_admin = |signer: &Signer| matches!(signer, Signer::Person(who) if who.0[0] <= administrators);
    let admins = signers.iter().filter(|signer| is_admin(signer)).count();
    let root = signers.contains(&Signer::Root);
    let new_root = signers.contains(&Signer::NewRoot);
    let others = signers.len() - admins - usize::from(root) - usize::from(new_root);
    let by = |who: u8| signers.contains(&Signer::Person(person(who)));
    let only_admins = |least: usize| !root && !new_root && others == 0 && admins >= least;
    let two = if administrators >= 2 && four_eyes { 2 } else { 1 };
    match name {
        "founder" => root && signers.len() == 1,
        "administrator-add" if administrators < 2 => root && signers.len() == 1,
        "administrator-remove" if administrators <= 2 => root && signers.len() == 1,
        // Root alone, or two administrators (root may sign along).
        "administrator-add" | "administrator-remove" => !new_root && others == 0 && (root || admins >= 2),
        "invitation"
        | "invitation-withdraw"
        | "person-add"
        | "person-remove"
        | "team-create"
        | "site"
        | "name"
        | "void"
        | "workload"
        | "factor-demand"
        | "read-along-no-more"
        | "groups"
        | "rules-narrower"
        | "reinvite-outsider" => only_admins(1),
        "person-rekey" => by(4) && signers.len() == 1,
        "reinvite-member" => {
            // With four administrators person 4 is one, which is guarded whatever the team says.
            let guarded = if administrators >= 4 { 2 } else { two };
            match administrators >= 4 {
                true => !new_root && others == 0 && (root || admins >= guarded),
                false => only_admins(if administrators == 0 { 1 } else { guarded }),
            }
        }
        "reinvite-administrator" => match administrators {
            0 => only_admins(1),
            1 => !new_root && others == 0 && (root || admins >= 1),
            _ => !new_root && others == 0 && (root || admins >= 2),
        },
        "member-add" | "leads-more" | "leads-other" | "rules-wider" | "read-along" => only_admins(two),
        "member-remove" => {
            // The lead is person 1, an administrator as soon as there is one.
            only_admins(1)
        }
        "root-change" => {
            let majority = if administrators == 0 { 0 } else { usize::from(administrators) / 2 + 1 };
            root && new_root && others == 0 && admins >= majority
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_lead_who_is_no_administrator_may_only_narrow_the_team() {
    let mut log = organisation(1, TeamRules::default());
    let bytes = entry(
        &statement(Some(&log), Body::TeamLeads { team: TEAM, leads: vec![person(1), person(4)] }),
        &[1],
    );
    log.append(&bytes).unwrap();
    let bytes = entry(&statement(Some(&log), Body::TeamMemberAdd { team: TEAM, person: person(5) }), &[1]);
    log.append(&bytes).unwrap();
    check(&log, Body::TeamMemberRemove { team: TEAM, person: person(5) }, &[4], Ok(()));
    let stranger = EntryError::Authority(AuthorityError::NotEntitled(Signer::Person(person(4))));
    check(&log, Body::TeamMemberAdd { team: TEAM, person: person(3) }, &[4], Err(stranger));
    check(&log, Body::TeamLeads { team: TEAM, leads: vec![person(4)] }, &[4], Err(stranger));
    let stranger = EntryError::Authority(AuthorityError::NotEntitled(Signer::Person(person(5))));
    check(&log, Body::TeamMemberRemove { team: TEAM, person: person(4) }, &[5], Err(stranger));
}

#[test]
fn p12_forged_entries_are_refused() {
    let log = organisation(2, TeamRules::default());
    let body = Body::TeamMemberAdd { team: TEAM, person: person(5) };
    check(&log, body.clone(), &[1, 2], Ok(()));
    check(&log, body.clone(), &[1], Err(MISSING));
    check(&log, body.clone(), &[], Err(MISSING));
    check(&log, body.clone(), &[99], Err(EntryError::UnknownKey));
    let mut doubled: SignedEntry = codec::decode(&entry(&statement(Some(&log), body.clone()), &[1])).unwrap();
    doubled.signatures.push(doubled.signatures[0]);
    assert_eq!(log.check(&encode(&doubled)).map(drop), Err(EntryError::Order));
    // A signature by one under the name of another.
    let mut renamed: SignedEntry = codec::decode(&entry(&statement(Some(&log), body.clone()), &[1])).unwrap();
    renamed.signatures[0].key = Key::new(2).public().id();
    let mismatch = EntryError::Signature(SignatureError::Mismatch);
    assert_eq!(log.check(&encode(&renamed)).map(drop), Err(mismatch));
    // Changed after signing; another label.
    let mut changed: SignedEntry =
        codec::decode(&entry(&statement(Some(&log), body.clone()), &[1, 2])).unwrap();
    *changed.statement.last_mut().unwrap() ^= 1;
    assert_eq!(log.check(&encode(&changed)).map(drop), Err(mismatch));
    let mut relabelled: SignedEntry =
        codec::decode(&entry(&statement(Some(&log), body.clone()), &[1, 2])).unwrap();
    let key = Key::new(1);
    for signature in &mut relabelled.signatures {
        if signature.key == key.public().id() {
            signature.signature = key.sign(label::SIGHTING, &relabelled.statement);
        }
    }
    assert_eq!(log.check(&encode(&relabelled)).map(drop), Err(mismatch));
    // Another place, another predecessor, another organisation, trailing bytes, too large.
    let good = statement(Some(&log), body);
    for bad in [
        Statement { position: good.position + 1, ..good.clone() },
        Statement { previous: Some(Digest([0; 32])), ..good.clone() },
        Statement { previous: None, ..good.clone() },
        Statement { organisation: Some(OrganisationId([0; 32])), ..good.clone() },
        Statement { organisation: None, ..good.clone() },
    ] {
        assert_eq!(log.check(&entry(&bad, &[1, 2])).map(drop), Err(EntryError::DoesNotFollow));
    }
    let mut trailing = entry(&good, &[1, 2]);
    trailing.push(0);
    assert!(matches!(log.check(&trailing), Err(EntryError::Malformed(_))));
    assert!(matches!(log.check(&vec![0; limit::LOG_ENTRY_BYTES_MAX + 1]), Err(EntryError::TooLarge)));
}

#[test]
fn p13_the_organisation_is_the_first_entry() {
    let first = entry(&statement(None, root_body()), &[ROOT]);
    let log = Log::begin(None, &first).unwrap();
    assert_eq!(log.organisation().0, plain_digest(&first).0);
    assert!(Log::begin(Some(log.organisation()), &first).is_ok());
    assert!(matches!(Log::begin(Some(OrganisationId([1; 32])), &first), Err(EntryError::OtherOrganisation)));
    assert!(Log::begin(None, &entry(&statement(None, root_body()), &[1])).is_err());
    assert!(Log::begin(None, &entry(&statement(None, root_body()), &[])).is_err());
    let again = statement(Some(&log), root_body());
    assert!(matches!(log.check(&entry(&again, &[ROOT])), Err(EntryError::State(StateError::RootTwice))));
    let unknown_suite = {
        let mut bytes = encode(&statement(None, root_body()));
        bytes[0] = 2;
        encode(&SignedEntry { statement: bytes, signatures: vec![] })
    };
    assert!(matches!(Log::begin(None, &unknown_suite), Err(EntryError::Malformed(_))));
}

#[test]
fn p14_forks_and_rollbacks_are_told_apart() {
    let mut log = organisation(1, TeamRules::default());
    let old = log.head();
    let bytes = entry(&statement(Some(&log), Body::OrganisationName { name: "Eins".into() }), &[1]);
    let mut fork = log.clone();
    log.append(&bytes).unwrap();
    let bytes = entry(&statement(Some(&fork), Body::OrganisationName { name: "Zwei".into() }), &[1]);
    fork.append(&bytes).unwrap();
    assert!(!log.contradicts(&old) && log.at(&old).is_some());
    assert!(log.contradicts(&fork.head()));
    let beyond = LogHead { length: log.head().length + 1, digest: Digest([0; 32]) };
    assert!(!log.contradicts(&beyond) && log.at(&beyond).is_none());
    let sight = |head: LogHead, seed: u8| {
        let key = Key::new(seed);
        let sighting = encode(&Sighting {
            suite: Suite::One,
            organisation: log.organisation(),
            person: person(4),
            key: Key::new(4).public().id(),
            head,
            claimed_time_ms: NOW,
        });
        SignedSighting { signature: key.sign(label::SIGHTING, &sighting), sighting }
    };
    let seen = sight(log.head(), 4).verify(&log).unwrap();
    assert_eq!(sight(fork.head(), 4).verify(&log), Err(SightingError::Fork));
    assert_eq!(sight(beyond, 4).verify(&log), Err(SightingError::Ahead));
    assert_eq!(sight(fork.head(), 5).verify(&log), Err(SightingError::Signature(SignatureError::Mismatch)));
    let day = 24 * 60 * 60 * 1000;
    let judge_as = |judge, now| {
        let confirmed_ms = head_confirmed_ms(log.state(), &[seen], judge, now);
        head_freshness(Freshness::default(), confirmed_ms, now)
    };
    let judge = |now| judge_as(None, now);
    assert_eq!(judge(NOW + 13 * day), HeadFreshness::Fresh);
    assert_eq!(judge(NOW + 14 * day), HeadFreshness::Banner);
    assert_eq!(judge(NOW + 30 * day), HeadFreshness::LeadsOnly);
    assert_eq!(judge(0), HeadFreshness::Fresh, "a clock behind is no reason");
    // The own word counts for nobody who has colleagues, and a clock ahead of its time for nobody.
    let entry_ms = log.state().head_time_ms();
    let late = Sighting { claimed_time_ms: entry_ms + 20 * day, ..seen };
    let confirmed = |sighting, judge, now| head_confirmed_ms(log.state(), &[sighting], judge, now);
    assert_eq!(confirmed(late, None, entry_ms + 20 * day), entry_ms + 20 * day);
    assert_eq!(confirmed(late, Some(person(1)), entry_ms + 20 * day), entry_ms + 20 * day);
    assert_eq!(confirmed(late, Some(person(4)), entry_ms + 20 * day), entry_ms);
    assert_eq!(confirmed(late, None, entry_ms + 18 * day), entry_ms, "claims to come from the future");
}

#[test]
fn invitations_are_used_once_and_in_time() {
    let mut log = organisation(1, TeamRules::default());
    let say = |log: &mut Log, body: Body| {
        let bytes = entry(&statement(Some(log), body), &[1]);
        log.append(&bytes).map(drop)
    };
    say(&mut log, invitation(1, 30)).unwrap();
    let organisation = log.organisation();
    let add = |invitation: u8, who: u8, seed: u8| Body::PersonAdd {
        person: person(who),
        acceptance: acceptance(organisation, invitation, seed),
    };
    let unknown = Err(EntryError::State(StateError::UnknownInvitation));
    check(&log, add(2, 30, 30), &[1], unknown);
    check(&log, add(1, 31, 30), &[1], unknown);
    // Keys slipped in by somebody without the secret, or without the new key.
    for swap in [0, 1] {
        let Body::PersonAdd { person, mut acceptance } = add(1, 30, 30) else { panic!("add") };
        let forged =
            Key::new(77).sign(label::INVITATION_ACCEPTANCE, &encode(&acceptance.content(organisation)));
        if swap == 0 {
            acceptance.by_invitation = forged
        } else {
            acceptance.by_key = forged
        }
        let mismatch = StateError::Acceptance(SignatureError::Mismatch);
        check(&log, Body::PersonAdd { person, acceptance }, &[1], Err(EntryError::State(mismatch)));
    }
    let mut late = statement(Some(&log), add(1, 30, 30));
    late.claimed_time_ms = NOW + 1;
    assert_eq!(log.check(&entry(&late, &[1])).map(drop), Err(EntryError::State(StateError::Expired)));
    say(&mut log, add(1, 30, 30)).unwrap();
    check(&log, add(1, 30, 31), &[1], unknown);
    // Withdrawn ones can't be used, and no id or key comes twice.
    let taken = Err(EntryError::State(StateError::Taken));
    check(&log, invitation(1, 31), &[1], taken);
    check(&log, invitation(3, 31), &[1], Err(EntryError::State(StateError::KeyUsed)));
}

#[test]
fn states_that_must_not_be() {
    let log = organisation(1, TeamRules::default());
    let state = |error| Err(EntryError::State(error));
    check(
        &log,
        Body::AdministratorRemove { person: person(1) },
        &[ROOT],
        state(StateError::AdministratorNeeded),
    );
    check(&log, Body::PersonRemove { person: person(1) }, &[1], state(StateError::AdministratorNeeded));
    check(&log, Body::PersonRemove { person: person(99) }, &[1], state(StateError::UnknownPerson));
    let create =
        |leads| Body::TeamCreate { team: OTHER_TEAM, name: "See".into(), leads, rules: TeamRules::default() };
    check(&log, create(vec![]), &[1], state(StateError::NoLead));
    check(&log, create(vec![person(5), person(5)]), &[1], state(StateError::NoLead));
    check(&log, create(vec![person(99)]), &[1], state(StateError::UnknownPerson));
    check(&log, Body::TeamLeads { team: TEAM, leads: vec![] }, &[1], state(StateError::NoLead));
    check(&log, Body::TeamLeads { team: TEAM, leads: vec![person(5)] }, &[1], state(StateError::NoLead));
    check(&log, Body::TeamMemberRemove { team: TEAM, person: person(1) }, &[1], state(StateError::NoLead));
    check(
        &log,
        Body::TeamMemberAdd { team: OTHER_TEAM, person: person(5) },
        &[1],
        state(StateError::UnknownTeam),
    );
    check(&log, Body::SitePublish(site(2, TEAM)), &[1], state(StateError::Version));
    check(&log, Body::SitePublish(site(1, OTHER_TEAM)), &[1], state(StateError::UnknownTeam));
    let value = |change: fn(&mut Site)| {
        let mut changed = site(1, TEAM);
        change(&mut changed);
        let bytes = entry(&statement(Some(&log), Body::SitePublish(changed)), &[1]);
        assert!(matches!(log.check(&bytes), Err(EntryError::Value(_))));
    };
    value(|site| site.emergency.clear());
    value(|site| site.emergency[0].number = "112<script>".into());
    value(|site| site.emergency[0].names.clear());
    value(|site| site.name = "a\u{202e}b".into());
    value(|site| site.name = "a\u{2028}b".into());
    value(|site| site.name = " ".into());
    value(|site| site.name = "x".repeat(121));
    value(|site| site.retention_days = 0);
    value(|site| site.site = SiteId([0; 16]));
}

#[test]
fn removals_and_new_keys_make_generations_stale() {
    let mut log = organisation(1, TeamRules::default());
    let fresh = log.state().team(TEAM).unwrap().fresh_from();
    let say = |log: &mut Log, body: Body, signer: u8| {
        let bytes = entry(&statement(Some(log), body), &[signer]);
        log.append(&bytes).map(drop)
    };
    say(&mut log, Body::TeamMemberAdd { team: TEAM, person: person(5) }, 1).unwrap();
    assert_eq!(log.state().team(TEAM).unwrap().fresh_from(), fresh, "additions leave it fresh");
    let (_, rekey) = bodies(&log).into_iter().find(|(name, _)| *name == "person-rekey").unwrap();
    say(&mut log, rekey, 4).unwrap();
    assert_eq!(log.state().team(TEAM).unwrap().fresh_from(), log.head().length);
    // The former key signs nothing any more.
    check(&log, Body::TeamMemberRemove { team: TEAM, person: person(5) }, &[4], Err(EntryError::UnknownKey));
    say(&mut log, Body::PersonRemove { person: person(5) }, 1).unwrap();
    let team = log.state().team(TEAM).unwrap();
    assert_eq!(team.fresh_from(), log.head().length);
    assert!(!team.is_member(person(5)));
    assert!(log.state().person(person(5)).is_none());
    assert_eq!(log.state().person_or_former(person(5)).unwrap().name(), "P5");
}

#[test]
fn a_void_entry_never_counts() {
    let mut log = organisation(1, TeamRules::default());
    let lost = entry(&statement(Some(&log), Body::OrganisationName { name: "Verloren".into() }), &[1]);
    let void = Body::Void { entry: plain_digest(&lost) };
    let bytes = entry(&statement(Some(&log), void), &[1]);
    log.append(&bytes).unwrap();
    assert!(log.state().is_void(&plain_digest(&lost)));
    assert!(matches!(log.check(&lost), Err(EntryError::DoesNotFollow)));
}
