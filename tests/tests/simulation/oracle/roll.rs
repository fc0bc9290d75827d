//! Staff, as the signed log says: read by hand, entry by entry.

use beistand_protocol::{id::PersonId, membership::Body};
use std::collections::BTreeSet;

/// Who is there, and as what.
#[derive(Debug, Clone, Default)]
pub struct Roll {
    pub active: BTreeSet<PersonId>,
    pub members: BTreeSet<PersonId>,
    pub leads: BTreeSet<PersonId>,
}

impl Roll {
    /// Takes an entry over.
    pub fn hear(&mut self, body: &Body) {
        match body {
            Body::Founder { person, .. } | Body::PersonAdd { person, .. } => {
                self.active.insert(*person);
            }
            Body::PersonRemove { person } => {
                self.active.remove(person);
                self.members.remove(person);
                self.leads.remove(person);
            }
            Body::TeamCreate { leads, .. } => {
                self.leads = leads.iter().copied().collect();
                self.members.extend(leads);
            }
            Body::TeamLeads { leads, .. } => self.leads = leads.iter().copied().collect(),
            Body::TeamMemberAdd { person, .. } => {
                self.members.insert(*person);
            }
            Body::TeamMemberRemove { person, .. } => {
                self.members.remove(person);
            }
            _ => {}
        }
    }
}
