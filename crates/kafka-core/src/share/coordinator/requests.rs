//! The requests of the share coordinator.

use super::{Change, Kind, Pending, ShareAppend, ShareCoordinator, ShareReply};
use crate::error::ErrorCode;
use crate::metadata::ClusterImage;
use crate::protocol::{
    DeleteShareGroupStateRequest, InitializeShareGroupStateRequest, ReadShareGroupStateRequest,
    ReadShareGroupStateSummaryRequest, ReadShareGroupStateSummaryResponse, Request, Response,
    StateOfSharePartition, WriteShareGroupStateRequest,
};
use crate::share::ShareKey;
use crate::types::{LeaderEpoch, NodeId, RequestId, Time};

/// What a handler may use.
struct Io<'a> {
    now: Time,
    image: &'a ClusterImage,
    appends: &'a mut Vec<ShareAppend>,
    replies: &'a mut Vec<ShareReply>,
}

impl ShareCoordinator {
    /// Handles a request about stored states; others are ignored.
    pub fn on_request(
        &mut self,
        now: Time,
        asker: (NodeId, RequestId),
        request: &Request,
        image: &ClusterImage,
        appends: &mut Vec<ShareAppend>,
        replies: &mut Vec<ShareReply>,
    ) {
        let io = &mut Io {
            now,
            image,
            appends,
            replies,
        };
        match request {
            Request::InitializeShareGroupState(request) => self.initialize(io, asker, request),
            Request::ReadShareGroupState(request) => self.read(io, asker, request),
            Request::WriteShareGroupState(request) => self.write(io, asker, request),
            Request::DeleteShareGroupState(request) => self.delete(io, asker, request),
            Request::ReadShareGroupStateSummary(request) => self.summarize(io, asker, request),
            _ => {}
        }
    }

    fn begin(&mut self, asker: (NodeId, RequestId), kind: Kind, keys: Vec<ShareKey>) -> u64 {
        let number = self.next;
        self.next += 1;
        let outcomes: Vec<_> = keys.into_iter().map(|key| (key, ErrorCode::None)).collect();
        let pending = Pending {
            asker,
            kind,
            waiting: outcomes.len() as u32,
            outcomes,
        };
        self.pending.insert(number, pending);
        number
    }

    fn homed(&self, key: &ShareKey, image: &ClusterImage) -> Result<u32, ErrorCode> {
        let home = self.home(key, image);
        if self.leads(home) {
            Ok(home)
        } else {
            Err(ErrorCode::NotCoordinator)
        }
    }

    fn initialize(
        &mut self,
        io: &mut Io<'_>,
        asker: (NodeId, RequestId),
        request: &InitializeShareGroupStateRequest,
    ) {
        let keys = request.partitions.iter().map(|(key, ..)| key.clone());
        let number = self.begin(asker, Kind::Initialize, keys.collect());
        for (key, state_epoch, start_offset) in &request.partitions {
            let stored = self.states.get(key);
            let fenced = stored.is_some_and(|stored| stored.state.state_epoch > *state_epoch);
            let checked = match self.homed(key, io.image) {
                Ok(_) if fenced => Err(ErrorCode::FencedStateEpoch),
                other => other,
            };
            match checked {
                Ok(home) => {
                    let state = StateOfSharePartition {
                        state_epoch: *state_epoch,
                        start_offset: *start_offset,
                        delivery_complete_count: 0,
                        leader_epoch: stored.map_or(LeaderEpoch(0), |s| s.state.leader_epoch),
                        batches: Vec::new(),
                    };
                    let change = Change::Begin(state);
                    self.store(io.now, key, home, change, Some(number), io.appends);
                }
                Err(error) => self.resolve(Some(number), key, error, io.replies),
            }
        }
        self.reply_if_complete(number, io.replies);
    }

    /// Whether a leader in that epoch may use the state (SHG-7).
    fn fence(&self, key: &ShareKey, epoch: LeaderEpoch) -> Result<(), ErrorCode> {
        let stored = self.states.get(key).ok_or(ErrorCode::InvalidRequest)?;
        if epoch != LeaderEpoch::NONE && epoch < stored.state.leader_epoch {
            return Err(ErrorCode::FencedLeaderEpoch);
        }
        Ok(())
    }

    fn read(
        &mut self,
        io: &mut Io<'_>,
        asker: (NodeId, RequestId),
        request: &ReadShareGroupStateRequest,
    ) {
        let key = &request.key;
        let home = self.homed(key, io.image);
        let checked = home.and_then(|home| {
            let fenced = self.fence(key, request.leader_epoch);
            fenced.map(|()| home)
        });
        let state = self.states.get(key).map(|stored| stored.state.clone());
        let state = state.unwrap_or_default();
        let newer = request.leader_epoch > state.leader_epoch;
        let update = StateOfSharePartition {
            leader_epoch: request.leader_epoch,
            batches: Vec::new(),
            ..state.clone()
        };
        let number = self.begin(asker, Kind::Read(state), vec![key.clone()]);
        match checked {
            // The new leader's epoch is stored before it may begin.
            Ok(home) if newer => {
                let change = Change::Update(&update);
                self.store(io.now, key, home, change, Some(number), io.appends);
            }
            Ok(_) => self.resolve(Some(number), key, ErrorCode::None, io.replies),
            Err(error) => self.resolve(Some(number), key, error, io.replies),
        }
    }

    fn write(
        &mut self,
        io: &mut Io<'_>,
        asker: (NodeId, RequestId),
        request: &WriteShareGroupStateRequest,
    ) {
        let key = &request.key;
        let number = self.begin(asker, Kind::Write, vec![key.clone()]);
        let checked = self.homed(key, io.image).and_then(|home| {
            self.fence(key, request.state.leader_epoch)?;
            let stored = self.states.get(key);
            let epoch = stored.map_or(0, |stored| stored.state.state_epoch);
            if request.state.state_epoch < epoch {
                return Err(ErrorCode::FencedStateEpoch);
            }
            Ok(home)
        });
        match checked {
            Ok(home) => {
                let change = Change::Update(&request.state);
                self.store(io.now, key, home, change, Some(number), io.appends);
            }
            Err(error) => self.resolve(Some(number), key, error, io.replies),
        }
    }

    fn delete(
        &mut self,
        io: &mut Io<'_>,
        asker: (NodeId, RequestId),
        request: &DeleteShareGroupStateRequest,
    ) {
        let number = self.begin(asker, Kind::Delete, request.keys.clone());
        for key in &request.keys {
            match self.homed(key, io.image) {
                Ok(home) if self.states.contains_key(key) => {
                    let change = Change::Remove;
                    self.store(io.now, key, home, change, Some(number), io.appends);
                }
                Ok(_) => self.resolve(Some(number), key, ErrorCode::None, io.replies),
                Err(error) => self.resolve(Some(number), key, error, io.replies),
            }
        }
        self.reply_if_complete(number, io.replies);
    }

    fn summarize(
        &self,
        io: &mut Io<'_>,
        asker: (NodeId, RequestId),
        request: &ReadShareGroupStateSummaryRequest,
    ) {
        let summary = |key: &ShareKey| {
            let error = self.homed(key, io.image).err().unwrap_or(ErrorCode::None);
            let stored = self.states.get(key).map(|stored| &stored.state);
            let state = stored.map_or_else(StateOfSharePartition::default, |state| {
                StateOfSharePartition {
                    batches: Vec::new(),
                    ..state.clone()
                }
            });
            (key.clone(), error, state)
        };
        let partitions = request.keys.iter().map(summary).collect();
        let response = ReadShareGroupStateSummaryResponse { partitions };
        io.replies.push(ShareReply {
            to: asker.0,
            id: asker.1,
            response: Response::ReadShareGroupStateSummary(response),
        });
    }

    /// Topics are gone: so are their states (TOP-9).
    pub fn on_topics_deleted(
        &mut self,
        now: Time,
        image: &ClusterImage,
        appends: &mut Vec<ShareAppend>,
    ) {
        let lives = |key: &ShareKey| image.topics.values().any(|topic| topic.uuid == key.topic);
        let gone: Vec<ShareKey> = self
            .states
            .keys()
            .filter(|key| !lives(key))
            .cloned()
            .collect();
        for key in gone {
            let home = self.home(&key, image);
            self.store(now, &key, home, Change::Remove, None, appends);
        }
    }
}
