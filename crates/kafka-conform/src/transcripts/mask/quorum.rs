//! What `kafka-metadata-quorum.sh` owes to draws and clocks: ids of directories, places in the
//! metadata log, moments. Who is voter, observer and leader, in which epoch, and who lags is
//! compared.

/// Places in the log that a live replica may be behind at some moment.
const HARDLY_BEHIND: i64 = 2;

/// Masks the lines of one channel.
pub(super) fn mask(lines: &mut [String]) {
    for line in &mut *lines {
        *line = without_ids(line);
        if let Some(masked) = voter_set(line)
            .or_else(|| status(line))
            .or_else(|| row(line))
        {
            *line = masked;
        }
    }
    // Observers stand in the order of a hash table of ids.
    let is_observer = |line: &String| line.contains("\tObserver");
    for rows in lines.split_mut(|line| !is_observer(line)) {
        rows.sort();
    }
}

/// Ids of directories and of the cluster, but not the empty one of static voters.
fn without_ids(line: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_id = |word: &str| word.len() == 22 && word.bytes().any(|b| b != b'A');
    let mut masked = String::new();
    let mut word = String::new();
    for c in line.chars().chain(['\n']) {
        if is_part(c) {
            word.push(c);
            continue;
        }
        masked.push_str(if is_id(&word) { "<id>" } else { &word });
        word.clear();
        masked.push(c);
    }
    masked.pop();
    masked
}

/// `... set of voters [A, B].`: in the order of a hash table.
fn voter_set(line: &str) -> Option<String> {
    let (before, rest) = line.split_once("set of voters [")?;
    let (voters, after) = rest.split_once(']')?;
    let mut voters: Vec<&str> = voters
        .split("), ")
        .map(|key| key.trim_end_matches(')'))
        .collect();
    voters.sort_unstable();
    let voters = voters.join("), ");
    Some(format!("{before}set of voters [{voters})]{after}"))
}

/// A line of `describe --status`.
fn status(line: &str) -> Option<String> {
    let (label, value) = line.split_once(':')?;
    let value = value.trim();
    let masked = match label {
        "HighWatermark" => "N".to_string(),
        "MaxFollowerLag" => lag(value)?,
        "MaxFollowerLagTimeMs" => known(value)?,
        "CurrentObservers" => {
            let mut observers: Vec<&str> = value.trim_matches(['[', ']']).split("}, ").collect();
            observers.sort_unstable();
            observers.join("}, ").replace('}', "")
        }
        _ => return None,
    };
    Some(format!("{label}: {masked}"))
}

/// A line of the table of `describe --replication`.
fn row(line: &str) -> Option<String> {
    let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
    let [node, directory, end, behind, fetched, caught_up, status, ""] = cells.as_slice() else {
        return None;
    };
    let masked = match *node {
        "NodeId" => [*end, *behind, *fetched, *caught_up].map(String::from),
        _ => [
            known(end)?,
            lag(behind)?,
            known(fetched)?,
            known(caught_up)?,
        ],
    };
    Some(format!(
        "{node}\t{directory}\t{}\t{status}",
        masked.join("\t")
    ))
}

/// A number or `5 ms ago`; -1 is none.
fn known(text: &str) -> Option<String> {
    let number: i64 = text.trim_end_matches(" ms ago").parse().ok()?;
    Some(if number < 0 { "-1" } else { "N" }.to_string())
}

fn lag(text: &str) -> Option<String> {
    let number: i64 = text.parse().ok()?;
    Some(
        if number <= HARDLY_BEHIND {
            "hardly"
        } else {
            "behind"
        }
        .to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_draws_and_moments_are_hidden() {
        let mut lines = [
            "CurrentVoters:          [{\"id\": 100, \"directoryId\": \"w9ypBJkXTS-yMu-kN7NYRg\"}]",
            "MaxFollowerLag:         97",
            "102   \tAAAAAAAAAAAAAAAAAAAAAA\t-1          \t97 \t-1                \t-1                   \tFollower\t",
            "100   \tw9ypBJkXTS-yMu-kN7NYRg\t45          \t1  \t3 ms ago     \t3 ms ago        \tLeader  \t",
        ]
        .map(String::from);
        mask(&mut lines);
        let wanted = [
            "CurrentVoters:          [{\"id\": 100, \"directoryId\": \"<id>\"}]",
            "MaxFollowerLag: behind",
            "102\tAAAAAAAAAAAAAAAAAAAAAA\t-1\tbehind\t-1\t-1\tFollower",
            "100\t<id>\tN\thardly\tN\tN\tLeader",
        ];
        assert_eq!(lines, wanted);
    }
}
