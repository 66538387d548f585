//! All states of a small cluster: every order in which messages can arrive, sessions
//! expire, processes end and start, explored to the end, with every invariant checked
//! after every step.
//!
//! The processes are the real ones (`kafka-core`'s brokers and a quorum of one
//! controller), the judge is the real one (`kafka-check`). What it is not: the world of
//! `kafka-sim`. There is no network model and no time: the clock stands, and whatever the
//! clock, the network or the world outside would decide is a [`Choice`] of the search.
//!
//! Where nothing can happen any more, followers have their leader's log and nobody waits.
//!
//! # What counts as one state
//!
//! A fingerprint of every process (`Broker::hash_state`), the messages under way, the
//! metadata log, what is left of the [`Budget`], and what the checks remember of the
//! partition's history. Numbers that are only names are left out: of requests, and of
//! fetch sessions. The search asserts at every delivery that no answer is stale and no
//! session out of step, which is what makes that sound.
//!
//! # Steps that are taken together, and why nothing is lost by it
//!
//! * A broker's fetch of the metadata log is answered when the search chooses, with as many
//!   batches as it chooses. Whatever was answered earlier is such an answer with fewer.
//! * A broken connection is noticed at once: until then neither end does anything on it.
//! * A fetch that would be refused because its receiver does not lead (yet) stays under
//!   way: refused, it would be sent again, and nothing else would change.
//! * A fetch or an answer of an epoch that the follower has left, and that counts for
//!   nothing at its receiver, arrives at once.
//! * A fetch that waits and hears nothing new is asked again in the same step.
//!
//! # What is left out
//!
//! Time passing: replicas never lag (REP-14), records do not age, files are not flushed and
//! the high watermark is not checkpointed. A start is one step from the process to the
//! heartbeat that unfences it. All fetches that wait at a leader end together. The
//! producer sends each record once, and its requests and answers travel at once; it does
//! not retry. The controller never fails.
//!
//! ```
//! use kafka_model::{Budget, Plan, explore};
//!
//! let budget = Budget { records: 1, ..Budget::default() };
//! let report = explore(&Plan { budget, ..Plan::default() }, 1_000);
//! assert!(report.broken.is_none());
//! println!("{report}");
//! ```

mod choice;
mod moves;
mod named;
mod plan;
mod search;
mod state;

pub use choice::Choice;
pub use named::{Named, named};
pub use plan::{Budget, Plan};
pub use search::{Report, Trail, Wrong, explore};
