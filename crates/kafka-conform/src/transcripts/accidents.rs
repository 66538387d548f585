//! What recordings do not say themselves, or say at a moment that no replay can hit: put right
//! where a later step of the same recording tells it; else the session ends there and is
//! unsupported, with the reason.
//!
//! Invariant: nothing here changes what Kafka's tools printed.

use super::parse::{Step, StepKind, Transcript};

/// Session, line of the step, and what the recording does not say.
const LINES: [(&str, usize, &str); 2] = [
    (
        "a-data-dir",
        496,
        "where the controller's empty records stand between others depends on the recorded machine's pace",
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

/// Session, line of a command, what of its answer the recorded cluster had of its own (what
/// another story left behind on a broker, another address), and what stands there without that.
const ELSEWHERE: [(&str, usize, &str, &str); 3] = [
    ("b-election", 211, ",retention.ms=-1", ""),
    ("b-admin", 398, "127.0.0.1:9162", "localhost:9192"),
    ("b-admin", 455, "localhost 906", "localhost 909"),
];

/// Session, line of an action, and the same in full: what it stored is what later lines of the
/// session show, and depended on how far a member had read that had just come.
const IN_FULL: [(&str, usize, &str); 2] = [
    (
        "b-cg-describe",
        194,
        "commit n1 orders:0:40,orders:1:38,orders:2:0",
    ),
    ("b-cg-describe", 875, "commit p2 orders:2:7"),
];

/// Session, line of a command, and a file that the recorder wrote before it: it held what the
/// command's answer says.
const FILES: [(&str, usize, &str); 1] =
    [("b-reset-offsets", 825, "file /tmp/reset.csv orders,0,1")];

/// The session of that name, put right.
pub(super) fn put_right(mut transcript: Transcript, name: &str) -> Transcript {
    for step in &mut transcript.steps {
        let at = (name, step.line);
        for (_, _, before, after) in LATE.iter().filter(|late| (late.0, late.1) == at) {
            replace_line(&mut step.sections.out, before, after);
        }
        for (_, _, own, ours) in ELSEWHERE.iter().filter(|it| (it.0, it.1) == at) {
            step.sections.out = step.sections.out.replace(own, ours);
        }
        if let Some((_, _, full)) = IN_FULL.iter().find(|full| (full.0, full.1) == at) {
            step.kind = StepKind::Action((*full).to_string());
        }
    }
    for (_, line, action) in FILES.iter().filter(|file| file.0 == name) {
        if let Some(at) = transcript.steps.iter().position(|step| step.line == *line) {
            transcript.steps.insert(at, Step::action(*line, action));
        }
    }
    transcript
}

fn replace_line(listing: &mut String, before: &str, after: &str) {
    let stays = listing.lines().filter(|line| *line != before);
    let mut lines: Vec<&str> = stays.chain([after]).collect();
    lines.sort_unstable();
    *listing = lines.iter().map(|line| format!("{line}\n")).collect();
}

/// Why this step cannot be compared; if so.
pub(super) fn at(name: &str, step: &Step) -> Option<&'static str> {
    let is_here =
        |(session, line, _): &&(&str, usize, &str)| *session == name && *line == step.line;
    LINES.iter().find(is_here).map(|(_, _, reason)| *reason)
}
