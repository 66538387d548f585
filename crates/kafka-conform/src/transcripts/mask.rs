//! What is not compared: ids, times, Java frames, generated help tables, and the
//! orders that Kafka takes from hash tables. The same on both sides.

mod quorum;

use std::sync::LazyLock;

use regex_lite::Regex;

static RULES: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        (r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]", "[TIME]"),
        (
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "<uuid>",
        ),
        (r"console-consumer-\d+", "console-consumer-N"),
        (r"correlation id \d+", "correlation id N"),
        (r"producerId \d+", "producerId N"),
        (r"CreateTime:( ?)\d+", "CreateTime:${1}N"),
        (
            r"deadlineMs=\d+, tries=\d+, nextAllowedTryMs=\d+\) timed out at \d+ after \d+ attempt",
            "deadlineMs=N, tries=N, nextAllowedTryMs=N) timed out at N after N attempt",
        ),
        (r"\bcrc: \d+", "crc: N"),
        (r"OptionalLong\[\d{13}\]", "OptionalLong[TIME]"),
        (r"\b(lastTimestamp|timestamp): \d+", "$1: N"),
        (r"\btopic_id: [A-Za-z0-9_-]{22}", "topic_id: <id>"),
        (r#""(\w*Timestamp(?:Ms)?)":\d{13}"#, "\"$1\":N"),
        (
            r#""(topicId|incarnationId)":"[A-Za-z0-9_-]{22}""#,
            "\"$1\":\"<id>\"",
        ),
        (
            r#""(logDirs|directories)":\["[A-Za-z0-9_-]{22}"\]"#,
            "\"$1\":[\"<id>\"]",
        ),
        (r"^(directory|cluster)\.id=[A-Za-z0-9_-]{22}$", "$1.id=<id>"),
        (r"^#\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$", "#<date>"),
        (r"Cluster ID: [A-Za-z0-9_-]{22}", "Cluster ID: <id>"),
        (r"TopicId: [A-Za-z0-9_-]{22}", "TopicId: <id>"),
        (r"-[0-9]+\.[0-9a-f]{32}-delete/", "-<deleted>/"),
        // Members of new groups draw an id; which broker coordinates depends on the
        // placement of the internal topic.
        (r"(^| )[A-Za-z0-9_-]{22} ", "$1<member> "),
        (r"localhost:909\d  \(\d\)", "<coordinator>"),
    ]
    .into_iter()
    .filter_map(|(pattern, with)| Some((Regex::new(pattern).ok()?, with)))
    .collect()
});

/// The text of one channel as it is compared. `command` decides about orders.
pub(super) fn mask(command: &str, text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut warned_again = false;
    for line in text.lines() {
        if line.starts_with("Option ") && line.contains("Description") {
            // The table is in our own words; that it has Kafka's options is compared.
            lines.push("<help table>".to_string());
            lines.extend(options(text));
            break;
        }
        if is_frame(line) {
            continue;
        }
        let mut masked = line.to_string();
        for (rule, with) in RULES.iter() {
            masked = rule.replace_all(&masked, *with).into_owned();
        }
        // A client warns as often as it tries; the first time is compared, with its exception.
        let of_warning = warned_again && masked.starts_with("org.apache.kafka.common.errors.");
        warned_again = masked.contains(" WARN ") && lines.contains(&masked);
        if !warned_again && !of_warning {
            lines.push(masked);
        }
    }
    let keep_end =
        text.is_empty() || text.ends_with('\n') || lines.iter().any(|line| line == "<help table>");
    if command.contains("kafka-topics") && command.contains("--describe") {
        lines = sorted_topics(lines);
    }
    if command.starts_with("ls ") {
        // How long ago it was deleted depends on how long Kafka's tools took to start.
        lines.retain(|line| !line.contains(".deleted "));
        // So does how often the controller had nothing to write and wrote that.
        let metadata = command.ends_with("/__cluster_metadata-0");
        for line in lines.iter_mut().filter(|_| metadata) {
            if let Some((name, _)) = line.split_once(".log ") {
                *line = format!("{name}.log <size>");
            }
        }
    }
    if command.starts_with("cat ") && command.ends_with("-checkpoint") {
        lines.sort();
    }
    if command.contains("kafka-leader-election") {
        lines.iter_mut().for_each(sort_partitions);
    }
    if command.contains("kafka-metadata-quorum") {
        quorum::mask(&mut lines);
    }
    if command.contains("kafka-transactions") {
        mask_transactions(&mut lines);
    }
    if command.contains("-groups") {
        lines.iter_mut().for_each(sort_alternatives);
        if command.contains("--list") {
            lines.sort();
        }
        if command.contains("--describe") {
            sort_rows(&mut lines);
        }
    }
    if command.contains("MessageFormatter") {
        lines
            .iter_mut()
            .for_each(|line| *line = distinct_records(line));
    }
    if command.contains("--generate") {
        lines.iter_mut().for_each(hide_drawn_replicas);
    }
    if command.contains("kafka-configs") && command.contains("--describe") {
        lines = sorted_entities(lines);
    }
    let mut masked = lines.join("\n");
    if !lines.is_empty() && keep_end {
        masked.push('\n');
    }
    masked
}

/// The names of the options in a help table.
fn options(table: &str) -> Vec<String> {
    // A star before the name says that the option is required.
    let lines = table
        .lines()
        .map(|line| line.strip_prefix("* ").unwrap_or(line));
    let named = lines.filter(|line| line.starts_with('-'));
    let is_end = |c: char| c == ' ' || c == ':' || c == '=' || c == ',';
    let name = |line: &str| line.split(is_end).next().unwrap_or_default().to_string();
    let mut names: Vec<String> = named.map(name).filter(|it| it.len() > 1).collect();
    names.retain(|name| name.bytes().any(|c| c != b'-'));
    names.sort();
    names
}

/// Whether the lines are the same in another order.
pub(super) fn same_lines(wanted: &str, got: &str) -> bool {
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
        lines.sort();
        lines
    };
    sorted(wanted) == sorted(got)
}

fn is_frame(line: &str) -> bool {
    let trimmed = line.trim_start();
    line.starts_with("\tat ") || (trimmed.starts_with("... ") && trimmed.ends_with(" more"))
}

/// `... for partitions a-0, b-1`: Kafka lists a hash set.
fn sort_partitions(line: &mut String) {
    const BEFORE: &str = "for partitions ";
    let Some((before, list)) = line.split_once(BEFORE) else {
        return;
    };
    let mut partitions: Vec<&str> = list.split(", ").collect();
    partitions.sort_unstable();
    *line = format!("{before}{BEFORE}{}", partitions.join(", "));
}

/// What a table of kafka-transactions.sh owes to draws and clocks: which broker
/// coordinates, which id a producer got, when something was written; and the sequence of
/// the recorded plain producer, which had written to another topic of that name before.
fn mask_transactions(lines: &mut [String]) {
    const DRAWN: [&str; 6] = [
        "Coordinator",
        "CoordinatorId",
        "ProducerId",
        "LastTimestamp",
        "CurrentTransactionStartTimeMs",
        "TransactionDurationMs",
    ];
    let Some((head, rows)) = lines.split_first_mut() else {
        return;
    };
    let heads: Vec<&str> = head.split('\t').map(str::trim).collect();
    let place = |name: &str| heads.iter().position(|head| *head == name);
    if place("ProducerId").is_none() {
        return;
    }
    for row in &mut *rows {
        let mut cells: Vec<&str> = row.split('\t').collect();
        if cells.len() != heads.len() {
            continue;
        }
        let is = |name: &str, value: &str| place(name).is_some_and(|at| cells[at].trim() == value);
        let is_plain =
            is("LatestCoordinatorEpoch", "-1") && is("CurrentTransactionStartOffset", "None");
        for (cell, head) in cells.iter_mut().zip(&heads) {
            if DRAWN.contains(head) || is_plain && *head == "LastSequence" {
                *cell = "*";
            }
        }
        *row = cells.join("\t");
    }
    if place("Coordinator").is_some() {
        // Each coordinator lists its own, in the order of a hash table.
        rows.sort();
    }
}

/// `takes one of these options: [b], [a]`: Kafka's set has no order.
fn sort_alternatives(line: &mut String) {
    for marker in [
        "these options: ",
        "following options: ",
        "following scenarios: ",
    ] {
        if let Some((before, list)) = line.split_once(marker) {
            let mut names: Vec<&str> = list.trim_matches(['[', ']']).split("], [").collect();
            names.sort_unstable();
            *line = format!("{before}{marker}{}", names.join(" "));
        }
    }
}

static REPLICAS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#""replicas":\[[\d,]*\],"log_dirs":(\[("any",?)+\])"#).ok());

/// A proposal's replicas are drawn anew at every call; their number is that of the
/// directories. An assignment that stands names its directories and is compared.
fn hide_drawn_replicas(line: &mut String) {
    if let Some(drawn) = REPLICAS.as_ref() {
        let hidden = drawn.replace_all(line, r#""replicas":<drawn>,"log_dirs":$1"#);
        *line = hidden.into_owned();
    }
}

/// Rows of a table stand in the order of the members' ids, which are drawn.
fn sort_rows(lines: &mut [String]) {
    let is_row = |line: &String| !line.is_empty() && !line.starts_with("GROUP ");
    for rows in lines.split_mut(|line| !is_row(line)) {
        rows.sort();
    }
}

/// Blocks of topics, and the configs in their heads, come in hash order.
fn sorted_topics(lines: Vec<String>) -> Vec<String> {
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let mut other = Vec::new();
    for line in lines {
        if line.starts_with("Topic: ") {
            blocks.push(vec![sorted_configs(&line)]);
        } else if line.starts_with("\tTopic: ") {
            match blocks.last_mut() {
                Some(block) if same_topic(&block[0], &line) => block.push(line),
                _ => blocks.push(vec![line]),
            }
        } else {
            other.push(line);
        }
    }
    blocks.sort();
    blocks.into_iter().flatten().chain(other).collect()
}

/// Entities come in hash order, each with its configs below it.
fn sorted_entities(lines: Vec<String>) -> Vec<String> {
    let mut blocks: Vec<Vec<String>> = Vec::new();
    for line in lines {
        match blocks.last_mut() {
            Some(block) if line.starts_with("  ") => block.push(line),
            _ => blocks.push(vec![line]),
        }
    }
    blocks.sort();
    blocks.into_iter().flatten().collect()
}

/// Records that a formatter printed one behind the other, each different one once: groups with drawn
/// names have other partitions, a commit holds its partitions in the order of a hash table, and how
/// often a member commits by itself depends on how long Kafka's tools took.
fn distinct_records(line: &str) -> String {
    const HEAD: &str = "{\"key\":{\"type\":";
    if line.starts_with("Processed a total of ") {
        return "Processed a total of N messages".to_string();
    }
    let mut records: Vec<&str> = line.split(HEAD).collect();
    records.sort_unstable();
    records.dedup();
    records.join(HEAD)
}

fn topic_of(line: &str) -> &str {
    line.trim_start().split('\t').next().unwrap_or_default()
}

fn same_topic(head: &str, line: &str) -> bool {
    topic_of(head) == topic_of(line)
}

fn sorted_configs(head: &str) -> String {
    let Some((before, configs)) = head.split_once("Configs: ") else {
        return head.to_string();
    };
    let mut configs: Vec<&str> = configs.split(',').collect();
    configs.sort_unstable();
    format!("{before}Configs: {}", configs.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ids_frames_and_tables_are_masked_and_nothing_else() {
        let text = "[2026-11-21 03:36:34,114] ERROR x\n\tat a.b(C.java:1)\n\t... 3 more\nend\n";
        assert_eq!(mask("x", text), "[TIME] ERROR x\nend\n");
        assert_eq!(mask("x", "no newline"), "no newline");
        assert_eq!(
            mask("x", "bad\nOption   Description  \n--a   b\n"),
            "bad\n<help table>\n--a\n"
        );
    }

    #[test]
    fn a_drawn_proposal_is_compared_but_for_its_replicas() {
        let proposal = |replicas: &str| {
            format!(r#"{{"partition":0,"replicas":[{replicas}],"log_dirs":["any","any"]}}"#)
        };
        let generate = |text: &str| mask("kafka-reassign-partitions.sh --generate", text);
        assert_eq!(generate(&proposal("0,1")), generate(&proposal("2,0")));
        let current = r#"{"partition":0,"replicas":[0,1],"log_dirs":["/a","/b"]}"#;
        assert_eq!(generate(current), current);
    }

    #[test]
    fn topics_are_compared_as_sets_but_partitions_in_order() {
        let command = "kafka-topics.sh --describe";
        let one = "Topic: b\tConfigs: x=1,a=2\n\tTopic: b\tPartition: 0\nTopic: a\tConfigs: \n";
        let two = "Topic: a\tConfigs: \nTopic: b\tConfigs: a=2,x=1\n\tTopic: b\tPartition: 0\n";
        assert_eq!(mask(command, one), mask(command, two));
        let swapped = "\tTopic: b\tPartition: 1\n\tTopic: b\tPartition: 0\n";
        assert!(mask(command, swapped).starts_with("\tTopic: b\tPartition: 1"));
    }
}
