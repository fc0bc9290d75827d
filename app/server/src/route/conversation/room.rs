//! A team's room of a month is opened by any of its members, with the first words in it. Which team's and month's it is,
//! its signed epochs say, and its id follows from that.

use crate::{
    app::App,
    directory::{Verified, teams_of},
    error::ApiError,
};
use beistand_domain::record::{Conversation, Whose};
use beistand_protocol::{
    error::Code,
    id::{PersonId, TeamId},
    limit::ROOM_LATE_S,
    month::Month,
};

/// Whether a person may open the room of a team for a month: as a member, while it is that month.
pub(super) fn judge(
    app: &App,
    verified: &Verified,
    person: PersonId,
    team: TeamId,
    month: Month,
) -> Result<(Whose, Option<Conversation>), ApiError> {
    let member = teams_of(Some(&verified.log), person).contains(&team);
    if member && month.is_about(app.stamp_s(), ROOM_LATE_S) {
        return Ok((Whose::Room(month), None));
    }
    Err(Code::Forbidden.into())
}
