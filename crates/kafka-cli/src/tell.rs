//! One line a trace entry, in Kafka's own terms.
//!
//! It is the raw trace for engineers, not the story: the story's sentences, in both
//! languages, are the page's.

use std::fmt::Write as _;

use kafka_sim::{Detail, Entry, EntryKind, NodeIndex, Seq, World};

/// `seq time node what (because seq)`.
pub fn line(world: &World, seq: Seq, entry: &Entry) -> String {
    let at = entry.at.0;
    let mut text = format!(
        "{:>7} {:>4}.{:06} {:<13} {}",
        seq.0,
        at / 1_000_000,
        at % 1_000_000,
        node(world, entry.node),
        what(world, entry)
    );
    add_content(&mut text, world.detail(seq));
    if let Some(cause) = entry.cause.known() {
        let _ = write!(text, "  (because {})", cause.0);
    }
    text
}

fn node(world: &World, index: NodeIndex) -> String {
    match world.id_of(index) {
        Some(id) => {
            let role = world.node(id).map(|node| format!("{:?}", node.role));
            format!("{} {id}", role.unwrap_or_default().to_lowercase())
        }
        None => "-".to_owned(),
    }
}

fn what(world: &World, entry: &Entry) -> String {
    let api = entry.api.map_or("", |api| api.name());
    let peer = node(world, entry.peer);
    match entry.kind {
        EntryKind::Started => "started".to_owned(),
        EntryKind::Request => format!("<- {api} request from {peer}"),
        EntryKind::Response => format!("<- {api} response from {peer}"),
        EntryKind::Disconnected => format!("lost its connection to {peer}"),
        EntryKind::Timer => "timer".to_owned(),
        EntryKind::Command => "command".to_owned(),
        EntryKind::Terminate => "asked to stop".to_owned(),
        EntryKind::Note => "note".to_owned(),
        EntryKind::Client => "told its application".to_owned(),
        EntryKind::Exited => "exited".to_owned(),
        EntryKind::Lost => format!("{api} to {peer} was lost"),
        EntryKind::Action => "action".to_owned(),
    }
}

fn add_content(text: &mut String, detail: Option<&Detail>) {
    let _ = match detail {
        Some(Detail::Timer(key)) => write!(text, " {key:?}"),
        Some(Detail::Command(command)) => write!(text, " {command:?}"),
        Some(Detail::Note(note)) => write!(text, " {note:?}"),
        Some(Detail::Message(_) | Detail::History(_) | Detail::None) | None => Ok(()),
    };
}
