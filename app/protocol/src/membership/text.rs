//! Text from people inside signed statements: bounded, and nothing in it that reorders or hides
//! what is around it.

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("text is empty")]
    Empty,
    /// Longer than its limit.
    #[error("text is too long")]
    TooLong,
    /// Control, line separating, bidirectional override or other invisible formatting characters.
    #[error("text contains a forbidden character")]
    Forbidden,
}

/// Checks a single line (names, numbers).
///
/// # Errors
/// [`TextError`].
pub fn check_line(text: &str, bytes_max: usize) -> Result<(), TextError> {
    check(text, bytes_max, |_| false)
}

/// Checks a text of several lines.
///
/// # Errors
/// [`TextError`].
pub fn check_text(text: &str, bytes_max: usize) -> Result<(), TextError> {
    check(text, bytes_max, |c| c == '\n')
}

fn check(text: &str, bytes_max: usize, allowed: impl Fn(char) -> bool) -> Result<(), TextError> {
    if text.len() > bytes_max {
        return Err(TextError::TooLong);
    }
    let forbidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    if text.chars().any(|c| forbidden(c) && !allowed(c)) {
        return Err(TextError::Forbidden);
    }
    if text.trim().is_empty() { Err(TextError::Empty) } else { Ok(()) }
}
