//! The recorded transcripts' text format.

use std::collections::BTreeSet;

/// A recorded story.
#[derive(Clone, Debug, Default)]
pub(super) struct Transcript {
    /// `# key rest` lines.
    pub headers: Vec<(String, String)>,
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// What a command did, as recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sections {
    /// Standard input; `None` if none was given.
    pub stdin: Option<String>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// What a terminal showed, for typed tools.
    pub terminal: Option<String>,
    /// `exit 0`, `exit timeout 9s`.
    pub exit: String,
}

/// One step.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Line of the file, from 1.
    pub line: usize,
    /// What.
    pub kind: StepKind,
    /// Recorded outcome.
    pub sections: Sections,
    /// Only what the answer says of these topics is compared, if some are named.
    pub only: Option<BTreeSet<String>>,
}

impl Step {
    /// A step without an outcome.
    pub(super) fn action(line: usize, action: &str) -> Step {
        Step {
            line,
            kind: StepKind::Action(action.to_string()),
            sections: Sections::default(),
            only: None,
        }
    }

    /// The command line or the action.
    pub(super) fn text(&self) -> &str {
        let (StepKind::Command(line) | StepKind::Job(line, _) | StepKind::Action(line)) =
            &self.kind;
        line
    }
}

/// Kinds of steps.
#[derive(Clone, Debug)]
pub(super) enum StepKind {
    /// `$ COMMAND`.
    Command(String),
    /// `& COMMAND # job ID`.
    Job(String, String),
    /// `! ACTION`.
    Action(String),
}

enum Section {
    None,
    Stdin,
    Out,
    Err,
    Terminal,
}

/// Reads a transcript. Every text is one: unknown lines belong to the section
/// they stand in.
pub(super) fn parse(text: &str) -> Transcript {
    let mut transcript = Transcript::default();
    let mut section = Section::None;
    for (number, line) in text.lines().enumerate() {
        let in_output = !matches!(section, Section::None);
        if let Some(kind) = step_kind(line, in_output, &transcript) {
            section = Section::None;
            transcript.steps.push(Step {
                line: number + 1,
                kind,
                sections: Sections::default(),
                only: None,
            });
            continue;
        }
        let Some(step) = transcript.steps.last_mut() else {
            if let Some(header) = line.strip_prefix("# ") {
                let (key, rest) = header.split_once([' ', ':']).unwrap_or((header, ""));
                let entry = (key.to_string(), rest.trim().to_string());
                transcript.headers.push(entry);
            }
            continue;
        };
        match line {
            "<<< stdin" | "<<< content" => {
                step.sections.stdin = Some(String::new());
                section = Section::Stdin;
            }
            ">>> stdout" => section = Section::Out,
            ">>> stderr" => section = Section::Err,
            ">>> terminal" => {
                step.sections.terminal = Some(String::new());
                section = Section::Terminal;
            }
            "\\ no newline" => cut_newline(step, &section),
            _ => match line.strip_prefix(">>> exit ") {
                Some(exit) => {
                    step.sections.exit = exit.to_string();
                    section = Section::None;
                }
                None => append(step, &section, line),
            },
        }
    }
    transcript
}

/// A line that begins a step. Inside an output section a `$` or `!` at the line's
/// beginning could be output; recordings end each command with `>>> exit`, so a
/// step can only begin outside of one (or after an action without sections).
fn step_kind(line: &str, in_output: bool, transcript: &Transcript) -> Option<StepKind> {
    let open = in_output
        && transcript
            .steps
            .last()
            .is_some_and(|step| !matches!(step.kind, StepKind::Action(_)));
    if open {
        return None;
    }
    if let Some(command) = line.strip_prefix("$ ") {
        return Some(StepKind::Command(command.to_string()));
    }
    if let Some(job) = line.strip_prefix("& ") {
        let (command, id) = job.rsplit_once("# job ").unwrap_or((job, ""));
        return Some(StepKind::Job(
            command.trim().to_string(),
            id.trim().to_string(),
        ));
    }
    line.strip_prefix("! ")
        .map(|action| StepKind::Action(action.to_string()))
}

fn text_of<'a>(step: &'a mut Step, section: &Section) -> Option<&'a mut String> {
    let sections = &mut step.sections;
    match section {
        Section::None => None,
        Section::Stdin => sections.stdin.as_mut(),
        Section::Out => Some(&mut sections.out),
        Section::Err => Some(&mut sections.err),
        Section::Terminal => sections.terminal.as_mut(),
    }
}

fn append(step: &mut Step, section: &Section, line: &str) {
    if let Some(text) = text_of(step, section) {
        text.push_str(line);
        text.push('\n');
    }
}

fn cut_newline(step: &mut Step, section: &Section) {
    if let Some(text) = text_of(step, section) {
        text.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_belong_to_their_step_and_keep_their_last_newline() {
        let text = "# kafka 4.3.1\n# placement t 0=1,2\n$ a b\n<<< stdin\nx\n\\ no newline\n>>> stdout\n\n>>> stderr\n$ not a step\n>>> exit 1\n! wait 2s\n& c d # job j1\n! job j1 ended\n>>> stdout\no\n>>> exit timeout 9s\n";
        let transcript = parse(text);
        assert_eq!(
            transcript.headers[1],
            ("placement".into(), "t 0=1,2".into())
        );
        let first = &transcript.steps[0].sections;
        assert_eq!(first.stdin.as_deref(), Some("x"));
        assert_eq!(
            (first.out.as_str(), first.err.as_str()),
            ("\n", "$ not a step\n")
        );
        assert_eq!(first.exit, "1");
        assert!(
            matches!(&transcript.steps[2].kind, StepKind::Job(c, id) if c == "c d" && id == "j1")
        );
        assert_eq!(transcript.steps[3].sections.exit, "timeout 9s");
    }
}
