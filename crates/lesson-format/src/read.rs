//! Text to lesson: the lines about the whole of it.

use crate::cursor::Cursor;
use crate::error::{LessonError, Problem};
use crate::expr::Type;
use crate::expr_read;
use crate::lesson::{Card, Feature, Lesson, Predicate, Table, Twin, TwinKind};
use crate::text::{Lang, Text};

/// Longest lesson, in bytes.
pub const BYTES_MAX: usize = 200_000;

const WORDS: &str = "title, minutes, group, goal, idea, opening, close, start, shows, twin, poke, step, end, end-hint, solution, free, card, table";

/// The lines of a file, from the top.
pub(crate) struct Lines<'a> {
    lines: Vec<&'a str>,
    next: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Lines<'a> {
        Lines {
            lines: text.lines().collect(),
            next: 0,
        }
    }

    /// The next line with words on it, without passing it.
    pub(crate) fn peek(&mut self) -> Option<Cursor> {
        while let Some(line) = self.lines.get(self.next) {
            let cursor = Cursor::new(self.next + 1, line);
            if !cursor.is_end() {
                return Some(cursor);
            }
            self.next += 1;
        }
        None
    }

    /// The next line with words on it.
    pub(crate) fn take(&mut self) -> Option<Cursor> {
        let cursor = self.peek()?;
        self.next += 1;
        Some(cursor)
    }

    /// The next line if it begins with that word; the cursor stands behind it.
    pub(crate) fn take_word(&mut self, word: &str) -> Option<Cursor> {
        let mut cursor = self.peek()?;
        if cursor.peek_word() != word {
            return None;
        }
        self.next += 1;
        // The word is there: it was just looked at.
        let _ = cursor.word("the word");
        Some(cursor)
    }

    /// A text in both languages: on the rest of this line, or on the lines that follow. A line that
    /// begins with a quote goes on with the text before it.
    pub(crate) fn text(&mut self, line: &mut Cursor) -> Result<Text, LessonError> {
        let begin = line.clone();
        let (mut en, mut zh) = (None, None);
        let mut last = Lang::En;
        loop {
            while !line.is_end() {
                if line.peek() == Some('"') && (en.is_some() || zh.is_some()) {
                    let more = line.quoted("the text")?;
                    let (to, joint): (&mut Option<String>, _) = match last {
                        Lang::En => (&mut en, " "),
                        Lang::Zh => (&mut zh, ""),
                    };
                    let text = to.get_or_insert_default();
                    text.push_str(joint);
                    text.push_str(&more);
                    continue;
                }
                let (word, column) = line.word("en \"...\" or zh \"...\"")?;
                let to = match word.as_str() {
                    "en" => (&mut en, Lang::En),
                    "zh" => (&mut zh, Lang::Zh),
                    _ => return Err(line.error_at(column, Problem::Unexpected(word))),
                };
                last = to.1;
                if to.0.is_some() {
                    return Err(line.error_at(column, Problem::Twice(word)));
                }
                let text = line.quoted("the text in quotes")?;
                if text.trim().is_empty() {
                    return Err(line.error_at(column, Problem::MissingTranslation(last)));
                }
                *to.0 = Some(text);
            }
            let goes_on = self.peek().is_some_and(|next| {
                let word = next.peek_word();
                let is_more = next.peek() == Some('"') && (en.is_some() || zh.is_some());
                is_more || (word == "en" && en.is_none()) || (word == "zh" && zh.is_none())
            });
            if !goes_on {
                break;
            }
            if let Some(next) = self.take() {
                *line = next;
            }
        }
        let missing = |lang| begin.error(Problem::MissingTranslation(lang));
        Ok(Text {
            en: en.ok_or_else(|| missing(Lang::En))?,
            zh: zh.ok_or_else(|| missing(Lang::Zh))?,
        })
    }

    /// The lines that begin with `|`, without it, and the line the first stands at.
    fn block(&mut self) -> (String, usize) {
        let (mut text, mut first) = (String::new(), 0);
        while let Some(line) = self.lines.get(self.next) {
            let Some(rest) = line.trim_start().strip_prefix('|') else {
                break;
            };
            if first == 0 {
                first = self.next + 1;
            }
            text.push_str(rest.strip_prefix(' ').unwrap_or(rest));
            text.push('\n');
            self.next += 1;
        }
        (text, first)
    }

    /// `TEXT`, then `holds EXPRESSION`.
    pub(crate) fn predicate(&mut self, line: &mut Cursor) -> Result<Predicate, LessonError> {
        let text = self.text(line)?;
        let Some(mut holds) = self.take_word("holds") else {
            return Err(line.error(Problem::Missing("`holds EXPRESSION` on the next line")));
        };
        let expr = expr_read::read_as(&mut holds, false, Type::Bool)?;
        holds.finish()?;
        Ok(Predicate { text, holds: expr })
    }
}

impl Lesson {
    /// Reads a lesson.
    ///
    /// # Errors
    /// The first mistake, with its place and remedy. Never panics.
    pub fn read(text: &str) -> Result<Lesson, LessonError> {
        let top = Cursor::new(1, "");
        if text.len() > BYTES_MAX {
            return Err(top.error(Problem::TooLong(BYTES_MAX)));
        }
        let mut lines = Lines::new(text);
        let Some(mut header) = lines.take_word("lesson") else {
            return Err(top.error(Problem::NoHeader));
        };
        let (version, column) = header.word("the version, 1,")?;
        if version != "1" {
            return Err(header.error_at(column, Problem::UnknownVersion(version)));
        }
        let (id, _) = header.word("the lesson's id, as L01,")?;
        header.finish()?;
        let mut draft = Draft::default();
        while let Some(mut line) = lines.take() {
            let (word, column) = line.word("a word")?;
            draft.line(&mut lines, &mut line, &word, column)?;
        }
        draft.finish(id, &header)
    }
}

#[derive(Default)]
struct Draft {
    texts: Vec<(&'static str, Text)>,
    minutes: Option<u32>,
    start: Option<(String, usize)>,
    shows: Vec<Feature>,
    twins: Vec<Twin>,
    steps: Vec<crate::lesson::Step>,
    end: Vec<Predicate>,
    end_hints: Vec<Text>,
    solution: Vec<crate::lesson::Act>,
    free_play: Vec<Text>,
    cards: Vec<Card>,
    worksheet: Vec<Table>,
}

/// Parts of a lesson that are one text.
const TEXTS: [&str; 7] = ["title", "group", "goal", "idea", "opening", "close", "poke"];

impl Draft {
    fn line(
        &mut self,
        lines: &mut Lines<'_>,
        line: &mut Cursor,
        word: &str,
        column: usize,
    ) -> Result<(), LessonError> {
        if let Some(part) = TEXTS.iter().find(|part| **part == word) {
            if self.texts.iter().any(|(known, _)| known == part) {
                return Err(line.error_at(column, Problem::Twice(word.to_owned())));
            }
            self.texts.push((part, lines.text(line)?));
            return Ok(());
        }
        match word {
            "minutes" => {
                self.minutes = Some(line.number("the number of minutes")?);
                line.finish()?;
            }
            "start" => {
                line.finish()?;
                let block = lines.block();
                if block.0.is_empty() {
                    let what = "the scenario, each line after `|`,";
                    return Err(line.error(Problem::Missing(what)));
                }
                self.start = Some(block);
            }
            "shows" => {
                while !line.is_end() {
                    self.shows.push(feature(line)?);
                }
            }
            "twin" => self.twins.push(twin(line)?),
            "step" => {
                let step = crate::read_step::step(lines, line)?;
                if self.steps.iter().any(|known| known.id == step.id) {
                    return Err(line.error_at(column, Problem::Twice(step.id)));
                }
                self.steps.push(step);
            }
            "end" => self.end.push(lines.predicate(line)?),
            "solution" => {
                line.finish()?;
                self.solution = crate::read_step::acts(lines)?;
            }
            "end-hint" => self.end_hints.push(lines.text(line)?),
            "free" => self.free_play.push(lines.text(line)?),
            "card" => self.cards.push(card(lines, line)?),
            "table" => {
                let table = table(lines, line)?;
                if !self.steps.iter().any(|step| step.id == table.after) {
                    let known = "a step that stands above";
                    return Err(line.error_at(column, Problem::BadValue(table.after, known)));
                }
                self.worksheet.push(table);
            }
            _ => {
                let problem = Problem::UnknownWord(word.to_owned(), WORDS);
                return Err(line.error_at(column, problem));
            }
        }
        Ok(())
    }

    fn text(&mut self, part: &'static str) -> Option<Text> {
        let at = self.texts.iter().position(|(known, _)| *known == part)?;
        Some(self.texts.swap_remove(at).1)
    }

    fn finish(mut self, id: String, header: &Cursor) -> Result<Lesson, LessonError> {
        let missing = |part| header.error_at(1, Problem::MissingPart(part));
        let mut need = |part| self.text(part).ok_or_else(|| missing(part));
        let (title, group, goal) = (need("title")?, need("group")?, need("goal")?);
        let (idea, poke) = (need("idea")?, need("poke")?);
        let (opening, close) = (self.text("opening"), self.text("close"));
        let (start, start_line) = self.start.ok_or_else(|| missing("start"))?;
        if self.steps.is_empty() {
            return Err(missing("step"));
        }
        if self.end.is_empty() {
            return Err(missing("end"));
        }
        if self.solution.is_empty() {
            return Err(missing("solution"));
        }
        Ok(Lesson {
            id,
            title,
            minutes: self.minutes.ok_or_else(|| missing("minutes"))?,
            group,
            goal,
            idea,
            opening,
            close,
            start,
            start_line,
            shows: self.shows,
            twins: self.twins,
            poke,
            steps: self.steps,
            end: self.end,
            end_hints: self.end_hints,
            solution: self.solution,
            free_play: self.free_play,
            cards: self.cards,
            worksheet: self.worksheet,
        })
    }
}

fn feature(line: &mut Cursor) -> Result<Feature, LessonError> {
    let (word, column) = line.word("what the picture shows")?;
    Ok(match word.as_str() {
        "controllers" => Feature::Controllers,
        "high-watermark" => Feature::HighWatermark,
        "epochs" => Feature::Epochs,
        "isr" => Feature::Isr,
        "groups" => Feature::Groups,
        "offsets" => Feature::Offsets,
        "internal-topics" => Feature::InternalTopics,
        "timers" => Feature::Timers,
        "twins" => Feature::Twins,
        _ => {
            let known = "controllers, high-watermark, epochs, isr, groups, offsets, internal-topics, timers or twins";
            return Err(line.error_at(column, Problem::BadValue(word, known)));
        }
    })
}

fn twin(line: &mut Cursor) -> Result<Twin, LessonError> {
    let (word, column) = line.word("queue or push")?;
    let kind = match word.as_str() {
        "queue" => TwinKind::Queue,
        "push" => TwinKind::Push,
        _ => return Err(line.error_at(column, Problem::BadValue(word, "queue or push"))),
    };
    let (topic, _) = line.word("the topic")?;
    let mut groups = Vec::new();
    while !line.is_end() {
        groups.push(line.word("a group")?.0);
    }
    Ok(Twin {
        kind,
        topic,
        groups,
    })
}

fn card(lines: &mut Lines<'_>, line: &mut Cursor) -> Result<Card, LessonError> {
    let mut triggers = Vec::new();
    while !line.is_end() {
        triggers.push(line.quoted("the words that open the card, in quotes,")?);
    }
    let Some(mut claim) = lines.take_word("claim") else {
        return Err(line.error(Problem::Missing("`claim` on the next line")));
    };
    let claim = lines.text(&mut claim)?;
    let Some(mut truth) = lines.take_word("truth") else {
        return Err(line.error(Problem::Missing("`truth` after the claim")));
    };
    Ok(Card {
        claim,
        truth: lines.text(&mut truth)?,
        triggers,
    })
}

fn table(lines: &mut Lines<'_>, line: &mut Cursor) -> Result<Table, LessonError> {
    let (id, _) = line.word("the table's id, as W1,")?;
    let (after, _) = line.word("the step after which it is filled")?;
    let title = lines.text(line)?;
    let (mut heads, mut rows) = (Vec::new(), Vec::<(Text, Vec<_>)>::new());
    while let Some(mut head) = lines.take_word("head") {
        heads.push(lines.text(&mut head)?);
    }
    while let Some(mut row) = lines.take_word("row") {
        let name = if row.peek() == Some('"') {
            Text::same(row.quoted("the row's name")?)
        } else {
            lines.text(&mut row)?
        };
        let mut cells = Vec::new();
        while let Some(mut cell) = lines.take_word("cell") {
            cells.push(expr_read::read(&mut cell, false)?.0);
            cell.finish()?;
        }
        if cells.len() + 1 != heads.len() {
            return Err(row.error_at(1, Problem::Missing("a cell for each head but the first")));
        }
        rows.push((name, cells));
    }
    Ok(Table {
        id,
        after,
        title,
        heads,
        rows,
    })
}
