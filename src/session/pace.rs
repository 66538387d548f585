//! How fast time flows while playing: slowly while something worth watching flies, in real time
//! in between. A message crosses a data centre in half a millisecond; at a pace that shows it,
//! the nine seconds of a session timeout would last an hour.
//!
//! The pace decides how much time a frame shows and nothing else: what happens in that time is
//! the run's own, at any pace.

use kafka_core::node::Message;
use kafka_core::protocol::{Request, Response};
use kafka_core::types::Time;
use kafka_sim::FlightPlace;

use super::Session;
use super::work::Clock;
use crate::view_model::time::SPEEDS;

/// Virtual seconds a wall second while nothing worth watching flies.
const QUIET: f64 = 1.0;

/// What follows the arrival of a message is watched for so long, in µs: a follower's next fetch
/// tells the leader what it has, and no earlier message does.
const LINGER: u64 = 1_000;

impl Session {
    /// Virtual seconds a wall second, now.
    pub(super) fn pace(&mut self) -> f64 {
        let chosen = SPEEDS[self.speed].1;
        if chosen >= QUIET || self.is_watched() {
            chosen
        } else {
            QUIET
        }
    }

    /// True while something worth watching flies or has just arrived.
    fn is_watched(&mut self) -> bool {
        let world = self.timeline.world();
        let now = world.now().0;
        let last = world
            .in_flight()
            .filter(|f| f.place == FlightPlace::Flying && is_worth_watching(f.message))
            .map(|f| f.arrival.0 + LINGER)
            .max();
        if let Some(last) = last {
            self.watched_until = last;
            return true;
        }
        // A time further ahead was kept before a move to the past.
        (now..now + LINGER).contains(&self.watched_until)
    }

    /// Plays quiet time up to `target`, but not beyond the event that sends something to watch.
    pub(super) fn play_quietly(&mut self, target: Time, clock: Clock<'_>, end: f64) {
        while self.timeline.world().now() < target && clock() < end && !self.is_watched() {
            self.step_event(target);
            if self.halted {
                break;
            }
        }
        self.story.collect(&self.timeline);
    }
}

/// Requests for news and answers without any go round all the time and are not watched.
fn is_worth_watching(message: &Message) -> bool {
    match message {
        Message::Request(_, request) => {
            !matches!(request, Request::Fetch(_) | Request::QuorumFetch(_))
        }
        Message::Response(_, Response::Fetch(fetch)) => fetch
            .partitions
            .iter()
            .any(|p| !p.batches.is_empty() || p.error != kafka_core::error::ErrorCode::None),
        Message::Response(_, response) => !matches!(response, Response::QuorumFetch(_)),
    }
}
