//! The terminals: lines, completion, Ctrl-C.

use kafka_shell::terminal::TerminalStatus;

use crate::i18n::Text;
use crate::session::Session;
use crate::session::preferences::Pane;
use crate::session::work::{COMMAND_SPAN, INPUT_SPAN, Work};

/// A typed line. Time runs, as fast as it can, until the command has ended or waits for input.
pub fn submit(session: &mut Session, terminal: u8, line: &str) {
    let place = (session.timeline.current(), session.timeline.moment());
    let was_busy = session.shells.status(terminal) != TerminalStatus::Idle;
    let plays = flows(session);
    session.cancel_work();
    session.shells.set_lang(session.preferences.lang);
    session.type_line_in(terminal, line);
    if session.timeline.moment() != place.1 {
        session.undo.push(place);
    }
    session.world_changed();
    let TerminalStatus::Running { .. } = session.shells.status(terminal) else {
        session.playing = plays;
        return;
    };
    let now = session.now();
    // A line typed into a running command gives it a moment to act on it; a new command runs on.
    let until = now + if was_busy { INPUT_SPAN } else { COMMAND_SPAN };
    session.begin(Work::Command {
        terminal,
        from: now,
        until,
        wants_input: !was_busy,
        plays,
    });
}

/// A command line of a button, in a terminal that is free.
pub fn command(session: &mut Session, line: &str) {
    if let Some(number) = free(session) {
        submit(session, number, line);
    }
}

/// A command line to be edited, in a terminal that is free.
pub fn draft(session: &mut Session, line: String) {
    if let Some(number) = free(session) {
        session.shells.get_mut(number).draft(line);
    }
}

/// A terminal whose command has ended, which is shown; a new one if all are busy.
fn free(session: &mut Session) -> Option<u8> {
    let number = session.shells.idle();
    let Some(number) = number else {
        let words = session.preferences.lang.say(Text::TerminalsBusy);
        session.toast(words, true, false);
        return None;
    };
    session.shells.show(number);
    session.preferences.dock = true;
    session.preferences.pane = Pane::Command;
    Some(number)
}

/// Whether time flows, or would when the command that is waited for goes on: another terminal's
/// command must not stop because a line is typed here.
fn flows(session: &Session) -> bool {
    let Some(Work::Command {
        terminal, plays, ..
    }) = session.work()
    else {
        return session.playing;
    };
    let goes_on = matches!(
        session.shells.status(*terminal),
        TerminalStatus::Running {
            wants_input: false,
            ..
        }
    );
    *plays || goes_on
}

/// Ends the running command.
pub fn interrupt(session: &mut Session, terminal: u8) {
    let plays = flows(session);
    session.cancel_work();
    session.interrupt_in(terminal);
    go_on(session, terminal, plays);
}

/// Ends the running command's input.
pub fn end_input(session: &mut Session, terminal: u8) {
    let plays = flows(session);
    session.cancel_work();
    session.end_input_in(terminal);
    go_on(session, terminal, plays);
}

/// Closes a terminal; a running command is ended first.
pub fn close(session: &mut Session, terminal: u8) {
    let plays = flows(session);
    session.cancel_work();
    session.close_terminal(terminal);
    go_on(session, terminal, plays);
}

/// Lets time pass until the command has ended.
fn go_on(session: &mut Session, terminal: u8, plays: bool) {
    session.world_changed();
    session.playing = plays;
    if session.shells.status(terminal) != TerminalStatus::Idle {
        let now = session.now();
        session.begin(Work::Command {
            terminal,
            from: now,
            until: now + COMMAND_SPAN,
            wants_input: false,
            plays,
        });
    }
}

/// Completes a line.
pub fn complete(session: &mut Session, terminal: u8, line: &str) {
    let topics: Vec<String> = session
        .cluster()
        .topics
        .into_iter()
        .map(|t| t.name)
        .collect();
    session
        .shells
        .get_mut(terminal)
        .complete(&mut session.timeline, &topics, line);
}
