//! The world around the state machines of `kafka-core`: virtual time, the event
//! queue, the network, faults, the trace, snapshots and the timeline.
//!
//! What it is not: it knows no text format, no picture and no wall clock.
//! Invariant: the same spec, seed and actions give the same trace, byte for byte,
//! on every platform; a snapshot that is run on gives what a straight run gives.

pub mod action;
pub mod chunks;
pub mod digest;
pub mod engine;
pub mod history;
pub mod kernel;
pub mod net;
pub mod note_kind;
pub mod process;
pub mod queue;
pub mod slab;
pub mod spec;
pub mod timeline;
mod timers;
pub mod trace;
pub mod workload;
pub mod world;

pub use action::{Action, ActionError, Applied, DiskState, Needs};
pub use engine::{FlightPlace, Halt, InFlight, MessageId, Status};
pub use history::{History, HistoryItem};
pub use net::{LinkState, LinkView, NetworkSpec};
pub use note_kind::NoteKind;
pub use process::{KafkaProcess, NodeConfig, Role};
pub use spec::{ClusterSpec, StartState};
pub use timeline::{Branch, BranchId, Moment, Recorded, Seek, Target, Timeline, TimelineData};
pub use trace::{Detail, Entry, EntryKind, NodeIndex, Seq, Trace};
pub use world::{NodeView, World};
