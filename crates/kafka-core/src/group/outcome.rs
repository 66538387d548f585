//! What happens once the fate of appended records is known (GRP-22, GRP-23).

use super::admin::Deletions;
use super::answers::refused;
use super::groups::Groups;
use super::modern::{convert, edit};
use super::offsets::{self, CommitOutcome};
use super::state::GroupState;
use super::txn;
use super::writes::{Done, Env, Write, may_still_commit};
use super::{join, load, sync};
use crate::error::ErrorCode;
use crate::node::Effects;
use crate::protocol::Response;
use crate::types::Name;

/// Does what waited for records of a group.
pub(super) fn finish(
    groups: &mut Groups,
    deletions: &mut Deletions,
    env: &mut Env<'_>,
    name: &Name,
    done: Done,
    result: Result<(), ErrorCode>,
) {
    let error = result.err().map(ErrorCode::when_not_stored);
    // Records that are in the leader's log change the group even if the answer came
    // too late: Kafka's coordinator keeps them, too.
    let in_log = result.err().is_none_or(may_still_commit);
    match done {
        Done::Nothing => {}
        Done::Created if in_log => {
            if let Some(group) = groups.get_mut(name) {
                group.is_visible = true;
            }
        }
        Done::Created => {
            let refused = error.unwrap_or(ErrorCode::UnknownServerError);
            load::bury(groups, name, refused, env.fx);
        }
        Done::Synced(generation, assignments) => {
            if let Some(group) = groups.get_mut(name) {
                sync::on_sync_stored(group, env, generation, &assignments, error);
            }
        }
        Done::StaticRejoined { new_id, before } => {
            if let Some(group) = groups.get_mut(name) {
                join::on_static_rejoin_stored(group, env, &new_id, *before, error);
            }
        }
        Done::Committed {
            asker,
            response,
            offsets,
        } => {
            let outcome = match error {
                None => CommitOutcome::Stored,
                Some(error) if in_log => CommitOutcome::Unknown(error),
                Some(error) => CommitOutcome::Refused(error),
            };
            let group = groups.get_mut(name);
            offsets::on_commit_stored(group, env, asker, response, offsets, outcome);
        }
        Done::TxnCommitted(commit) => {
            txn::on_stored(groups.get_mut(name), env, commit, error, in_log);
        }
        Done::OffsetsDeleted {
            asker,
            mut response,
            gone,
        } => {
            response.error = error.unwrap_or(ErrorCode::None);
            if in_log {
                remove_offsets(groups, name, &gone);
            }
            env.respond(asker, Response::OffsetDelete(response));
        }
        Done::OffsetsRemoved(gone) if in_log => remove_offsets(groups, name, &gone),
        Done::OffsetsRemoved(_) => {}
        Done::Converted(before) => {
            if let (Some(group), false) = (groups.get_mut(name), in_log) {
                convert::undo(group, env, *before);
            }
        }
        Done::ModernChanged(before) => {
            // A conversion before it may have been undone.
            let group = groups.get_mut(name);
            if let Some(group) = group.filter(|group| group.modern.is_some()) {
                if in_log {
                    group.is_visible = true;
                } else if before.is_unknown_to_log() {
                    load::bury(groups, name, ErrorCode::CoordinatorNotAvailable, env.fx);
                } else {
                    edit::undo(group, env, before);
                }
            }
        }
        Done::GroupDeleted(asker) => {
            if in_log {
                load::bury(groups, name, ErrorCode::CoordinatorNotAvailable, env.fx);
            } else if let Some(group) = groups.get_mut(name) {
                env.transition(group, GroupState::Empty);
            }
            if let Some(asker) = asker {
                let error = error.unwrap_or(ErrorCode::None);
                deletions.finish(env.fx, asker, name, error);
            }
        }
    }
}

fn remove_offsets(groups: &mut Groups, name: &str, gone: &[(Name, u32)]) {
    if let Some(group) = groups.get_mut(name) {
        for key in gone {
            group.offsets.remove(key);
        }
    }
}

/// A write whose partition was lost: nobody may be told that it succeeded.
pub(super) fn abandon(deletions: &mut Deletions, write: Write, fx: &mut Effects) {
    let error = ErrorCode::NotCoordinator;
    match write.done {
        Done::Committed {
            asker,
            mut response,
            ..
        } => {
            for (_, code) in &mut response.partitions {
                *code = error;
            }
            fx.respond(asker.0, asker.1, Response::OffsetCommit(response));
        }
        Done::TxnCommitted(commit) => {
            let ((to, id), response) = txn::abandoned(commit, error);
            fx.respond(to, id, response);
        }
        Done::OffsetsDeleted {
            asker,
            mut response,
            ..
        } => {
            response.error = error;
            fx.respond(asker.0, asker.1, Response::OffsetDelete(response));
        }
        Done::GroupDeleted(Some(asker)) => {
            deletions.finish(fx, asker, &write.group, error);
        }
        Done::Created
        | Done::Nothing
        | Done::Synced(..)
        | Done::StaticRejoined { .. }
        | Done::OffsetsRemoved(_)
        | Done::ModernChanged(_)
        | Done::Converted(_)
        | Done::GroupDeleted(None) => {}
    }
    for (asker, deferred) in write.deferred {
        fx.respond(asker.0, asker.1, refused(deferred, error));
    }
}
