//! Share sessions: what each member of a share group fetches from this broker.
//!
//! A session belongs to a (group, member) and to the connection it was begun on; it
//! ends with its final request or with the connection, and then everything the
//! member had acquired is given back. Invariant: requests of a session come in order
//! of their epochs.

use std::collections::BTreeMap;

use crate::error::ErrorCode;
use crate::types::{Name, NodeId, TopicPartition};

/// One member's session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShareSession {
    /// The client process.
    pub client: NodeId,
    /// Epoch the next request has to have.
    pub next_epoch: i32,
    /// The partitions, in the order they are fetched; it rotates.
    pub partitions: Vec<TopicPartition>,
}

/// All sessions of a broker.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ShareSessions {
    by_member: BTreeMap<(Name, Name), ShareSession>,
}

/// First epoch of a session.
pub const INITIAL_EPOCH: i32 = 0;
/// Epoch of the request that ends a session.
pub const FINAL_EPOCH: i32 = -1;

impl ShareSessions {
    /// How many there are.
    pub fn len(&self) -> u32 {
        self.by_member.len() as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_member.is_empty()
    }

    /// All sessions by group and member.
    pub fn iter(&self) -> impl Iterator<Item = (&(Name, Name), &ShareSession)> {
        self.by_member.iter()
    }

    /// One session.
    pub fn get(&self, group: &Name, member: &Name) -> Option<&ShareSession> {
        self.by_member.get(&(group.clone(), member.clone()))
    }

    /// Finds or begins the session of a request and counts it.
    ///
    /// # Errors
    /// SHARE_SESSION_NOT_FOUND, INVALID_SHARE_SESSION_EPOCH, or
    /// SHARE_SESSION_LIMIT_REACHED when a new one would be one too many.
    pub fn enter(
        &mut self,
        client: NodeId,
        group: &Name,
        member: &Name,
        epoch: i32,
        most: u32,
    ) -> Result<&mut ShareSession, ErrorCode> {
        let key = (group.clone(), member.clone());
        if epoch == INITIAL_EPOCH {
            if !self.by_member.contains_key(&key) && self.len() >= most {
                return Err(ErrorCode::ShareSessionLimitReached);
            }
            let session = ShareSession {
                client,
                next_epoch: 1,
                partitions: Vec::new(),
            };
            self.by_member.insert(key.clone(), session);
        } else {
            let session = self.by_member.get_mut(&key);
            let session = session.ok_or(ErrorCode::ShareSessionNotFound)?;
            if epoch != FINAL_EPOCH {
                if session.next_epoch != epoch {
                    return Err(ErrorCode::InvalidShareSessionEpoch);
                }
                session.next_epoch = epoch.checked_add(1).unwrap_or(1);
            }
        }
        let session = self.by_member.get_mut(&key);
        session.ok_or(ErrorCode::ShareSessionNotFound)
    }

    /// Ends a session.
    pub fn remove(&mut self, group: &Name, member: &Name) -> Option<ShareSession> {
        self.by_member.remove(&(group.clone(), member.clone()))
    }

    /// The client is gone: its sessions end. Returns whose they were.
    pub fn disconnected(&mut self, client: NodeId) -> Vec<(Name, Name)> {
        let of_client = |_: &(Name, Name), session: &mut ShareSession| session.client == client;
        let gone = self.by_member.extract_if(.., of_client);
        gone.map(|(key, _)| key).collect()
    }

    /// Whether any member of the group has a session here.
    pub fn has_group(&self, group: &Name) -> bool {
        let from = (group.clone(), Name::from(""));
        let next = self.by_member.range(from..).next();
        next.is_some_and(|((known, _), _)| known == group)
    }
}

impl ShareSession {
    /// Takes over what changed.
    pub fn update(
        &mut self,
        new: impl Iterator<Item = TopicPartition>,
        forgotten: &[TopicPartition],
    ) {
        for id in new {
            if !self.partitions.contains(&id) {
                self.partitions.push(id);
            }
        }
        self.partitions.retain(|id| !forgotten.contains(id));
    }

    /// The partitions, beginning at another one each time (`PartitionRotateStrategy`).
    pub fn rotated(&self) -> Vec<TopicPartition> {
        let mut order = self.partitions.clone();
        if !order.is_empty() {
            let turns = self.next_epoch.unsigned_abs() as usize % order.len();
            order.rotate_left(turns);
        }
        order
    }
}
