//! Ids of topics and of directories: drawn at random, so a recording has others than the replay.

use std::collections::BTreeMap;

/// Characters of an id.
const ID_LENGTH: usize = 22;

/// Recorded ids and the simulated ids of the same topics and directories.
#[derive(Default)]
pub(super) struct TopicIds(BTreeMap<String, String>);

impl TopicIds {
    /// Learns from what a command printed, recorded and simulated: `Topic: NAME` and
    /// `TopicId: ID` stand in the same line, and so do a controller's number and its
    /// directory's id.
    pub fn learn(&mut self, recorded: &str, simulated: &str) {
        let simulated: BTreeMap<&str, &str> =
            ids(simulated).chain(directories(simulated)).collect();
        for (topic, id) in ids(recorded).chain(directories(recorded)) {
            if let Some(ours) = simulated.get(topic) {
                self.0.insert(id.to_owned(), (*ours).to_owned());
            }
        }
    }

    /// A recorded command line with the simulated ids.
    pub fn translate(&self, line: &str) -> String {
        let swap = |word: &'_ str| self.0.get(word).cloned();
        let words = line
            .split(' ')
            .map(|word| swap(word).unwrap_or(word.to_owned()));
        words.collect::<Vec<String>>().join(" ")
    }
}

fn ids(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        let topic = cells.next()?.strip_prefix("Topic: ")?;
        let id = cells.next()?.strip_prefix("TopicId: ")?;
        Some((topic, id))
    })
}

/// Numbers and directories in what `kafka-metadata-quorum.sh` prints.
fn directories(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let listed = text.split("{\"id\": ").skip(1).filter_map(|rest| {
        let (node, rest) = rest.split_once(", \"directoryId\": \"")?;
        Some((node, rest.split_once('"')?.0))
    });
    let named = text.split("controller ").skip(1).filter_map(|rest| {
        let (node, rest) = rest.split_once(" with directory id ")?;
        Some((node, rest.split_whitespace().next()?))
    });
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.split('\t').map(str::trim_end);
        let (node, directory) = (cells.next()?, cells.next()?);
        (node.parse::<u32>().is_ok() && directory.len() == ID_LENGTH).then_some((node, directory))
    });
    listed.chain(named).chain(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_id_becomes_the_simulated_one_of_the_same_topic() {
        let mut known = TopicIds::default();
        known.learn(
            "Topic: a\tTopicId: AAA\tx\n",
            "Topic: b\tTopicId: B\nTopic: a\tTopicId: A\n",
        );
        assert_eq!(known.translate("x --topic-id AAA"), "x --topic-id A");
        assert_eq!(known.translate("x --topic-id CCC"), "x --topic-id CCC");
    }
}
