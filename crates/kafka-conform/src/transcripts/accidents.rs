//! Steps of recordings that no replay can tell: what they show depends on what the
//! recording does not say, or is left out here. A session ends there and is unsupported, with the reason.
//!
//! Invariant: nothing here lets a session pass.

use std::collections::BTreeSet;
use std::path::Path;

use super::parse::{Step, StepKind, Transcript};

/// Session, line of the step, and what the recording does not say.
const LINES: [(&str, usize, &str); 3] = [
    (
        "a-data-dir",
        496,
        "where the controller's empty records stand between others depends on the recorded machine's pace",
    ),
    (
        "b-cg-consumer-protocol",
        689,
        "the target's epoch depends on whose heartbeat fell between the members' closings",
    ),
    (
        "b-reassign",
        257,
        "whether the throttled move is over depends on how long the recorded tools took",
    ),
];

/// Session, line of a listing, a line of it, and what stood there a moment later: the recorded
/// broker was just making the folders of a new topic.
const LATE: [(&str, usize, &str, &str); 2] = [
    ("a-data-dir", 12, "", "orders-1/"),
    (
        "a-data-dir",
        23,
        "leader-epoch-checkpoint 0",
        "leader-epoch-checkpoint 8",
    ),
];

/// Puts what was there a moment later into recorded listings.
pub(super) fn with_late_files(mut transcript: Transcript, file: &Path) -> Transcript {
    let name = file.file_stem().unwrap_or_default();
    for (_, line, before, after) in LATE.iter().filter(|late| name == late.0) {
        let mut steps = transcript.steps.iter_mut();
        if let Some(step) = steps.find(|step| step.line == *line) {
            let listing = std::mem::take(&mut step.sections.out);
            let stays = listing.lines().filter(|line| line != before);
            let mut lines: Vec<&str> = stays.chain([*after]).collect();
            lines.sort_unstable();
            step.sections.out = lines.iter().map(|line| format!("{line}\n")).collect();
        }
    }
    transcript
}

/// The accidents of one session.
#[derive(Clone)]
pub(super) struct Accidents {
    name: String,
    /// Topics that the session has made so far.
    topics: BTreeSet<String>,
}

/// Those of a file.
pub(super) fn of(file: &Path) -> Accidents {
    let name = file.file_stem().unwrap_or_default();
    Accidents {
        name: name.to_string_lossy().into_owned(),
        topics: BTreeSet::new(),
    }
}

/// Leaves groups of other stories out of recorded lists of groups: those that no line of this
/// one speaks of.
pub(super) fn without_foreign_groups(mut transcript: Transcript) -> Transcript {
    let said: Vec<String> = (transcript.steps.iter())
        .map(|step| text(step).to_string())
        .collect();
    let is_ours = |row: &str| {
        let group = row.split_whitespace().next().unwrap_or_default();
        group == "GROUP" || said.iter().any(|line| line.contains(group))
    };
    for step in &mut transcript.steps {
        if text(step).contains("-groups.sh") && text(step).contains("--list") {
            let rows = step.sections.out.lines().filter(|row| is_ours(row));
            step.sections.out = rows.map(|row| format!("{row}\n")).collect();
        }
    }
    transcript
}

fn text(step: &Step) -> &str {
    let (StepKind::Command(line) | StepKind::Job(line, _) | StepKind::Action(line)) = &step.kind;
    line
}

impl Accidents {
    /// Why this step, the next one, cannot be compared; if so.
    pub fn at(&mut self, step: &Step) -> Option<String> {
        let words: Vec<&str> = text(step).split_whitespace().collect();
        match words.as_slice() {
            ["topic" | "create", topic, ..] => drop(self.topics.insert(topic.to_string())),
            _ if words.contains(&"--create") => {
                let named = words.windows(2).filter(|pair| pair[0] == "--topic");
                self.topics.extend(named.map(|pair| pair[1].to_string()));
            }
            _ => {}
        }
        let known = LINES
            .iter()
            .find(|(name, at, _)| *name == self.name && *at == step.line);
        if let Some((_, _, reason)) = known {
            return Some((*reason).to_string());
        }
        let all = words.contains(&"--all-topic-partitions");
        let foreign = all
            .then(|| self.foreign_topic(&step.sections.out))
            .flatten()?;
        Some(format!(
            "the recorded answer is about topics of other stories too ({foreign})"
        ))
    }

    /// Sessions were recorded one after the other on one cluster: the first topic of an
    /// answer about all partitions that this one did not make.
    fn foreign_topic(&self, out: &str) -> Option<String> {
        let lists = out.lines().filter_map(|line| {
            let (_, list) = line.split_once("for partition")?;
            let list = list.trim_start_matches(['s', ':', ' ']);
            Some(list.split(": ").next().unwrap_or_default())
        });
        let mut partitions = lists.flat_map(|list| list.split(", "));
        let topic = |partition: &str| Some(partition.rsplit_once('-')?.0.to_string());
        partitions.find_map(|partition| {
            topic(partition)
                .filter(|topic| !topic.starts_with("__") && !self.topics.contains(topic))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    #[test]
    fn a_group_that_no_line_speaks_of_belongs_to_another_story() {
        let text = "$ x --group mine\n>>> exit 0\n$ kafka-groups.sh --list\n>>> stdout\nGROUP  TYPE\nmine  a\nother  a\n>>> exit 0\n";
        let transcript = without_foreign_groups(parse(text));
        assert_eq!(transcript.steps[1].sections.out, "GROUP  TYPE\nmine  a\n");
    }

    #[test]
    fn an_answer_about_topics_of_other_stories_is_no_answer_to_compare() {
        let text = |topic: &str| {
            format!(
                "$ kafka-topics.sh --create --topic mine\n>>> exit 0\n! create two 0\n$ kafka-leader-election.sh --all-topic-partitions\n>>> stdout\nError completing leader election (PREFERRED) for partition: mine-0: x: y\nSuccessfully completed leader election (PREFERRED) for partitions __consumer_offsets-1, {topic}-0\n>>> exit 0\n"
            )
        };
        let told = |topic: &str| {
            let mut accidents = of(Path::new("x.txt"));
            let transcript = parse(&text(topic));
            transcript
                .steps
                .iter()
                .filter_map(|step| accidents.at(step))
                .next()
        };
        assert_eq!(told("two"), None);
        let foreign = told("three").unwrap_or_default();
        assert!(foreign.ends_with("(three)"), "{foreign}");
    }
}
