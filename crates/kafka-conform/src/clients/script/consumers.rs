//! Calls and settings of a story's consumer.

use kafka_core::client::ClientCommand;
use kafka_core::config::{ConsumerConfig, OffsetReset};
use kafka_core::protocol::OffsetSpec;
use kafka_core::types::{Duration, Name};
use kafka_scenario::clients::{ConsumerPlan, consumer_setting};

use super::{Deed, Step, settings};
use crate::clients::recording::{Line, Recording};

/// The recordings' applications call `poll` with 100 ms.
const POLL: Duration = Duration::from_ms(100);

pub(super) fn steps(
    recording: &Recording,
    client: &str,
    steps: &mut Vec<Step>,
) -> Result<(), String> {
    let lines: Vec<&Line> = recording.of(client).collect();
    let mut step = |at_ms: u64, deed: Deed| {
        steps.push(Step {
            at_ms,
            who: client.to_string(),
            deed,
        });
    };
    let closed = lines.iter().any(|line| line.event == "closed");
    let announced = lines.iter().any(|line| line.event.starts_with("closing"));
    if closed && !announced {
        // Plain `close()` is not announced; giving up the partitions is its first sign.
        let gave_up = |line: &&&Line| matches!(line.event.as_str(), "revoked" | "lost");
        let last = lines.iter().rev().find(gave_up).or(lines.last());
        let at_ms = last.map_or(0, |line| line.at_ms);
        step(at_ms, Deed::Call(ClientCommand::Close { leave: true }));
    }
    for line in &lines {
        let deed = match line.event.as_str() {
            "subscribed" => Deed::Subscribe {
                config: Box::new(ConsumerConfig {
                    member_id: member_id(recording, client),
                    ..config(line)?
                }),
                topics: topics(line),
            },
            // Its process was ended before `close` returned.
            "closing" if !closed => Deed::Kill,
            "closing" => Deed::Call(ClientCommand::CloseLeaving),
            "closing_without_leaving" => Deed::Call(ClientCommand::Close { leave: false }),
            "stops_polling" => Deed::Call(ClientCommand::StopPolling),
            "polls_again" => Deed::Call(ClientCommand::ResumePolling),
            // Outcomes of `commitSync`, which is called then.
            "committed" | "error" => Deed::Call(ClientCommand::Commit(None)),
            "assigned" | "revoked" | "lost" | "received" | "poll_error" | "closed" => continue,
            other => return Err(format!("a consumer's `{other}` is not simulated yet")),
        };
        step(line.at_ms, deed);
    }
    Ok(())
}

/// The id the recorded client drew: range and uniform go by it.
fn member_id(recording: &Recording, client: &str) -> Option<Name> {
    let mut sent = recording.sent_by(client);
    let beat = sent.find(|sent| sent.api == "CONSUMER_GROUP_HEARTBEAT")?;
    let (_, rest) = beat.body.split_once("memberId='")?;
    Some(rest.split('\'').next()?.into())
}

fn topics(line: &Line) -> Vec<String> {
    let text = line.text("topics");
    let list = text.trim_start_matches('[').trim_end_matches(']');
    list.split(", ").map(str::to_string).collect()
}

fn config(line: &Line) -> Result<ConsumerConfig, String> {
    let mut plan = ConsumerPlan::default();
    plan.config.client.client_id = line.who.as_str().into();
    plan.config.group = Some(line.text("group").into());
    // The recordings' consumers begin at the beginning unless they say otherwise.
    plan.config.offset_reset = OffsetReset::To(OffsetSpec::Earliest);
    plan.config.poll_every = POLL;
    for (name, value) in settings(line.text("config")) {
        let (name, value) = match name.as_str() {
            "auto.offset.reset" => ("from", value),
            "partition.assignment.strategy" => ("assignor", assignors(&value)?),
            other => (other, value),
        };
        consumer_setting(&mut plan, name, &value).map_err(|problem| problem.to_string())?;
    }
    Ok(plan.config)
}

/// Names of assignors for their class names.
pub(crate) fn assignors(classes: &str) -> Result<String, String> {
    let mut names = Vec::new();
    for class in classes.split(',') {
        let class = class.trim();
        names.push(match class.rsplit('.').next().unwrap_or(class) {
            "RangeAssignor" => "range",
            "RoundRobinAssignor" => "roundrobin",
            "StickyAssignor" => "sticky",
            "CooperativeStickyAssignor" => "cooperative-sticky",
            _ => return Err(format!("the assignor {class} is not simulated")),
        });
    }
    Ok(names.join(","))
}
