//! ListGroups, DescribeGroups and DeleteGroups.
//!
//! As in Kafka they see a group once its first record is committed.

use std::collections::BTreeMap;

use super::groups::Groups;
use super::offsets::tombstones;
use super::state::{Asker, Group, GroupState};
use super::writes::{Done, Env};
use crate::error::ErrorCode;
use crate::node::Effects;
use crate::protocol::{
    DeleteGroupsResponse, DescribedGroup, DescribedMember, ListGroupsResponse, ListedGroup,
    Response,
};
use crate::types::{Bytes, Name};

/// All visible groups by id.
pub(super) fn list(groups: &Groups) -> ListGroupsResponse {
    let visible = groups.iter().filter(|group| is_visible(group));
    let listed = visible.map(|group| ListedGroup {
        group: group.name.clone(),
        protocol_type: protocol_type(group),
        state: group.state.name().into(),
        group_type: match &group.modern {
            Some(modern) => modern.kind.type_name().into(),
            None => "Classic".into(),
        },
    });
    ListGroupsResponse {
        error: ErrorCode::None,
        groups: listed.collect(),
    }
}

fn is_visible(group: &Group) -> bool {
    group.is_visible && group.state != GroupState::Dead
}

fn protocol_type(group: &Group) -> Name {
    group.protocol_type.clone().unwrap_or_else(|| "".into())
}

/// A group that cannot be described, and why.
pub(super) fn undescribed(group: &Name, error: ErrorCode) -> DescribedGroup {
    let state = match error {
        ErrorCode::GroupIdNotFound => GroupState::Dead.name(),
        _ => "",
    };
    DescribedGroup {
        error,
        group: group.clone(),
        state: state.into(),
        protocol_type: "".into(),
        protocol_name: "".into(),
        members: Vec::new(),
    }
}

/// Describes a group. Assignor and subscriptions are shown only while it is Stable;
/// assignments also while it rebalances (recorded: `group-cooperative`).
pub(super) fn describe(groups: &Groups, name: &Name) -> DescribedGroup {
    let group = groups.get(name).filter(|group| is_visible(group));
    let Some(group) = group.filter(|group| group.modern.is_none()) else {
        return undescribed(name, ErrorCode::GroupIdNotFound);
    };
    let is_stable = group.state == GroupState::Stable;
    let chosen = group.protocol_name.clone().filter(|_| is_stable);
    let members = group.members.values().map(|member| DescribedMember {
        member_id: member.id.clone(),
        group_instance_id: member.instance_id.clone(),
        client_id: member.client_id.clone(),
        client_host: member.client_host.clone(),
        metadata: match &chosen {
            Some(protocol) => member.metadata(Some(protocol)),
            None => Bytes::from([]),
        },
        assignment: member.assignment.clone(),
    });
    DescribedGroup {
        error: ErrorCode::None,
        group: name.clone(),
        state: group.state.name().into(),
        protocol_type: protocol_type(group),
        protocol_name: chosen.clone().unwrap_or_else(|| "".into()),
        members: members.collect(),
    }
}

/// DeleteGroups requests that wait for their tombstones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Deletions {
    open: BTreeMap<Asker, (u32, Vec<(Name, ErrorCode)>)>,
}

impl Deletions {
    /// Begins to answer a request, with the outcomes known already.
    pub(super) fn begin(
        &mut self,
        fx: &mut Effects,
        asker: Asker,
        waiting: u32,
        groups: Vec<(Name, ErrorCode)>,
    ) {
        self.open.insert(asker, (waiting, groups));
        self.answer_if_complete(fx, asker);
    }

    /// One tombstone's fate is known.
    pub(super) fn finish(&mut self, fx: &mut Effects, asker: Asker, name: &str, error: ErrorCode) {
        if let Some((waiting, groups)) = self.open.get_mut(&asker) {
            *waiting = waiting.saturating_sub(1);
            if let Some(outcome) = groups.iter_mut().find(|(group, _)| **group == *name) {
                outcome.1 = error;
            }
        }
        self.answer_if_complete(fx, asker);
    }

    fn answer_if_complete(&mut self, fx: &mut Effects, asker: Asker) {
        if self
            .open
            .get(&asker)
            .is_some_and(|(waiting, _)| *waiting == 0)
            && let Some((_, groups)) = self.open.remove(&asker)
        {
            let response = DeleteGroupsResponse { groups };
            fx.respond(asker.0, asker.1, Response::DeleteGroups(response));
        }
    }
}

/// Begins to delete a group: Dead until its tombstones are committed.
pub(super) fn delete(
    groups: &mut Groups,
    env: &mut Env<'_>,
    asker: Asker,
    name: &Name,
) -> Result<(), ErrorCode> {
    let group = groups.get_mut(name).ok_or(ErrorCode::GroupIdNotFound)?;
    match group.state {
        GroupState::Dead => return Err(ErrorCode::GroupIdNotFound),
        GroupState::Empty => {}
        _ => return Err(ErrorCode::NonEmptyGroup),
    }
    let stored: Vec<(Name, u32)> = group.offsets.keys().cloned().collect();
    let mut pairs = tombstones(name, &stored);
    pairs.extend(group.tombstones());
    env.transition(group, GroupState::Dead);
    env.append(group, pairs, Done::GroupDeleted(Some(asker)));
    Ok(())
}
