//! Sessions were recorded one after the other on one cluster, so that some answers are about
//! groups and topics of other stories too. What of them concerns this story is compared.
//!
//! Invariant: what concerns a group or a topic of the story itself is never left out.

use std::collections::BTreeSet;

use super::parse::{StepKind, Transcript};

/// Leaves groups of other stories out of recorded lists of groups, those that no line of this
/// one speaks of, and marks the answers about all partitions of the cluster.
pub(super) fn without_others(mut transcript: Transcript) -> Transcript {
    let said: Vec<String> = transcript
        .steps
        .iter()
        .map(|s| s.text().to_string())
        .collect();
    let is_ours = |row: &str| {
        let group = row.split_whitespace().next().unwrap_or_default();
        group == "GROUP" || said.iter().any(|line| line.contains(group))
    };
    let mut topics = BTreeSet::new();
    for step in &mut transcript.steps {
        learn(&mut topics, step.text());
        let is_list = step.text().contains("-groups.sh") && step.text().contains("--list");
        if is_list && step.sections.err.is_empty() {
            let rows = step.sections.out.lines().filter(|row| is_ours(row));
            step.sections.out = rows.map(|row| format!("{row}\n")).collect();
        }
        let is_of_all = matches!(&step.kind, StepKind::Command(line) if line.contains("--all-topic-partitions"));
        if is_of_all {
            step.only = Some(topics.clone());
        }
    }
    transcript
}

/// The topics that a step makes.
fn learn(topics: &mut BTreeSet<String>, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["topic" | "create", topic, ..] => drop(topics.insert(topic.to_string())),
        _ if words.contains(&"--create") => {
            let named = words.windows(2).filter(|pair| pair[0] == "--topic");
            topics.extend(named.map(|pair| pair[1].to_string()));
        }
        _ => {}
    }
}

/// Whether the partition is one of these topics'.
fn is_of(topics: &BTreeSet<String>, partition: &str) -> bool {
    partition
        .rsplit_once('-')
        .is_some_and(|(topic, _)| topics.contains(topic))
}

/// The list of partitions that a line of an answer ends with, and what stands before it and
/// behind it.
fn listed(line: &str) -> Option<(&str, Vec<&str>, &str)> {
    let (before, rest) = line.split_once("for partition")?;
    let list = rest.trim_start_matches(['s', ':', ' ']);
    let begin = &line[..before.len() + "for partition".len() + rest.len() - list.len()];
    let (list, why) = list.split_at(list.find(": ").unwrap_or(list.len()));
    Some((begin, list.split(", ").collect(), why))
}

/// What of an answer about all partitions concerns these topics: without the other partitions,
/// the number of those that failed, and the traces, which name none.
pub(super) fn narrowed(text: &str, topics: &BTreeSet<String>) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let Some((begin, list, why)) = listed(line) else {
            let is_of_any = line.contains("could not be elected") || line.contains("Suppressed: ");
            if !is_of_any {
                lines.push(line.to_string());
            }
            continue;
        };
        let mut ours: Vec<&str> = list.into_iter().filter(|it| is_of(topics, it)).collect();
        ours.sort_unstable();
        if !ours.is_empty() {
            lines.push(format!("{begin}{}{why}", ours.join(", ")));
        }
    }
    lines.sort();
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn a_group_that_no_line_speaks_of_belongs_to_another_story() {
        let text = "$ x --group mine\n>>> exit 0\n$ kafka-groups.sh --list\n>>> stdout\nGROUP  TYPE\nmine  a\nother  a\n>>> exit 0\n";
        let transcript = without_others(parse(text));
        assert_eq!(transcript.steps[1].sections.out, "GROUP  TYPE\nmine  a\n");
    }

    #[test]
    fn of_an_answer_about_topics_of_other_stories_ours_are_compared() {
        let text = |topic: &str| {
            format!(
                "$ kafka-topics.sh --create --topic mine\n>>> exit 0\n! create two 0\n$ kafka-leader-election.sh --all-topic-partitions\n>>> stdout\nError completing leader election (PREFERRED) for partition: mine-0: x: y\nSuccessfully completed leader election (PREFERRED) for partitions __consumer_offsets-1, {topic}-0, mine-1\n>>> exit 0\n"
            )
        };
        let told = |topic: &str| {
            let transcript = without_others(parse(&text(topic)));
            let step = transcript.steps.last().expect("a step").clone();
            step.only
                .map(|topics| narrowed(&step.sections.out, &topics))
        };
        let ours = "Error completing leader election (PREFERRED) for partition: mine-0: x: y\nSuccessfully completed leader election (PREFERRED) for partitions mine-1\n";
        assert_eq!(told("three").as_deref(), Some(ours));
        let both = ours.replace("mine-1", "mine-1, two-0");
        assert_eq!(told("two"), Some(both));
    }
}
