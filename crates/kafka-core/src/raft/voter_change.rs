//! Adding and removing voters, one at a time (RAFT-15, KIP-853): what the leader does with
//! AddRaftVoter and RemoveRaftVoter.
//!
//! Not here: UpdateRaftVoter, with which a voter makes a new address or newer software known (once
//! an epoch where the voters are static); controllers here keep both. Invariant: while a record of voters is not committed, no other is
//! appended, so that the majorities of two voter sets in a row always overlap.

use super::{Question, Raft, RaftIo, State};
use crate::error::ErrorCode;
use crate::metadata::{MetadataRecord, ReplicaKey, VoterSet};
use crate::node::TimerKey;
use crate::protocol::{ApiVersionsRequest, Outcome, RaftVoterResponse, Request, Response};
use crate::types::{Duration, NodeId, Offset, RequestId};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    Add(ReplicaKey),
    Remove(ReplicaKey),
}

impl Change {
    fn key(self) -> ReplicaKey {
        match self {
            Change::Add(key) | Change::Remove(key) => key,
        }
    }

    /// Kafka's words for it.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Change::Add(_) => ("Add", "adding"),
            Change::Remove(_) => ("Remove", "removing"),
        }
    }

    fn response(self, outcome: Outcome) -> Response {
        let response = RaftVoterResponse { outcome };
        match self {
            Change::Add(_) => Response::AddRaftVoter(response),
            Change::Remove(_) => Response::RemoveRaftVoter(response),
        }
    }
}

/// A change under way.
#[derive(Clone, Debug)]
pub(super) struct VoterChange {
    from: NodeId,
    id: RequestId,
    /// Whether who asked waits until the record is committed, and not only for the record.
    waits: bool,
    change: Change,
    /// Where its record is; `None` while the new voter is asked what it speaks.
    offset: Option<Offset>,
}

impl VoterChange {
    /// Tells who asked, unless it knows already.
    pub(super) fn finish(self, io: &mut RaftIo<'_>, outcome: Outcome) {
        io.fx.cancel_timer(TimerKey::RaftVoterChange);
        if self.waits || self.offset.is_none() {
            self.answer(io, outcome);
        }
    }

    fn answer(&self, io: &mut RaftIo<'_>, outcome: Outcome) {
        let response = self.change.response(outcome);
        io.fx.respond(self.from, self.id, response);
    }
}

fn timed_out(text: &str) -> Outcome {
    Outcome::fail(ErrorCode::RequestTimedOut, text)
}

impl Raft {
    /// Begins a change of the voters, or says why not.
    pub(super) fn handle_voter_change(
        &mut self,
        io: &mut RaftIo<'_>,
        (from, id, waits): (NodeId, RequestId, bool),
        change: Change,
    ) {
        let begun = (self.check_voter_change(io, change)).and_then(|voters| match change {
            Change::Add(key) => check_new(&voters, key).map(|()| voters),
            Change::Remove(key) => remove(&voters, key),
        });
        let voters = match begun {
            Ok(voters) => voters,
            Err(refused) => {
                io.fx.respond(from, id, change.response(refused));
                return;
            }
        };
        let offset = match change {
            // The new voter is asked first what it speaks.
            Change::Add(key) => {
                let request = Request::ApiVersions(ApiVersionsRequest {});
                self.ask(io, key.node, Question::ApiVersions, request);
                None
            }
            Change::Remove(_) => self.queue_voters(io, voters),
        };
        let timeout = Duration::from_ms(self.config.request_timeout_ms.into());
        io.fx.set_timer(TimerKey::RaftVoterChange, io.now + timeout);
        if let State::Leader(leader) = &mut self.state {
            leader.change = Some(VoterChange {
                from,
                id,
                waits,
                change,
                offset,
            });
        }
        // Control records do not linger.
        if offset.is_some() {
            self.drain(io);
        }
    }

    /// What both changes need, in Kafka's order; gives the voters to be changed.
    fn check_voter_change(&self, io: &RaftIo<'_>, change: Change) -> Result<VoterSet, Outcome> {
        let State::Leader(leader) = &self.state else {
            return Err(Outcome::fail(ErrorCode::NotLeaderOrFollower, ""));
        };
        let (name, doing) = change.names();
        if change.key().directory.0 == 0 {
            let text = format!("{name} voter request didn't include a valid voter");
            return Err(Outcome::fail(ErrorCode::InvalidRequest, &text));
        }
        if leader.change.is_some() {
            return Err(timed_out(
                "Request timed out waiting for leader to handle previous voter change request",
            ));
        }
        if self.high_watermark == Offset::UNKNOWN {
            return Err(timed_out(
                "Request timed out waiting for leader to establish HWM and fence previous voter \
                 changes",
            ));
        }
        let Some((offset, voters)) = io.disk.log.voters() else {
            let text = format!(
                "Cluster doesn't support {doing} voter because the kraft.version feature is 0"
            );
            return Err(Outcome::fail(ErrorCode::UnsupportedVersion, &text));
        };
        if *offset >= self.high_watermark {
            let text = format!(
                "Request timed out waiting for voters to commit the latest voter change at \
                 Optional[{offset}] with HWM {}",
                self.high_watermark
            );
            return Err(timed_out(&text));
        }
        Ok(voters.clone())
    }

    /// Queues the record; `None` if this node does not lead any more.
    fn queue_voters(&mut self, io: &mut RaftIo<'_>, voters: VoterSet) -> Option<Offset> {
        self.append(io, vec![MetadataRecord::KRaftVoters(voters)])
    }

    /// The new voter answered: it votes from the record on, if it has kept up.
    pub(super) fn on_voter_versions(&mut self, io: &mut RaftIo<'_>, from: NodeId) {
        let State::Leader(leader) = &self.state else {
            return;
        };
        let Some(VoterChange {
            change: Change::Add(key),
            offset: None,
            ..
        }) = leader.change
        else {
            return;
        };
        if key.node != from {
            return;
        }
        let observed = leader.observers.get(&from);
        if key != ReplicaKey::of(from) || !observed.is_some_and(|it| it.is_caught_up(io.now)) {
            let text = format!("Aborted add voter operation for {key} since it is lagging behind");
            self.finish_voter_change(io, timed_out(&text));
            return;
        }
        let Some(voters) = self.voters.with(key) else {
            return;
        };
        let offset = self.queue_voters(io, voters);
        if let State::Leader(leader) = &mut self.state
            && let Some(change) = &mut leader.change
        {
            change.offset = offset;
            if !change.waits {
                change.answer(io, Outcome::ok());
            }
        }
        self.drain(io);
    }

    /// The connection to a peer that was asked something broke.
    pub(super) fn voter_unreachable(&mut self, io: &mut RaftIo<'_>, peer: NodeId) {
        let State::Leader(leader) = &self.state else {
            return;
        };
        let asked = (leader.change.as_ref())
            .is_some_and(|it| it.offset.is_none() && it.change.key().node == peer);
        if asked {
            let text = "Aborted add voter operation for since API_VERSIONS returned an error \
                        BROKER_NOT_AVAILABLE";
            self.finish_voter_change(io, timed_out(text));
        }
    }

    /// The high watermark moved: a committed change is done, and a leader that is not among the
    /// voters any more has to go.
    pub(super) fn voter_change_committed(&mut self, io: &mut RaftIo<'_>) {
        let committed = self.high_watermark;
        let State::Leader(leader) = &mut self.state else {
            return;
        };
        let offset = leader.change.as_ref().and_then(|change| change.offset);
        if offset.is_some_and(|offset| committed > offset) {
            leader.must_resign = !leader.votes;
            self.finish_voter_change(io, Outcome::ok());
        }
    }

    /// It took too long; its record, if there is one, may still be committed.
    pub(super) fn on_voter_change_late(&mut self, io: &mut RaftIo<'_>) {
        self.asked
            .retain(|_, asked| asked.question != Question::ApiVersions);
        self.finish_voter_change(io, Outcome::code(ErrorCode::RequestTimedOut));
    }

    fn finish_voter_change(&mut self, io: &mut RaftIo<'_>, outcome: Outcome) {
        if let State::Leader(leader) = &mut self.state
            && let Some(change) = leader.change.take()
        {
            change.finish(io, outcome);
        }
    }
}

fn check_new(voters: &VoterSet, key: ReplicaKey) -> Result<(), Outcome> {
    if !voters.contains(key.node) {
        return Ok(());
    }
    let text = format!("The voter id for {key} is already part of the set of voters {voters}.");
    Err(Outcome::fail(ErrorCode::DuplicateVoter, &text))
}

fn remove(voters: &VoterSet, key: ReplicaKey) -> Result<VoterSet, Outcome> {
    voters.without(key).ok_or_else(|| {
        let text = format!("Cannot remove voter {key} from the set of voters {voters}");
        Outcome::fail(ErrorCode::VoterNotFound, &text)
    })
}
