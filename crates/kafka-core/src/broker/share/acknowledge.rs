//! Acknowledgements and the end of sessions (SHG-4).

use crate::broker::{Broker, Cx};
use crate::error::ErrorCode;
use crate::note::Note;
use crate::protocol::AcknowledgementBatch;
use crate::share::Phase;
use crate::types::{Name, TopicPartition};

impl Broker {
    /// Acknowledges in one share partition; the request waits until it is stored.
    pub(super) fn acknowledge_one(
        &mut self,
        cx: &mut Cx<'_>,
        number: u64,
        id: TopicPartition,
        batches: &[AcknowledgementBatch],
    ) -> Result<(), ErrorCode> {
        let Some(open) = self.share.open.get(&number) else {
            return Ok(());
        };
        let (group, member) = (open.group.clone(), open.member.clone());
        let settings = self.share_settings(&group);
        let led = self.partitions.get(id).is_some_and(|led| led.is_leader());
        if !led {
            return Err(ErrorCode::NotLeaderOrFollower);
        }
        let partition = self.share.partitions.get_mut(&(group.clone(), id));
        let partition = partition.filter(|partition| partition.phase() == Phase::Active);
        let partition = partition.ok_or(ErrorCode::UnknownTopicOrPartition)?;
        let transition = partition.acknowledge(&member, batches, &settings, cx.now)?;
        if let Some(at) = partition.next_lock_expiry() {
            self.share.locks.need(at, cx.fx);
        }
        if !transition.writes.is_empty() {
            self.wait_for(number);
            for run in &transition.writes {
                cx.fx.note(Note::ShareAcknowledged {
                    group: group.clone(),
                    member: member.clone(),
                    partition: id,
                    first: run.first,
                    last: run.last,
                    to: run.state,
                });
            }
            self.store_state(
                cx,
                &group,
                id,
                transition.writes,
                Some(transition.ticket),
                Some(number),
            );
        }
        Ok(())
    }

    fn wait_for(&mut self, number: u64) {
        if let Some(open) = self.share.open.get_mut(&number) {
            open.waiting += 1;
        }
    }

    /// A member's last request: its session ends and it has nothing any more.
    pub(super) fn end_session(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        member: &Name,
        number: u64,
    ) {
        if self.share.sessions.remove(group, member).is_some() {
            self.release_member(cx, group, member, Some(number));
        }
    }

    /// Gives back everything the member has here; a request may wait for it.
    pub(super) fn release_member(
        &mut self,
        cx: &mut Cx<'_>,
        group: &Name,
        member: &Name,
        number: Option<u64>,
    ) {
        let settings = self.share_settings(group);
        let of_group = (self.share.partitions.keys()).filter(|(known, _)| known == group);
        let ids: Vec<TopicPartition> = of_group.map(|(_, id)| *id).collect();
        for id in ids {
            let Some(partition) = self.share.partitions.get_mut(&(group.clone(), id)) else {
                continue;
            };
            let Some(transition) = partition.release_member(member, &settings) else {
                continue;
            };
            if let Some(number) = number {
                self.wait_for(number);
            }
            for run in &transition.writes {
                let note =
                    Note::ShareReleased(group.clone(), member.clone(), id, run.first, run.last);
                cx.fx.note(note);
            }
            let ticket = Some(transition.ticket);
            self.store_state(cx, group, id, transition.writes, ticket, number);
        }
    }
}
