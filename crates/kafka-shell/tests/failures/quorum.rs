//! Stories of the controller quorum.

use crate::story::Story;

/// The lines of `describe --status` that tell who leads and who votes.
fn told(printed: &str) -> (String, Vec<String>) {
    let value = |label: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix(label));
        line.unwrap_or_default().trim().to_string()
    };
    let voters = value("CurrentVoters:");
    let ids = voters.split("{\"id\": ").skip(1);
    let id = |rest: &str| rest.split(',').next().unwrap_or_default().to_string();
    (value("LeaderId:"), ids.map(id).collect())
}

/// FAIL-42, RAFT-15: a removed leader goes once the others have committed that; of two voters both
/// have to agree, of three two.
#[test]
fn controllers_leave_and_join() {
    let mut story = Story::open("FAIL-42");
    story.until("wait 5s");
    let removed = story.printed().to_string();
    story.expect(
        "remove",
        &removed,
        "Removed  KRaft controller 101 with directory id uM_A6QDyJ1RdUTY6hFNsPQ\n",
    );
    story.until("crash 100");
    let rows: Vec<&str> = story.printed().lines().collect();
    let of = |node: &str| rows.iter().find(|row| row.starts_with(node));
    let roles = ["100", "101", "102", "103"].map(|node| {
        let row = of(node).unwrap_or_else(|| panic!("no row of {node}"));
        row.split('\t').nth(6).unwrap_or_default().trim()
    });
    assert_eq!(roles, ["Follower", "Observer", "Leader", "Observer"]);
    // Alone of two, the leader decides nothing.
    story.until("start 100");
    assert!(!story.printed().contains("Created topic"));
    story.until("wait 2s");
    let added = story.printed().to_string();
    story.expect(
        "add",
        &added,
        "Added controller 103 with directory id uNt-wnczkBQGgrBP6ipalQ and endpoints: CONTROLLER://localhost:9195\n",
    );
    story.play_out();
    let (leader, voters) = told(story.printed());
    assert_eq!(
        (leader.as_str(), voters),
        ("102", vec!["100".to_string(), "102".into(), "103".into()])
    );
    story.expect_isr("orders-0", "leader 0 epoch 0 isr 0,1,2");
    story.permits("");
    story.end();
}
