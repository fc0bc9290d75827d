//! The claim code: printed by a box that nobody owns yet, typed once into the set-up page.
//!
//! Twelve symbols of Crockford's base 32, shown as `7F4K-92QD-XM5V`. The last one is a check symbol
//! (Luhn modulo 32): it catches every wrong symbol and nearly every swap before anything is sent.
//! 55 random bits are enough, since the server admits few tries ([`crate::limit::CLAIM_TRIES_MAX`]).

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols, the check symbol included.
pub const SYMBOLS: usize = 12;

/// A code from random values; only their lowest five bits count. Normalised form.
#[must_use]
pub fn from_random(random: &[u8; SYMBOLS - 1]) -> String {
    let mut values: Vec<u8> = random.iter().map(|byte| byte & 31).collect();
    values.push(check_value(&values));
    values.into_iter().map(|value| char::from(ALPHABET[usize::from(value)])).collect()
}

/// Reads a code as typed: any case, spaces and dashes anywhere, O for 0, I and L for 1.
/// `None` if it has another length, a foreign symbol, or the check symbol does not fit.
#[must_use]
pub fn normalise(typed: &str) -> Option<String> {
    let mut values = Vec::with_capacity(SYMBOLS);
    for symbol in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
    {
        let symbol = match symbol.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = ALPHABET.iter().position(|known| char::from(*known) == symbol)?;
        if values.len() == SYMBOLS {
            return None;
        }
        values.push(value as u8);
    }
    let (check, rest) = values.split_last()?;
    (values.len() == SYMBOLS && check_value(rest) == *check)
        .then(|| values.iter().map(|value| char::from(ALPHABET[usize::from(*value)])).collect())
}

/// A normalised code in groups, as printed.
#[must_use]
pub fn grouped(code: &str) -> String {
    let symbols: Vec<char> = code.chars().collect();
    symbols.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Luhn modulo 32: from the right, every second value is doubled, digits of the product summed.
fn check_value(values: &[u8]) -> u8 {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(place, value)| {
            let product = u32::from(*value) * if place % 2 == 0 { 2 } else { 1 };
            product / 32 + product % 32
        })
        .sum();
    ((32 - sum % 32) % 32) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_codes_are_read_kindly() {
        let code = from_random(&[1, 0, 31, 7, 9, 200, 33, 64, 5, 77, 18]);
        assert_eq!(code.len(), SYMBOLS);
        let printed = grouped(&code);
        assert_eq!(printed.len(), SYMBOLS + 2);
        for typed in [&*code, &*printed, &printed.to_lowercase(), &format!(" {printed} ")] {
            assert_eq!(normalise(typed).as_deref(), Some(&*code), "{typed}");
        }
        let confused = code.replace('0', "o").replace('1', "l");
        assert_eq!(normalise(&confused).as_deref(), Some(&*code));
        for bad in ["", "7F4K", &format!("{code}0"), "ÄÖÜ", &"U".repeat(SYMBOLS), &"0".repeat(1000)] {
            assert_eq!(normalise(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_wrong_symbol_and_most_swaps_are_noticed() {
        let code: Vec<char> = from_random(&[3, 14, 15, 9, 26, 5, 30, 8, 1, 22, 17]).chars().collect();
        for place in 0..SYMBOLS {
            for symbol in ALPHABET.iter().map(|symbol| char::from(*symbol)).filter(|s| *s != code[place]) {
                let mut wrong = code.clone();
                wrong[place] = symbol;
                assert_eq!(normalise(&wrong.iter().collect::<String>()), None);
            }
        }
        let swaps = (1..SYMBOLS).filter(|place| {
            let mut wrong = code.clone();
            wrong.swap(place - 1, *place);
            normalise(&wrong.iter().collect::<String>()).is_none()
        });
        assert_eq!(swaps.count(), SYMBOLS - 1);
    }
}
