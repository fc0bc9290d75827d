//! The authority table: who may sign what in which state. The only place that decides it.

use super::{body::Body, state::State};
use crate::id::{PersonId, TeamId};

/// Who made a signature under an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signer {
    /// The root key in force (in the first entry: the one it names).
    Root,
    /// The root key that the entry itself introduces.
    NewRoot,
    /// An active person's key.
    Person(PersonId),
}

/// A role in which a signature counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The root key.
    Root,
    /// The new root key.
    NewRoot,
    /// Any active administrator.
    Administrator,
    /// A lead of the team.
    Lead(TeamId),
    /// Exactly this person.
    Person(PersonId),
}

/// What a statement needs: one of these alternatives, each a list of roles with how many distinct
/// signers of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement(pub Vec<Vec<(Part, usize)>>);

/// The signatures do not suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// A signature by somebody who has no say in this.
    #[error("signed by somebody who may not sign this")]
    NotEntitled(Signer),
    /// Entitled signers, but too few.
    #[error("signatures are missing")]
    Missing,
}

impl Part {
    fn covers(self, state: &State, signer: Signer) -> bool {
        match (self, signer) {
            (Self::Root, Signer::Root) | (Self::NewRoot, Signer::NewRoot) => true,
            (Self::Administrator, Signer::Person(person)) => state.is_administrator(person),
            (Self::Lead(team), Signer::Person(person)) => {
                state.team(team).is_some_and(|team| team.is_lead(person))
            }
            (Self::Person(who), Signer::Person(person)) => who == person && state.person(who).is_some(),
            _ => false,
        }
    }
}

/// The table itself.
#[must_use]
pub fn requirement(state: &State, body: &Body) -> Requirement {
    use Part::{Administrator, Lead, NewRoot, Person, Root};
    let administrators = state.administrators().len();
    // Two administrators where a team guards its readers so and there are two.
    let eyes = |team: TeamId| match state.team(team) {
        Some(team) if team.rules().four_eyes && administrators >= 2 => 2,
        _ => 1,
    };
    let alternatives = match body {
        Body::Root { .. } | Body::Founder { .. } => vec![vec![(Root, 1)]],
        // The first two come from the kit's root alone: one administrator can't make the second.
        Body::AdministratorAdd { .. } if administrators < 2 => vec![vec![(Root, 1)]],
        Body::AdministratorAdd { .. } => vec![vec![(Root, 1)], vec![(Administrator, 2)]],
        // Going back from two to one would switch four-eyes off: root only.
        Body::AdministratorRemove { .. } if administrators <= 2 => vec![vec![(Root, 1)]],
        Body::AdministratorRemove { .. } => vec![vec![(Root, 1)], vec![(Administrator, 2)]],
        Body::PersonRekey { person, .. } => vec![vec![(Person(*person), 1)]],
        // Whoever gets somebody's place by invitation reads what that place reads.
        Body::PersonReinvite { person, .. } => {
            let count = state.teams_of(*person).map(|team| eyes(team.id())).max();
            let administrator = state.is_administrator(*person);
            let count = if administrator && administrators >= 2 { 2 } else { count.unwrap_or(1) };
            match administrator {
                true => vec![vec![(Root, 1)], vec![(Administrator, count)]],
                false => vec![vec![(Administrator, count)]],
            }
        }
        Body::TeamMemberAdd { team, .. } => vec![vec![(Administrator, eyes(*team))]],
        Body::TeamMemberRemove { team, .. } => vec![vec![(Administrator, 1)], vec![(Lead(*team), 1)]],
        Body::TeamLeads { team, leads } => {
            let widens = state.team(*team).is_none_or(|team| leads.iter().any(|lead| !team.is_lead(*lead)));
            vec![vec![(Administrator, if widens { eyes(*team) } else { 1 })]]
        }
        Body::TeamRules { team, rules } => {
            let widens = state.team(*team).is_none_or(|team| team.rules().widened_by(rules));
            vec![vec![(Administrator, if widens { eyes(*team) } else { 1 })]]
        }
        // Whoever is to read what others have taken is a new reader of it.
        Body::TeamReadAlong { team, leads } => {
            vec![vec![(Administrator, if *leads { eyes(*team) } else { 1 })]]
        }
        Body::RootChange { .. } => {
            let majority = if administrators == 0 { 0 } else { administrators / 2 + 1 };
            vec![vec![(Root, 1), (NewRoot, 1), (Administrator, majority)]]
        }
        Body::Invitation { .. }
        | Body::InvitationWithdraw { .. }
        | Body::PersonAdd { .. }
        | Body::PersonRemove { .. }
        | Body::TeamCreate { .. }
        | Body::SitePublish(_)
        | Body::OrganisationName { .. }
        | Body::Void { .. }
        | Body::TeamWorkload { .. }
        | Body::SecondFactorDemand { .. }
        | Body::SiteGroups { .. } => vec![vec![(Administrator, 1)]],
    };
    Requirement(alternatives)
}

/// Whether a signer's signature counts under this statement in this state.
#[must_use]
pub fn may_sign(state: &State, signer: Signer, body: &Body) -> bool {
    requirement(state, body).0.iter().flatten().any(|(part, _)| part.covers(state, signer))
}

/// Whether these distinct signers suffice.
///
/// # Errors
/// [`AuthorityError`].
pub fn authorise(state: &State, signers: &[Signer], body: &Body) -> Result<(), AuthorityError> {
    if let Some(stranger) = signers.iter().find(|signer| !may_sign(state, **signer, body)) {
        return Err(AuthorityError::NotEntitled(*stranger));
    }
    let enough = |(part, needed): &(Part, usize)| {
        signers.iter().filter(|signer| part.covers(state, **signer)).count() >= *needed
    };
    match requirement(state, body).0.iter().any(|all| all.iter().all(enough)) {
        true => Ok(()),
        false => Err(AuthorityError::Missing),
    }
}
