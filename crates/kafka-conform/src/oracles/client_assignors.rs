//! The classic assignors: single rounds, and whole lives of a group.

use super::fields::{Fields, Trouble, number_of, same};
use kafka_core::assignor::{self, Assignment, Member, Partition, Topic};
use serde_json::Value;
use std::collections::BTreeSet;

/// `client-assignors.jsonl` and `sticky-claims.jsonl`: one round a line.
pub fn one_round(case: &Fields) -> Result<(), Trouble> {
    round(case.text("assignor")?, case)
}

/// `sticky-stories.jsonl` and `sticky-sequences.jsonl`: every round of a line.
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

fn round(name: &str, case: &Fields) -> Result<(), Trouble> {
    let names = topic_names(case)?;
    let topics = topics(case, &names)?;
    let members = members(case, &names)?;
    let ours: Assignment = match name {
        "range" => assignor::range(&topics, &members),
        "roundrobin" => assignor::round_robin(&topics, &members),
        "sticky" => assignor::sticky(&topics, &members),
        "cooperative-sticky" => assignor::cooperative_sticky(&topics, &members),
        other => return Err(Trouble::Unsupported(format!("assignor {other}"))),
    };
    // range and round robin hand topics out in the order of a hash table.
    let order_counts = name.ends_with("sticky");
    let kafka = case.object("assignment")?;
    for (member, mut ours) in members.iter().zip(ours) {
        let mut kafkas = Vec::new();
        for text in kafka.texts(member.id)? {
            kafkas.push(partition(&names, text)?.ok_or_else(|| unknown(text))?);
        }
        if !order_counts {
            kafkas.sort_unstable();
            ours.sort_unstable();
        }
        if kafkas != ours {
            let print = |list: &[Partition]| list.iter().map(|it| print(&names, *it)).collect();
            let (kafkas, ours): (Vec<String>, Vec<String>) = (print(&kafkas), print(&ours));
            same(&format!("assignment of {}", member.id), kafkas, ours)?;
        }
    }
    if case.find("revoked").is_some() {
        same_revocations(case, &members, &names)?;
    }
    Ok(())
}

/// The owned partitions that the round takes away follow from claims and assignment:
/// checks that the recording says what our reading of it says.
fn same_revocations(case: &Fields, members: &[Member], names: &[&str]) -> Result<(), Trouble> {
    let assignment = case.object("assignment")?;
    let revoked = case.object("revoked")?;
    for member in members {
        let kept: BTreeSet<&str> = assignment.texts(member.id)?.into_iter().collect();
        let mut ours: Vec<String> = member.claims.iter().map(|it| print(names, *it)).collect();
        ours.retain(|text| !kept.contains(text.as_str()));
        let mut kafkas = match revoked.find(member.id) {
            Some(_) => revoked.texts(member.id)?,
            None => Vec::new(),
        };
        ours.sort_unstable();
        kafkas.sort_unstable();
        same(&format!("revoked of {}", member.id), kafkas, ours)?;
    }
    Ok(())
}

/// All topics anybody names, sorted: those of the cluster, subscribed ones, claimed ones.
fn topic_names<'a>(case: &Fields<'a>) -> Result<Vec<&'a str>, Trouble> {
    let mut names: BTreeSet<&str> = case.table("topics")?.iter().map(|topic| topic.0).collect();
    for member in case.objects("members")? {
        names.extend(member.texts("topics")?);
        if member.find("claims").is_some() {
            let claims = member.texts("claims")?;
            names.extend(
                claims
                    .iter()
                    .filter_map(|text| Some(text.rsplit_once('-')?.0)),
            );
        }
    }
    Ok(names.into_iter().collect())
}

fn topics<'a>(case: &Fields<'a>, names: &[&'a str]) -> Result<Vec<Topic<'a>>, Trouble> {
    let counts = case.object("topics")?;
    let racks = match case.find("partitionRacks") {
        Some(_) => Some(case.object("partitionRacks")?),
        None => None,
    };
    names
        .iter()
        .map(|name| {
            let partitions = counts.find(name).map_or(Ok(0), |_| counts.int(name))?;
            let racks = racks.filter(|racks| racks.find(name).is_some());
            let racks = racks.map_or(Ok(&[][..]), |racks| racks.list(name))?;
            let racks: Option<Vec<Vec<&str>>> = racks.iter().map(texts).collect();
            Ok(Topic {
                name,
                partitions,
                racks: racks.ok_or_else(|| Trouble::Malformed("partitionRacks".to_string()))?,
            })
        })
        .collect()
}

fn texts(list: &Value) -> Option<Vec<&str>> {
    list.as_array()?.iter().map(Value::as_str).collect()
}

/// The members in the order of the leader's table.
fn members<'a>(case: &Fields<'a>, names: &[&'a str]) -> Result<Vec<Member<'a>>, Trouble> {
    let joined = case.objects("members")?;
    let mut members = Vec::new();
    for id in case.texts("memberOrder")? {
        let fields = joined
            .iter()
            .find(|member| member.find("id").and_then(Value::as_str) == Some(id))
            .ok_or_else(|| unknown(id))?;
        let mut topics = Vec::new();
        for topic in fields.texts("topics")? {
            topics.push(position(names, topic).ok_or_else(|| unknown(topic))?);
        }
        let mut claims = Vec::new();
        if fields.find("claims").is_some() {
            for text in fields.texts("claims")? {
                claims.extend(partition(names, text)?);
            }
        }
        members.push(Member {
            id,
            instance: fields.find("instance").and_then(Value::as_str),
            rack: fields.find("rack").and_then(Value::as_str),
            topics,
            claims,
            generation: match fields.find("claimGeneration") {
                Some(_) => fields.int("claimGeneration")?,
                None => -1,
            },
        });
    }
    Ok(members)
}

fn position(names: &[&str], name: &str) -> Option<u32> {
    names.binary_search(&name).ok().map(|at| at as u32)
}

/// `topic-number`; `None` if the topic is not among the names.
fn partition(names: &[&str], text: &str) -> Result<Option<Partition>, Trouble> {
    let (topic, number) = text.rsplit_once('-').ok_or_else(|| unknown(text))?;
    let number = number_of(number)?;
    Ok(position(names, topic).map(|topic| Partition { topic, number }))
}

fn print(names: &[&str], partition: Partition) -> String {
    format!("{}-{}", names[partition.topic as usize], partition.number)
}

fn unknown(text: &str) -> Trouble {
    Trouble::Malformed(format!("unknown {text}"))
}
