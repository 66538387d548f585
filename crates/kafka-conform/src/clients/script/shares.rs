//! Calls and settings of a story's share consumer.
//!
//! The recording says how the application acknowledged each record it was given; when
//! it subscribed and closed, and its settings, are told by its requests.

use std::collections::BTreeMap;

use kafka_core::client::ClientCommand;
use kafka_core::config::{Acknowledging, ShareConsumerConfig};
use kafka_core::protocol::AcknowledgeType;
use kafka_core::types::Duration;

use super::{Deed, Step};
use crate::clients::recording::{Line, Recording, Sent};

/// The recordings' applications call `poll` with 100 ms.
const POLL: Duration = Duration::from_ms(100);

/// A delivery of a record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::clients) struct Given {
    pub partition: u32,
    pub offset: i64,
    pub delivery: u16,
}

/// How each delivery was acknowledged, and the commit that followed.
pub(in crate::clients) type Acknowledgements = BTreeMap<Given, (AcknowledgeType, ClientCommand)>;

pub(super) fn is_share(recording: &Recording, client: &str) -> bool {
    let mut lines = recording.of(client);
    lines.any(|line| line.event == "got")
}

pub(super) fn steps(
    recording: &Recording,
    client: &str,
    steps: &mut Vec<Step>,
) -> Result<(), String> {
    let lacks = |what: &str| format!("{client}'s requests do not tell its {what}");
    let first = recording.sent_by(client).next();
    let at_ms = first.ok_or_else(|| lacks("start"))?.at_ms;
    let sent = |api: &str, word: &str| {
        let mut all = recording.sent_by(client);
        all.find(|sent| sent.api == api && sent.body.contains(word))
            .ok_or_else(|| lacks(word))
    };
    let joins = sent("SHARE_GROUP_HEARTBEAT", "memberEpoch=0")?;
    let fetches = sent("SHARE_FETCH", "maxRecords=")?;
    let group = quoted(joins, "groupId").ok_or_else(|| lacks("group"))?;
    let member = quoted(joins, "memberId").ok_or_else(|| lacks("member id"))?;
    let most = number(fetches, "maxRecords").ok_or_else(|| lacks("limit"))?;
    let mut config = ShareConsumerConfig {
        group: group.into(),
        acknowledging: Acknowledging::ByHand,
        max_poll_records: most,
        poll_every: POLL,
        member_id: Some(member.into()),
        ..ShareConsumerConfig::default()
    };
    config.client.client_id = client.into();
    let mut step = |at_ms: u64, deed: Deed| {
        let who = client.to_string();
        steps.push(Step { at_ms, who, deed });
    };
    // The story's group begins with the records that are there already.
    step(
        at_ms,
        Deed::GroupConfig {
            group: group.to_string(),
            name: "share.auto.offset.reset".to_string(),
            value: "earliest".to_string(),
        },
    );
    step(
        at_ms,
        Deed::Share {
            config: Box::new(config),
            topics: between(&joins.body, "subscribedTopicNames=[", "]")
                .map(|list| list.split(", ").map(str::to_string).collect())
                .ok_or_else(|| lacks("topics"))?,
        },
    );
    if let Ok(last) = sent("SHARE_ACKNOWLEDGE", "shareSessionEpoch=-1") {
        let close = ClientCommand::Close { leave: true };
        step(last.at_ms, Deed::Call(close));
    }
    Ok(())
}

/// What every application did with what it was given.
pub(super) fn acknowledgements(recording: &Recording) -> Acknowledgements {
    let mut all = Acknowledgements::new();
    for client in recording.clients() {
        let lines: Vec<&Line> = recording.of(client).collect();
        for (at, line) in lines.iter().enumerate() {
            let with = match line.text("ack") {
                "accept" => AcknowledgeType::Accept,
                "release" => AcknowledgeType::Release,
                "reject" => AcknowledgeType::Reject,
                _ => continue,
            };
            let Some(given) = given(line) else {
                continue;
            };
            let mut rest = lines[at..].iter().filter(|line| line.event != "got");
            let command = match rest.next() {
                Some(next) if next.event == "commit" => ClientCommand::Commit(None),
                _ => ClientCommand::CommitAsync,
            };
            all.insert(given, (with, command));
        }
    }
    all
}

fn given(line: &Line) -> Option<Given> {
    Some(Given {
        partition: u32::try_from(line.number("partition")?).ok()?,
        offset: line.number("offset")?,
        delivery: u16::try_from(line.number("delivery")?).ok()?,
    })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inner, _)| inner)
}

fn quoted<'a>(sent: &'a Sent, field: &str) -> Option<&'a str> {
    between(&sent.body, &format!("{field}='"), "'")
}

fn number(sent: &Sent, field: &str) -> Option<u32> {
    between(&sent.body, &format!("{field}="), ",")?.parse().ok()
}
