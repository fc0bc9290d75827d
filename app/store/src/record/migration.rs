//! Old records become new ones when they are read, one version at a time.
//!
//! To change a disk type: raise its `VERSION`, keep the old type in here, and add a [`Step`] that
//! reads the old body and writes the new one. Steps are never removed: an appliance may have slept
//! for years.

use crate::table::Table;
use std::borrow::Cow;

/// Turns the body of one version into the body of the next.
pub(super) struct Step {
    /// Which records.
    pub(super) table: Table,
    /// From which version; the result has the next one.
    pub(super) from: u8,
    /// The body without its version byte; `None` if it is not of that version.
    pub(super) run: fn(&[u8]) -> Option<Vec<u8>>,
}

/// All steps there ever were. Version 1 is the first.
pub(super) const STEPS: &[Step] = &[];

/// Runs all steps from one version to another; `None` if one is missing or refuses.
pub(super) fn migrate<'a>(
    steps: &[Step],
    table: Table,
    from: u8,
    to: u8,
    body: &'a [u8],
) -> Option<Cow<'a, [u8]>> {
    (from..to).try_fold(Cow::Borrowed(body), |body, version| {
        let step = steps.iter().find(|step| step.table == table && step.from == version)?;
        (step.run)(&body).map(Cow::Owned)
    })
}
