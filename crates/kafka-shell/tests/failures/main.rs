//! The failure catalogue, section 12 of the reference: each story is a file of
//! `scenarios/failures`, and here it is played and asked what the reference's N line says.
//!
//! Brokers are numbered from 0 here, from 1 in the reference. `0: 12/10*` reads: broker 0 has a log
//! end of 12, a high watermark of 10, and believes to lead.

mod groups;
mod logs;
mod moves;
mod quorum;
mod replication;
mod story;
mod transactions;
mod truncation;

use kafka_scenario::card::card;

/// Each file has a card in both languages and plays to its end.
#[test]
fn every_story_has_a_card_and_can_be_read() {
    let mut files: Vec<_> = std::fs::read_dir(story::folder())
        .expect("the folder is there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("text");
        let place = file.display();
        card(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
        kafka_scenario::parse(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
    }
}
