//! The recovery code: opens the recovery wrap, and proves itself without being shown.

use crate::{
    code::{Code, CodeError},
    random::Random,
    secret::{Secret, SigningKey},
};
use zeroize::Zeroizing;

/// A recovery code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCode(Code);

impl RecoveryCode {
    /// Draws a new one.
    pub fn draw(random: &mut dyn Random) -> Self {
        Self(Code::draw(random))
    }

    /// Reads a code as typed.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        Code::parse(typed).map(Self)
    }

    /// The code as shown and printed: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn show(&self) -> Zeroizing<String> {
        self.0.show()
    }

    /// Opens the recovery wrap.
    #[must_use]
    pub fn wrap_key(&self) -> Secret {
        self.0.derive("beistand/1/recovery-wrap")
    }

    /// Proves the code to the server, which knows the public half.
    #[must_use]
    pub fn proof_key(&self) -> SigningKey {
        self.0.derive("beistand/1/recovery-proof").signing_key()
    }
}
