//! Answers that carry only an error, and answers that wait for the log.

use super::groups::Groups;
use super::modern::{heartbeat, share};
use super::offsets;
use super::rebalance::{join_error, sync_error};
use super::state::Asker;
use super::txn;
use super::writes::{Deferred, Env};
use crate::error::ErrorCode;
use crate::protocol::{
    HeartbeatResponse, LeaveGroupResponse, OffsetDeleteResponse, OffsetFetchResponse, Request,
    Response,
};
use crate::types::Name;

/// The one group a request is about.
pub(super) fn group_of(request: &Request) -> Option<&Name> {
    match request {
        Request::JoinGroup(r) => Some(&r.group),
        Request::SyncGroup(r) => Some(&r.group),
        Request::Heartbeat(r) => Some(&r.group),
        Request::LeaveGroup(r) => Some(&r.group),
        Request::ConsumerGroupHeartbeat(r) => Some(&r.group),
        Request::ShareGroupHeartbeat(r) => Some(&r.group),
        Request::OffsetCommit(r) => Some(&r.group),
        Request::TxnOffsetCommit(r) => Some(&r.group),
        Request::OffsetFetch(r) => Some(&r.group),
        Request::OffsetDelete(r) => Some(&r.group),
        _ => None,
    }
}

/// The answer to a request about one group that carries only an error.
pub(super) fn refusal(request: &Request, error: ErrorCode) -> Option<Response> {
    Some(match request {
        Request::JoinGroup(r) => join_error(error, r.member_id.clone()),
        Request::SyncGroup(_) => sync_error(error),
        Request::Heartbeat(_) => Response::Heartbeat(HeartbeatResponse { error }),
        Request::LeaveGroup(_) => leave_error(error),
        Request::ConsumerGroupHeartbeat(_) => {
            Response::ConsumerGroupHeartbeat(heartbeat::refused(error))
        }
        Request::ShareGroupHeartbeat(_) => Response::ShareGroupHeartbeat(share::refused(error)),
        Request::OffsetCommit(r) => offsets::commit_error(r, error),
        Request::TxnOffsetCommit(r) => txn::commit_error(r, error),
        Request::OffsetFetch(_) => fetch_error(error),
        Request::OffsetDelete(_) => Response::OffsetDelete(OffsetDeleteResponse {
            error,
            partitions: Vec::new(),
        }),
        _ => return None,
    })
}

fn leave_error(error: ErrorCode) -> Response {
    Response::LeaveGroup(LeaveGroupResponse {
        error,
        members: Vec::new(),
    })
}

fn fetch_error(error: ErrorCode) -> Response {
    Response::OffsetFetch(OffsetFetchResponse {
        error,
        offsets: Vec::new(),
    })
}

pub(super) fn answer_after_writes(
    groups: &Groups,
    env: &mut Env<'_>,
    offsets_partition: u32,
    asker: Asker,
    deferred: Deferred,
) {
    if let Some(deferred) = env.defer(offsets_partition, asker, deferred) {
        env.respond(asker, ready(groups, deferred));
    }
}

pub(super) fn ready(groups: &Groups, deferred: Deferred) -> Response {
    match deferred {
        Deferred::Heartbeat(error) => Response::Heartbeat(HeartbeatResponse { error }),
        Deferred::Leave(response) => Response::LeaveGroup(response),
        Deferred::Join(response) => Response::JoinGroup(response),
        Deferred::ConsumerHeartbeat(response) => Response::ConsumerGroupHeartbeat(response),
        Deferred::ShareHeartbeat(response) => Response::ShareGroupHeartbeat(response),
        Deferred::Fetch(request) => Response::OffsetFetch(offsets::fetch(groups, &request)),
    }
}

pub(super) fn refused(deferred: Deferred, error: ErrorCode) -> Response {
    match deferred {
        Deferred::Heartbeat(_) => Response::Heartbeat(HeartbeatResponse { error }),
        Deferred::Leave(_) => leave_error(error),
        Deferred::Join(response) => join_error(error, response.member_id),
        Deferred::ConsumerHeartbeat(_) => {
            Response::ConsumerGroupHeartbeat(heartbeat::refused(error))
        }
        Deferred::ShareHeartbeat(_) => Response::ShareGroupHeartbeat(share::refused(error)),
        Deferred::Fetch(_) => fetch_error(error),
    }
}
