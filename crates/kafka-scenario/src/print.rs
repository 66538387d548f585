//! Scenario to text. Reading the text gives the same scenario, and printing that
//! again gives the same text.

use std::fmt::Write;

use kafka_core::config::Truncation;
use kafka_core::types::NodeId;

use crate::ast::{End, LinkVerb, Scenario, ServerVerb, Setup, Statement, TxnOffsets, VoterVerb};
use crate::line::{show_span, show_word};

/// The scenario's text.
pub fn print(scenario: &Scenario) -> String {
    let mut text = String::from("scenario 1\n");
    print_setup(&scenario.setup, &mut text);
    for step in &scenario.steps {
        statement(&step.what, &mut text);
    }
    text
}

fn print_setup(setup: &Setup, text: &mut String) {
    // Writing to a String cannot fail.
    if let Some(card) = &setup.card {
        let _ = write!(text, "{card}");
    }
    if let Some(title) = &setup.title {
        let _ = writeln!(text, "title {}", show_word(title));
    }
    let _ = writeln!(text, "seed {}", setup.seed);
    let voters = setup.voters.map(|voters| format!(" voters={voters}"));
    let _ = writeln!(
        text,
        "cluster brokers={} controllers={}{}{}",
        setup.brokers,
        setup.controllers,
        voters.unwrap_or_default(),
        match setup.log_dirs {
            1 => String::new(),
            count => format!(" log-dirs={count}"),
        }
    );
    if !setup.elr {
        text.push_str("elr off\n");
    }
    if setup.transaction_version != 2 {
        let _ = writeln!(text, "transaction-version {}", setup.transaction_version);
    }
    match setup.truncation {
        Truncation::Epochs => {}
        Truncation::Unfenced => text.push_str("truncation unfenced\n"),
        Truncation::EpochEnd => text.push_str("truncation epoch-end\n"),
        Truncation::HighWatermark => text.push_str("truncation high-watermark\n"),
    }
    if !setup.strict_min_isr {
        text.push_str("strict-min-isr off\n");
    }
    if setup.cold {
        text.push_str("start-cold\n");
    }
    for (name, value) in &setup.settings {
        let _ = writeln!(text, "set {}", show_word(&format!("{name}={value}")));
    }
    if !setup.racks.is_empty() {
        text.push_str("racks");
        for (broker, rack) in &setup.racks {
            let _ = write!(text, " {}", show_word(&format!("{broker}={rack}")));
        }
        text.push('\n');
    }
    for (topic, lists) in &setup.placements {
        let _ = write!(text, "placement {}", show_word(topic));
        for (partition, replicas) in lists.iter().enumerate() {
            let ids: Vec<String> = replicas.iter().map(u32::to_string).collect();
            let _ = write!(text, " {partition}={}", ids.join(","));
        }
        text.push('\n');
    }
}

fn side(nodes: &[NodeId]) -> String {
    let ids: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    ids.join(",")
}

fn settings(pairs: &[(String, String)]) -> String {
    let shown = pairs
        .iter()
        .map(|(n, v)| format!(" {}", show_word(&format!("{n}={v}"))));
    shown.collect()
}

fn statement(statement: &Statement, text: &mut String) {
    let line = match statement {
        Statement::Wait(span) => format!("wait {}", show_span(*span)),
        Statement::Events(count) => format!("step {count}"),
        Statement::Voter(VoterVerb::Add, node) => format!("add-voter {node}"),
        Statement::Voter(VoterVerb::Remove, node) => format!("remove-voter {node}"),
        Statement::MoveReplica {
            topic,
            partition,
            broker,
            dir,
        } => format!(
            "move-replica {} {partition} broker={broker} dir={dir}",
            show_word(topic)
        ),
        Statement::Server(verb, node) => format!("{} {node}{}", server(*verb), log_dir(*verb)),
        Statement::Link {
            verb,
            from,
            to,
            both,
        } => link(*verb, &end(from), &end(to), *both),
        Statement::Partition(one, other) => format!("partition {} | {}", side(one), side(other)),
        Statement::Heal => "heal".to_string(),
        Statement::Producer(name, pairs) => {
            format!("producer {}{}", show_word(name), settings(pairs))
        }
        Statement::Consumer(name, pairs) => {
            format!("consumer {}{}", show_word(name), settings(pairs))
        }
        Statement::ShareConsumer(name, pairs) => {
            format!("share-consumer {}{}", show_word(name), settings(pairs))
        }
        Statement::Send {
            producer,
            topic,
            value,
            key,
            partition,
        } => {
            let mut line = format!(
                "send {} {} {}",
                show_word(producer),
                show_word(topic),
                show_word(value.as_deref().unwrap_or("-"))
            );
            if let Some(key) = key {
                line.push_str(&format!(" {}", show_word(&format!("key={key}"))));
            }
            if let Some(partition) = partition {
                line.push_str(&format!(" partition={partition}"));
            }
            if value.is_none() {
                line.push_str(" tombstone=true");
            }
            line
        }
        Statement::Load { .. } => load(statement),
        Statement::StopLoad(name) => format!("stop-load {}", show_word(name)),
        Statement::StopPolling(name) => format!("stop-polling {}", show_word(name)),
        Statement::ResumePolling(name) => format!("resume-polling {}", show_word(name)),
        Statement::Commit(name) => format!("commit {}", show_word(name)),
        Statement::Begin(name) => format!("begin {}", show_word(name)),
        Statement::Abort(name) => format!("abort {}", show_word(name)),
        Statement::SendOffsets(name, offsets) => send_offsets(name, offsets),
        Statement::Seek {
            consumer,
            topic,
            partition,
            offset,
        } => {
            let (consumer, topic) = (show_word(consumer), show_word(topic));
            format!("seek {consumer} {topic} {partition} {offset}")
        }
        Statement::Close(name) => format!("close {}", show_word(name)),
        Statement::Kill(name) => format!("kill {}", show_word(name)),
        Statement::Shell(command, input) => {
            let mut lines = format!("$ {command}");
            for line in input {
                lines.push_str(&format!("\n< {line}"));
            }
            lines
        }
    };
    text.push_str(&line);
    text.push('\n');
}

/// A `load` line; any other statement prints nothing.
fn load(what: &Statement) -> String {
    let Statement::Load {
        producer,
        topic,
        every,
        count,
        keys,
        key_names,
        size,
    } = what
    else {
        return String::new();
    };
    let mut line = format!(
        "load {} {} every={}",
        show_word(producer),
        show_word(topic),
        show_span(*every)
    );
    if let Some(count) = count {
        line.push_str(&format!(" count={count}"));
    }
    if *keys > 0 {
        line.push_str(&format!(" keys={keys}"));
    }
    if !key_names.is_empty() {
        let keys = format!("keys={}", key_names.join(","));
        line.push_str(&format!(" {}", show_word(&keys)));
    }
    if *size > 0 {
        line.push_str(&format!(" size={size}"));
    }
    line
}

fn send_offsets(name: &str, offsets: &TxnOffsets) -> String {
    let what = match offsets {
        TxnOffsets::Of(consumer) => show_word(&format!("consumer={consumer}")),
        TxnOffsets::At {
            group,
            topic,
            partition,
            offset,
        } => {
            let (group, topic) = (format!("group={group}"), format!("topic={topic}"));
            let (group, topic) = (show_word(&group), show_word(&topic));
            format!("{group} {topic} partition={partition} offset={offset}")
        }
    };
    format!("send-offsets {} {what}", show_word(name))
}

fn server(verb: ServerVerb) -> &'static str {
    match verb {
        ServerVerb::Crash => "crash",
        ServerVerb::PowerLoss => "power-loss",
        ServerVerb::Stop => "stop",
        ServerVerb::Start => "start",
        ServerVerb::Pause => "pause",
        ServerVerb::Resume => "resume",
        ServerVerb::FailLogDir(_) => "fail-log-dir",
        ServerVerb::FillDisk(_) => "fill-disk",
        ServerVerb::RepairDisk(_) => "repair-disk",
    }
}

/// Of what concerns one log directory: which, if it is not the first.
fn log_dir(verb: ServerVerb) -> String {
    match verb {
        ServerVerb::FailLogDir(dir) | ServerVerb::FillDisk(dir) | ServerVerb::RepairDisk(dir)
            if dir != 0 =>
        {
            format!(" dir={dir}")
        }
        _ => String::new(),
    }
}

fn end(end: &End) -> String {
    match end {
        End::Server(node) => node.to_string(),
        End::Client(name) => show_word(name),
    }
}

fn link(verb: LinkVerb, from: &str, to: &str, both: bool) -> String {
    let arrow = if both { "-" } else { "->" };
    match verb {
        LinkVerb::Up => format!("link-up {from} {arrow} {to}"),
        LinkVerb::Cut => format!("cut {from} {arrow} {to}"),
        LinkVerb::Hold => format!("hold {from} {arrow} {to}"),
        LinkVerb::Slow(by) => format!("slow {from} {arrow} {to} {}", show_span(by)),
    }
}
