//! The flow of time.

use crate::session::Session;
use crate::view_model::time::SPEEDS;

/// Plays, or pauses.
pub fn toggle(session: &mut Session) {
    let worked = session.work().is_some();
    session.cancel_work();
    session.playing = !session.playing && !worked;
    if !session.playing {
        session.narrate_last();
    }
}

/// One speed faster.
pub fn faster(session: &mut Session) {
    session.speed = session.speed.saturating_sub(1);
}

/// One speed slower.
pub fn slower(session: &mut Session) {
    session.speed = (session.speed + 1).min(SPEEDS.len() - 1);
}
