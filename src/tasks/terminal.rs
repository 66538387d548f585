//! The terminal: lines, completion, Ctrl-C.

use kafka_shell::terminal::TerminalStatus;

use crate::session::Session;
use crate::session::work::{COMMAND_SPAN, INPUT_SPAN, Work};

/// A typed line. Time runs, as fast as it can, until the command has ended or waits for input.
pub fn submit(session: &mut Session, line: &str) {
    let place = (session.timeline.current(), session.timeline.moment());
    let was_busy = session.terminal.status() != TerminalStatus::Idle;
    let plays = session.playing;
    session.cancel_work();
    session.terminal.set_lang(session.preferences.lang);
    session.type_line(line);
    if session.timeline.moment() != place.1 {
        session.undo.push(place);
    }
    session.world_changed();
    let TerminalStatus::Running { .. } = session.terminal.status() else {
        return;
    };
    let now = session.now();
    // A line typed into a running command gives it a moment to act on it; a new command runs on.
    let until = now + if was_busy { INPUT_SPAN } else { COMMAND_SPAN };
    session.begin(Work::Command {
        from: now,
        until,
        wants_input: !was_busy,
        plays,
    });
}

/// Ends the running command.
pub fn interrupt(session: &mut Session) {
    let plays = session.playing;
    session.cancel_work();
    session.interrupt();
    go_on(session, plays);
}

/// Ends the running command's input.
pub fn end_input(session: &mut Session) {
    let plays = session.playing;
    session.cancel_work();
    session.end_input();
    go_on(session, plays);
}

/// Lets time pass until the command has ended.
fn go_on(session: &mut Session, plays: bool) {
    session.world_changed();
    if session.terminal.status() != TerminalStatus::Idle {
        let now = session.now();
        session.begin(Work::Command {
            from: now,
            until: now + COMMAND_SPAN,
            wants_input: false,
            plays,
        });
    }
}

/// Completes a line.
pub fn complete(session: &mut Session, line: &str) {
    let topics: Vec<String> = session
        .cluster()
        .topics
        .into_iter()
        .map(|t| t.name)
        .collect();
    session
        .terminal
        .complete(&mut session.timeline, &topics, line);
}
