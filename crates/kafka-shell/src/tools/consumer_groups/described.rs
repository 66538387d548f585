//! A group as either protocol's describe request shows it.

use kafka_core::client::AdminTarget;
use kafka_core::consumer_protocol::decode_assignment;
use kafka_core::error::ErrorCode;
use kafka_core::protocol::{
    ConsumerGroupDescribeRequest, DescribeGroupsRequest, DescribedConsumerGroup,
    DescribedConsumerMember, DescribedGroup, DescribedMember, Request, Response,
};
use kafka_core::types::{GroupEpoch, Name};

use crate::admin::Admin;
use crate::java::Exception;

/// Topic names with partitions, both sorted.
pub(in crate::tools) type Assignment = Vec<(Name, Vec<u32>)>;

/// A member.
pub(super) struct Member {
    pub member_id: Name,
    pub instance_id: Option<Name>,
    pub client_id: Name,
    pub host: Name,
    /// Member epoch; none in a classic group.
    pub epoch: Option<GroupEpoch>,
    pub assignment: Assignment,
    /// What it shall own; none in a classic group.
    pub target: Option<Assignment>,
}

impl Member {
    /// How many partitions it owns.
    pub fn count(&self) -> usize {
        let counts = self.assignment.iter().map(|(_, list)| list.len());
        counts.sum()
    }
}

/// A group.
pub(super) struct Described {
    pub group: Name,
    pub state: Name,
    /// Empty while there is none to show.
    pub assignor: Name,
    /// Group epoch and that of the target; none in a classic group.
    pub epochs: Option<(GroupEpoch, GroupEpoch)>,
    pub members: Vec<Member>,
}

impl Described {
    /// As AdminClient does it: asked as a consumer group first, then as a classic one.
    pub async fn ask(admin: &Admin, group: &Name) -> Result<Described, Exception> {
        let request = Request::ConsumerGroupDescribe(ConsumerGroupDescribeRequest {
            groups: vec![group.clone()],
        });
        let target = AdminTarget::Coordinator(group.clone());
        let Response::ConsumerGroupDescribe(answer) = admin.call(target, request).await? else {
            return Err(Exception::of_code(ErrorCode::UnknownServerError));
        };
        match answer.groups.into_iter().next() {
            Some(found) if !found.error.is_error() => Ok(of_consumer(found)),
            Some(found) if found.error != ErrorCode::GroupIdNotFound => {
                let error = found.error;
                admin.log_error(
                    &format!(
                        "`ConsumerGroupDescribe` request for group id {group} failed due to unexpected error {}.",
                        error.name()
                    ),
                    "internals.DescribeConsumerGroupsHandler",
                );
                Err(Exception::of_code(error).executed())
            }
            // What the first refusal says is told if the second question fails, too.
            other => {
                let text = other.and_then(|found| found.message);
                let text = text.unwrap_or_else(|| format!("Group {group} not found.").into());
                ask_classic(admin, group, &text).await
            }
        }
    }
}

async fn ask_classic(admin: &Admin, group: &Name, text: &str) -> Result<Described, Exception> {
    let request = Request::DescribeGroups(DescribeGroupsRequest {
        groups: vec![group.clone()],
    });
    let target = AdminTarget::Coordinator(group.clone());
    let Response::DescribeGroups(answer) = admin.call(target, request).await? else {
        return Err(Exception::of_code(ErrorCode::UnknownServerError));
    };
    match answer.groups.into_iter().next() {
        Some(found) if !found.error.is_error() && &*found.state != "Dead" => Ok(of_classic(found)),
        Some(found) if found.error.is_error() && found.error != ErrorCode::GroupIdNotFound => {
            Err(Exception::of_code(found.error))
        }
        _ => Err(Exception::new(ErrorCode::GroupIdNotFound.exception(), text).executed()),
    }
}

/// In order of topic and partition.
pub(in crate::tools) fn sorted(mut assignment: Assignment) -> Assignment {
    for (_, partitions) in &mut assignment {
        partitions.sort_unstable();
    }
    assignment.sort();
    assignment
}

fn of_consumer(found: DescribedConsumerGroup) -> Described {
    let member = |member: DescribedConsumerMember| Member {
        member_id: member.member_id,
        instance_id: member.group_instance_id,
        client_id: member.client_id,
        host: member.client_host,
        epoch: Some(member.member_epoch),
        assignment: sorted(member.assignment),
        target: Some(sorted(member.target)),
    };
    Described {
        group: found.group,
        state: found.state,
        assignor: found.assignor,
        epochs: Some((found.epoch, found.target_epoch)),
        members: found.members.into_iter().map(member).collect(),
    }
}

fn of_classic(found: DescribedGroup) -> Described {
    let member = |member: DescribedMember| Member {
        member_id: member.member_id,
        instance_id: member.group_instance_id,
        client_id: member.client_id,
        host: member.client_host,
        epoch: None,
        assignment: sorted(decode_assignment(&member.assignment).unwrap_or_default()),
        target: None,
    };
    let shown = matches!(&*found.state, "Stable" | "CompletingRebalance");
    Described {
        group: found.group,
        state: found.state,
        assignor: if shown {
            found.protocol_name
        } else {
            "".into()
        },
        epochs: None,
        members: found.members.into_iter().map(member).collect(),
    }
}
