//! Which share partitions a share group has begun, as administrators change it.

use super::super::Coordinator;
use super::super::state::Group;
use super::super::writes::Env;
use super::{ModernGroup, ModernKind, edit, share};
use crate::error::ErrorCode;
use crate::group::GroupAppend;
use crate::metadata::ClusterImage;
use crate::node::Effects;
use crate::note::MemberRemoval;
use crate::protocol::Outcome;
use crate::types::{GroupEpoch, Name, Time, TopicPartition};

/// A change of the share partitions a group has begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ShareEdit {
    /// An administrator begins them, anew or for the first time; the group must be empty.
    Begin(Vec<TopicPartition>),
    /// The share coordinator has begun this one (`true`), or could not.
    Begun(TopicPartition, bool),
    /// Their states are gone.
    Forget(Vec<TopicPartition>),
}

impl Coordinator {
    fn share_group(&self, group: &Name) -> Option<&ModernGroup> {
        let modern = self.group(group)?.modern.as_deref()?;
        (modern.kind == ModernKind::Share).then_some(modern)
    }

    /// Partitions whose state a share group has begun; none if there is no such group.
    ///
    /// # Errors
    /// NOT_COORDINATOR.
    pub fn share_partitions(
        &self,
        group: &Name,
        image: &ClusterImage,
    ) -> Result<Vec<TopicPartition>, ErrorCode> {
        if !self.leads(self.partition_of(group, image)) {
            return Err(ErrorCode::NotCoordinator);
        }
        let begun = self.share_group(group).map(|group| &group.initialized);
        Ok(begun.into_iter().flatten().copied().collect())
    }

    /// As [`Coordinator::share_partitions`], of a group that exists and that nobody is in.
    ///
    /// # Errors
    /// NOT_COORDINATOR, GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP.
    pub fn empty_share_group(
        &self,
        group: &Name,
        image: &ClusterImage,
    ) -> Result<Vec<TopicPartition>, Outcome> {
        let begun = self.share_partitions(group, image).map_err(Outcome::code)?;
        let Some(found) = self.share_group(group) else {
            let text = match self.group(group) {
                Some(_) => format!("Group {group} is not a share group."),
                None => format!("Group {group} not found."),
            };
            return Err(Outcome::fail(ErrorCode::GroupIdNotFound, &text));
        };
        if !found.members.is_empty() {
            return Err(Outcome::code(ErrorCode::NonEmptyGroup));
        }
        Ok(begun)
    }

    /// Changes which share partitions a group has begun; the group's epoch.
    ///
    /// # Errors
    /// NOT_COORDINATOR; GROUP_ID_NOT_FOUND if it is a group of another kind, or there is none
    /// and nothing begins; NON_EMPTY_GROUP.
    pub fn edit_share(
        &mut self,
        now: Time,
        name: &Name,
        change: ShareEdit,
        image: &ClusterImage,
        fx: &mut Effects,
        appends: &mut Vec<GroupAppend>,
    ) -> Result<GroupEpoch, ErrorCode> {
        let home = self.partition_of(name, image);
        if !self.leads(home) {
            return Err(ErrorCode::NotCoordinator);
        }
        let env = &mut Env::new(now, &self.config, image, fx, &mut self.writes, appends);
        let begins = matches!(change, ShareEdit::Begin(_));
        let kind = ModernKind::Share;
        let group = edit::find_or_create(&mut self.groups, env, name, kind, home, begins)?;
        apply(group, env, change)
    }
}

fn apply(group: &mut Group, env: &mut Env<'_>, change: ShareEdit) -> Result<GroupEpoch, ErrorCode> {
    let Some(mut after) = group.modern.clone() else {
        return Err(ErrorCode::GroupIdNotFound);
    };
    let epoch = after.epoch;
    match change {
        ShareEdit::Begin(_) if !after.members.is_empty() => return Err(ErrorCode::NonEmptyGroup),
        ShareEdit::Begin(ids) => after.initializing.extend(ids),
        ShareEdit::Begun(id, done) => {
            share::on_initialized(group, env, id, done);
            return Ok(epoch);
        }
        ShareEdit::Forget(ids) => {
            for id in ids {
                after.initializing.remove(&id);
                after.initialized.remove(&id);
            }
        }
    }
    edit::take_over(group, env, after, MemberRemoval::Fenced);
    Ok(epoch)
}
