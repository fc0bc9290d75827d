//! Bytes that nobody honest made: nothing panics, nothing is shown that was not written.

use super::*;
use beistand_protocol::{membership::SignedEntry, team::SignedTeamGeneration, wrap::Wrap};

/// Changes a byte, cuts, or repeats a part.
fn damage(bytes: &[u8], random: &mut DangerousSeeded) -> Vec<u8> {
    let [how, value, a, b, c, d] = draw(random);
    let place = |high: u8, low: u8| (usize::from(high) << 8 | usize::from(low)) % bytes.len().max(1);
    let mut damaged = bytes.to_vec();
    match how % 4 {
        0 => damaged.truncate(place(a, b)),
        1 => damaged.extend_from_slice(&bytes[place(a, b)..]),
        2 => damaged[place(a, b)] = value,
        _ => damaged.swap(place(a, b), place(c, d)),
    }
    damaged
}

#[test]
fn damaged_envelopes_never_panic_and_show_nothing_new() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    ben.post(&world, &mut stored, &text("Antwort"));
    seeker.fetch(&world, &stored);
    let honest = ["Hallo, ist da jemand?", "Antwort"];
    let random = &mut DangerousSeeded::new(b"hostile envelopes");
    for round in 0..400 {
        let mut damaged = stored.clone();
        let [which] = draw::<1>(random);
        let envelope = &mut damaged[usize::from(which) % stored.len()];
        if round % 5 == 0 {
            let Ok(other) = codec::decode(&damage(&codec::encode(envelope), random)) else { continue };
            *envelope = other;
        } else {
            envelope.sealed.0 = damage(&envelope.sealed.0, random);
        }
        let mut browser = Browser::staff(&world.ben, TALK, 9);
        let id = browser.conversation.id();
        let view = world.view(&world.ben.teams);
        let device = DeviceSessionId([9; 16]);
        let Ok((_, all)) = Conversation::load(id, browser.party.clone(), device, &view, &damaged) else {
            continue;
        };
        for shown in words(&all) {
            assert!(honest.contains(&&*shown), "round {round}: {shown}");
        }
        let [byte] = draw::<1>(random);
        let typing = damage(&vec![byte; 1100], random);
        assert!(browser.conversation.apply_typing(&view, &typing).is_err());
    }
}

#[test]
fn damaged_statements_never_panic_and_are_refused() {
    let world = World::new(TeamRules::default());
    let random = &mut DangerousSeeded::new(b"hostile statements");
    let newest = world.entries.len() - 1;
    let mut before = beistand_protocol::membership::Log::begin(None, &world.entries[0]).unwrap();
    for entry in &world.entries[1..newest] {
        before.append(entry).unwrap();
    }
    assert!(before.check(&world.entries[newest]).is_ok());
    let generation = world.generations.newest(TEAM).unwrap();
    let encoded = {
        let former = crate::team::make_generation(
            world.state(),
            TEAM,
            world.ben.id,
            &world.ben.keys,
            Some((generation, None)),
            0,
            random,
        );
        codec::encode(&former.unwrap().0)
    };
    for _ in 0..2000 {
        let damaged = damage(&world.entries[newest], random);
        assert!(damaged == world.entries[newest] || before.check(&damaged).is_err());
        let damaged = damage(&encoded, random);
        if damaged != encoded
            && let Ok(signed) = codec::decode::<SignedTeamGeneration>(&damaged)
        {
            assert!(world.generations.clone().append(&signed, &world.log).is_err());
        }
        let _ = codec::decode::<SignedEntry>(&damaged);
        let _ = codec::decode::<Wrap>(&damaged);
        let _ = codec::decode::<SignedEpoch>(&damaged);
    }
}

#[test]
fn a_reader_can_not_break_others_with_its_counter() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    // The largest counter there is, then one more.
    let before = Digest([1; 32]);
    seeker.conversation.graph.dangerous_set(DeviceSessionId([1; 16]), u64::MAX - 1, before);
    let last = seeker.compose(&world, &text("letzte"));
    stored.push(last);
    let mut ben = Browser::staff(&world.ben, TALK, 2);
    let all = ben.load(&world, &stored);
    assert_eq!(all[2].as_ref().unwrap().alarms, [Alarm::Missing(before)]);
    seeker.fetch(&world, &stored);
    let beyond = seeker.compose(&world, &text("danach"));
    assert_eq!(refuse(&ben, &world, &beyond), ApplyError::Replayed);
}
