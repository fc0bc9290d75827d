//! Why something can't be said in the log now.

use crate::signature::SignatureError;

/// Why a well-signed statement does not fit the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// A second root entry.
    #[error("the organisation exists already")]
    RootTwice,
    /// Names somebody who is not (or no longer) there.
    #[error("unknown person")]
    UnknownPerson,
    /// Names a team that is not there.
    #[error("unknown team")]
    UnknownTeam,
    /// Names a site that is not there.
    #[error("unknown site")]
    UnknownSite,
    /// Names an invitation that is unknown, used, withdrawn or for somebody else.
    #[error("unknown invitation")]
    UnknownInvitation,
    /// The invitation has run out.
    #[error("invitation has run out")]
    Expired,
    /// An id that is taken.
    #[error("id is taken")]
    Taken,
    /// A key that somebody has or had.
    #[error("key was used before")]
    KeyUsed,
    /// Nothing would change.
    #[error("nothing to change")]
    NoChange,
    /// A team must have a lead, and leads must be members.
    #[error("team without lead")]
    NoLead,
    /// The last administrator, or an administrator who must stop being one first.
    #[error("administrator is needed")]
    AdministratorNeeded,
    /// The site's version does not follow.
    #[error("version does not follow")]
    Version,
    /// More than a limit allows.
    #[error("too many")]
    TooMany,
    /// An acceptance or possession signature inside the body is wrong.
    #[error("acceptance does not verify")]
    Acceptance(#[source] SignatureError),
}
