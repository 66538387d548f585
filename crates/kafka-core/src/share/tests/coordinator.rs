//! The share coordinator by itself.

use super::*;
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{
    InitializeShareGroupStateRequest, ReadShareGroupStateRequest, Request, Response,
    StateOfSharePartition, WriteShareGroupStateRequest,
};
use crate::record::{Batch, BatchBody, BatchKind};
use crate::types::{LeaderEpoch, NodeId, ProducerEpoch, ProducerId, RequestId, Sequence, Time};

struct Bench {
    coordinator: ShareCoordinator,
    image: ClusterImage,
    log: Vec<Batch>,
}

impl Bench {
    fn new(updates_per_snapshot: u32) -> Bench {
        let mut coordinator = ShareCoordinator::new(1, updates_per_snapshot);
        coordinator.load(0, LeaderEpoch(0), &mut std::iter::empty());
        Bench {
            coordinator,
            image: ClusterImage::new(),
            log: Vec::new(),
        }
    }

    /// Asks, commits what is appended, and takes the answer.
    fn ask(&mut self, request: Request) -> Response {
        let (mut appends, mut replies) = (Vec::new(), Vec::new());
        let asker = (NodeId(1), RequestId(1));
        let image = &self.image;
        self.coordinator.on_request(
            Time::ZERO,
            asker,
            &request,
            image,
            &mut appends,
            &mut replies,
        );
        for append in appends {
            assert!(replies.is_empty(), "the answer waits for the commit");
            let (id, epoch) = (ProducerId::NONE, ProducerEpoch::NONE);
            let body = BatchBody::new(BatchKind::Data, id, epoch, Sequence::NONE, append.records);
            self.log.push(Batch {
                base_offset: Offset(self.log.len() as i64),
                leader_epoch: LeaderEpoch(0),
                body: body.into(),
            });
            self.coordinator
                .on_append_result(append.ticket, Ok(()), true, &mut replies);
        }
        assert_eq!(replies.len(), 1);
        replies.remove(0).response
    }

    fn initialize(&mut self, epoch: i32, start: i64) -> ErrorCode {
        let partitions = vec![(key(), epoch, Offset(start))];
        let request = InitializeShareGroupStateRequest { partitions };
        match self.ask(Request::InitializeShareGroupState(request)) {
            Response::InitializeShareGroupState(answer) => answer.partitions[0].1,
            other => panic!("{other:?}"),
        }
    }

    fn write(&mut self, epochs: (i32, i32), start: i64, batches: &[(i64, i64, i8)]) -> ErrorCode {
        let run = |&(first, last, state): &(i64, i64, i8)| StateWrite {
            first: Offset(first),
            last: Offset(last),
            state: RecordState::of(state).unwrap(),
            delivery_count: 1,
        };
        let state = StateOfSharePartition {
            state_epoch: epochs.0,
            start_offset: Offset(start),
            delivery_complete_count: 0,
            leader_epoch: LeaderEpoch(epochs.1),
            batches: batches.iter().map(run).collect(),
        };
        let request = WriteShareGroupStateRequest { key: key(), state };
        match self.ask(Request::WriteShareGroupState(request)) {
            Response::WriteShareGroupState(answer) => answer.partitions[0].1,
            other => panic!("{other:?}"),
        }
    }

    fn read(&mut self, epoch: i32) -> Result<StateOfSharePartition, ErrorCode> {
        let request = ReadShareGroupStateRequest {
            key: key(),
            leader_epoch: LeaderEpoch(epoch),
        };
        match self.ask(Request::ReadShareGroupState(request)) {
            Response::ReadShareGroupState(answer) if answer.error.is_error() => Err(answer.error),
            Response::ReadShareGroupState(answer) => Ok(answer.state),
            other => panic!("{other:?}"),
        }
    }

    fn runs(&mut self, epoch: i32) -> Vec<(i64, i64, i8)> {
        let state = self.read(epoch).unwrap();
        let batches = state.batches.iter();
        batches
            .map(|run| (run.first.0, run.last.0, run.state.id()))
            .collect()
    }
}

/// SHG-7: what a leader writes, the next one reads; what lies before the start offset
/// is forgotten.
#[test]
fn a_new_leader_reads_what_the_old_one_wrote() {
    let mut bench = Bench::new(500);
    assert_eq!(bench.read(0), Err(ErrorCode::InvalidRequest));
    assert_eq!(bench.initialize(0, -1), ErrorCode::None);
    assert_eq!(bench.read(0).unwrap().start_offset, Offset::UNKNOWN);
    assert_eq!(bench.write((0, 0), 0, &[(0, 9, 0)]), ErrorCode::None);
    assert_eq!(bench.write((0, 0), 0, &[(3, 5, 2)]), ErrorCode::None);
    assert_eq!(bench.runs(0), [(0, 2, 0), (3, 5, 2), (6, 9, 0)]);
    assert_eq!(bench.write((0, 0), 4, &[(9, 9, 4)]), ErrorCode::None);
    assert_eq!(bench.runs(1), [(4, 5, 2), (6, 8, 0), (9, 9, 4)]);
}

/// SHG-7, SHG-9: an old leader, and a leader that does not know of a reset, write
/// nothing.
#[test]
fn old_epochs_are_fenced() {
    let mut bench = Bench::new(500);
    bench.initialize(0, 5);
    bench.read(3).unwrap();
    assert_eq!(bench.write((0, 2), 5, &[]), ErrorCode::FencedLeaderEpoch);
    assert_eq!(bench.read(2), Err(ErrorCode::FencedLeaderEpoch));
    assert_eq!(bench.initialize(1, 0), ErrorCode::None);
    assert_eq!(bench.write((0, 3), 5, &[]), ErrorCode::FencedStateEpoch);
    assert_eq!(bench.initialize(0, 0), ErrorCode::FencedStateEpoch);
    assert_eq!(bench.read(3).unwrap().start_offset, Offset(0));
}

/// A coordinator that takes over replays snapshots and updates, in both proportions.
#[test]
fn a_log_replays_to_the_same_states() {
    for updates_per_snapshot in [0, 2, 500] {
        let mut bench = Bench::new(updates_per_snapshot);
        bench.initialize(0, 0);
        for at in 0..7 {
            bench.write((0, 0), at, &[(at, at, 2), (at + 1, at + 3, 0)]);
        }
        let mut next = ShareCoordinator::new(1, updates_per_snapshot);
        next.load(0, LeaderEpoch(1), &mut bench.log.iter());
        let states = |coordinator: &ShareCoordinator| -> Vec<StateOfSharePartition> {
            coordinator
                .states()
                .map(|(_, stored)| stored.state.clone())
                .collect()
        };
        assert_eq!(states(&next), states(&bench.coordinator));
    }
}

/// Records that could not be appended never happened.
#[test]
fn a_refused_append_changes_nothing() {
    let mut bench = Bench::new(500);
    bench.initialize(0, 0);
    let before = bench.coordinator.clone();
    let (mut appends, mut replies) = (Vec::new(), Vec::new());
    let state = StateOfSharePartition {
        start_offset: Offset(9),
        leader_epoch: LeaderEpoch(0),
        ..StateOfSharePartition::default()
    };
    let write = Request::WriteShareGroupState(WriteShareGroupStateRequest { key: key(), state });
    let asker = (NodeId(1), RequestId(1));
    let image = &bench.image;
    bench
        .coordinator
        .on_request(Time::ZERO, asker, &write, image, &mut appends, &mut replies);
    let error = Err(ErrorCode::NotEnoughReplicas);
    bench
        .coordinator
        .on_append_result(appends[0].ticket, error, false, &mut replies);
    let states =
        |coordinator: &ShareCoordinator| coordinator.states().map(|s| s.1.clone()).collect();
    let (now, then): (Vec<StoredState>, Vec<StoredState>) =
        (states(&bench.coordinator), states(&before));
    assert_eq!(now, then);
    match &replies[0].response {
        Response::WriteShareGroupState(answer) => {
            assert_eq!(answer.partitions[0].1, ErrorCode::CoordinatorNotAvailable);
        }
        other => panic!("{other:?}"),
    }
}
