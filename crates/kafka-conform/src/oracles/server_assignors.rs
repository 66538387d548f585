//! The assignors of the group coordinator: every round of a group's life.

use super::fields::{Fields, Trouble, number_of, same};
use kafka_core::assignor::server::{self, NoSuchElement, ServerMember, ServerTopic};
use kafka_core::assignor::{Assignment, Partition};
use kafka_core::types::Uuid;
use serde_json::Value;
use std::collections::BTreeSet;

/// `server-assignors.jsonl` and `share-assignor.jsonl`.
pub fn sequence(case: &Fields) -> Result<(), Trouble> {
    let assignor = case.text("assignor")?;
    for (at, fields) in case.objects("rounds")?.iter().enumerate() {
        round(assignor, fields).map_err(|trouble| match trouble {
            Trouble::Different(what) => Trouble::Different(format!("round {}: {what}", at + 1)),
            other => other,
        })?;
    }
    Ok(())
}

fn round(assignor: &str, case: &Fields) -> Result<(), Trouble> {
    let names = case.texts("topicOrder")?;
    let topics = topics(case, &names)?;
    let members = members(case, &names)?;
    let kind = if server::is_homogeneous(&members) {
        "HOMOGENEOUS"
    } else {
        "HETEROGENEOUS"
    };
    same("subscriptionType", case.text("subscriptionType")?, kind)?;
    let assignment = match assignor {
        "uniform" => server::uniform(&topics, &members),
        "range" => server::range(&topics, &members),
        "simple" => match share_groups(case, &names, &topics, &members)? {
            Ok(assignment) => assignment,
            Err(_) => return crashed(case),
        },
        other => return Err(Trouble::Unsupported(format!("assignor {other}"))),
    };
    if let Some(error) = case.find("error") {
        return Err(Trouble::Different(format!("Kafka {error}, ours assigns")));
    }
    let kafka = case.object("assignment")?;
    for (member, ours) in members.iter().zip(assignment) {
        let mut kafkas = kafka.texts(member.id)?;
        let mut ours: Vec<String> = ours.iter().map(|it| print(&names, *it)).collect();
        kafkas.sort_unstable();
        ours.sort_unstable();
        same(&format!("assignment of {}", member.id), kafkas, ours)?;
    }
    Ok(())
}

fn share_groups(
    case: &Fields,
    names: &[&str],
    topics: &[ServerTopic],
    members: &[ServerMember],
) -> Result<Result<Assignment, NoSuchElement>, Trouble> {
    let mut assignable = BTreeSet::new();
    let is_limited = case.find("assignable").is_some();
    if is_limited {
        for text in case.texts("assignable")? {
            assignable.extend(partition(names, text)?);
        }
    }
    let may = |partition: Partition| !is_limited || assignable.contains(&partition);
    Ok(server::simple(topics, members, &may))
}

/// Our assignor met Kafka's crash: so must Kafka have.
fn crashed(case: &Fields) -> Result<(), Trouble> {
    match case.find("error") {
        Some(_) => {
            let exception = case.object("error")?.text("exception")?;
            same("exception", exception, "java.util.NoSuchElementException")
        }
        None => Err(Trouble::Different(
            "Kafka assigns, ours crashes".to_string(),
        )),
    }
}

fn topics(case: &Fields, names: &[&str]) -> Result<Vec<ServerTopic>, Trouble> {
    let topics = case.object("topics")?;
    let topic = |name: &&str| {
        let fields = topics.object(name)?;
        let id = Uuid::parse(fields.text("id")?);
        Ok(ServerTopic {
            id: id.ok_or_else(|| Trouble::Malformed(format!("id of {name}")))?,
            partitions: fields.int("partitions")?,
        })
    };
    names.iter().map(topic).collect()
}

/// The members in the order of the coordinator's table.
fn members<'a>(case: &Fields<'a>, names: &[&str]) -> Result<Vec<ServerMember<'a>>, Trouble> {
    let listed = case.objects("members")?;
    let mut members = Vec::new();
    for id in case.texts("memberOrder")? {
        let fields = listed
            .iter()
            .find(|member| member.find("id").and_then(Value::as_str) == Some(id))
            .ok_or_else(|| Trouble::Malformed(format!("unknown member {id}")))?;
        let subscribed = fields.texts("topics")?;
        let mut current = Vec::new();
        for text in fields.texts("current")? {
            current.extend(partition(names, text)?);
        }
        members.push(ServerMember {
            id,
            instance: fields.find("instance").and_then(Value::as_str),
            topics: subscribed
                .iter()
                .filter_map(|it| position(names, it))
                .collect(),
            current,
        });
    }
    Ok(members)
}

fn position(names: &[&str], name: &str) -> Option<u32> {
    names.iter().position(|it| *it == name).map(|at| at as u32)
}

/// `topic-number`; `None` if the topic is gone.
fn partition(names: &[&str], text: &str) -> Result<Option<Partition>, Trouble> {
    let (topic, number) = text
        .rsplit_once('-')
        .ok_or_else(|| Trouble::Malformed(format!("partition {text}")))?;
    let number = number_of(number)?;
    Ok(position(names, topic).map(|topic| Partition { topic, number }))
}

fn print(names: &[&str], partition: Partition) -> String {
    format!("{}-{}", names[partition.topic as usize], partition.number)
}
