//! What people type: recovery code, root secret, invitation secret, claim code, ids in addresses.

use crate::{Depth, generate::Choices};
use beistand_protocol::{claim_code, id};
use beistand_vault::{code::Code, membership::RootSecret, recovery::RecoveryCode};

/// Tries one input: as typed; or a true code, written in another way; or with one wrong symbol.
pub fn run(input: &[u8]) -> Depth {
    let Some((how, rest)) = input.split_first() else { return Depth::Refused };
    match how % 3 {
        0 => read(&String::from_utf8_lossy(rest)),
        1 => spelled(&mut Choices::new(rest)),
        _ => mistyped(&mut Choices::new(rest)),
    }
}

fn read(typed: &str) -> Depth {
    let code = Code::parse(typed);
    if let Ok(code) = &code {
        let again = Code::parse(&code.show());
        assert!(again.is_ok_and(|again| again == *code), "a code is not read as shown");
    }
    assert_eq!(RecoveryCode::parse(typed).is_ok(), code.is_ok());
    assert_eq!(RootSecret::parse(typed).is_ok(), code.is_ok());
    let claim = claim_code::normalise(typed);
    if let Some(claim) = &claim {
        let grouped = claim_code::grouped(claim);
        assert_eq!(
            claim_code::normalise(&grouped).as_ref(),
            Some(claim),
            "a claim code is not read as printed"
        );
    }
    if let Some(id) = id::ConversationId::from_hex(typed) {
        assert!(id.to_hex().eq_ignore_ascii_case(typed), "an id has two spellings");
    }
    if code.is_ok() || claim.is_some() { Depth::Accepted } else { Depth::Refused }
}

/// Randomness that is a choice.
struct Chosen<'c, 'a>(&'c mut Choices<'a>);

impl beistand_vault::random::Random for Chosen<'_, '_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.byte());
    }
}

/// Every way to write a code that the page promises to read.
fn spelled(choices: &mut Choices<'_>) -> Depth {
    let code = Code::draw(&mut Chosen(choices));
    let mut typed = String::new();
    for symbol in code.show().chars() {
        match (symbol, choices.byte() % 6) {
            ('0', 0) => typed.push('o'),
            ('1', 0) => typed.push('l'),
            ('1', 1) => typed.push('I'),
            ('-', 0) => {}
            ('-', 1) => typed.push_str(" \u{2013} "),
            (symbol, 2) => typed.extend([symbol.to_ascii_lowercase(), ' ']),
            (symbol, _) => typed.push(symbol),
        }
    }
    let read = Code::parse(&typed);
    assert!(read.is_ok_and(|read| read == code), "a spelling is refused: {typed:?}");
    Depth::Accepted
}

/// One wrong symbol in a claim code is always noticed: its check symbol promises so.
fn mistyped(choices: &mut Choices<'_>) -> Depth {
    let random = std::array::from_fn(|_| choices.byte());
    let code = claim_code::from_random(&random);
    assert_eq!(claim_code::normalise(&code).as_deref(), Some(&*code));
    let mut wrong: Vec<u8> = code.clone().into_bytes();
    let at = choices.below(wrong.len());
    wrong[at] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[choices.below(32)];
    let wrong = String::from_utf8_lossy(&wrong).into_owned();
    assert_eq!(
        claim_code::normalise(&wrong).is_some(),
        wrong == code,
        "a wrong symbol passes: {wrong} for {code}"
    );
    Depth::Accepted
}
