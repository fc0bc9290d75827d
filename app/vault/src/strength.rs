//! How many guesses a password withstands: zxcvbn. A module of its own in the browser
//! (feature `strength`), loaded only while somebody chooses a password.

/// Common logarithm of the expected guesses; words of `known` count as guessed.
#[must_use]
pub fn guesses_log10(password: &str, known: &[&str]) -> f64 {
    zxcvbn::zxcvbn(password, known).guesses_log10()
}

/// The same for the worker's boot script.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(js_name = guesses_log10)]
#[must_use]
pub fn guesses_for_worker(password: &str, known: Vec<String>) -> f64 {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    guesses_log10(password, &known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_and_strong_are_told_apart() {
        let check = |password: &str, known: &[&str], strong: bool| {
            let guesses = guesses_log10(password, known);
            assert_eq!(guesses >= 8.0, strong, "{password}: {guesses}");
        };
        check("password", &[], false);
        check("Passw0rd!", &[], false);
        check("passwort", &["passwort"], false);
        check("qwertzuiop", &[], false);
        check("Sonnenblume", &["sonnenblume"], false);
        check("lampe kranich ufer honig", &[], true);
        check("x9;Kq2!vTz", &[], true);
    }
}
