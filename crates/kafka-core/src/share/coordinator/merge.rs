//! Putting what changed into a stored state.

use crate::protocol::StateOfSharePartition;
use crate::share::StateWrite;
use crate::share::state::push_run;
use crate::types::{LeaderEpoch, Offset};

/// What is newer wins; what lies before the start offset is dropped.
pub(super) fn apply(stored: &mut StateOfSharePartition, update: &StateOfSharePartition) {
    if update.leader_epoch != LeaderEpoch::NONE {
        stored.leader_epoch = update.leader_epoch;
    }
    if update.start_offset != Offset::UNKNOWN {
        stored.start_offset = update.start_offset;
    }
    stored.delivery_complete_count = update.delivery_complete_count;
    let mut pieces = stored.batches.clone();
    for new in &update.batches {
        pieces = pieces.iter().flat_map(|old| without(old, new)).collect();
        pieces.push(*new);
    }
    pieces.sort_by_key(|piece| piece.first);
    let start = stored.start_offset;
    stored.batches.clear();
    for mut piece in pieces {
        piece.first = piece.first.max(start);
        if piece.first <= piece.last {
            push_run(&mut stored.batches, piece);
        }
    }
}

/// What is left of a run when another covers part of it.
fn without(old: &StateWrite, new: &StateWrite) -> Vec<StateWrite> {
    if old.last < new.first || old.first > new.last {
        return vec![*old];
    }
    let before = StateWrite {
        last: new.first.plus(-1),
        ..*old
    };
    let after = StateWrite {
        first: new.last.next(),
        ..*old
    };
    let pieces = [before, after].into_iter();
    pieces.filter(|piece| piece.first <= piece.last).collect()
}
