//! Worksheets: tables to fill by hand, and what belongs into their cells.

use lesson_format::{Kind, Lesson, Table, Text};

use crate::play::Play;
use crate::value::Value;

/// A filled table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// `W1`.
    pub id: String,
    /// What to fill in.
    pub title: Text,
    /// Heads of the columns.
    pub heads: Vec<Text>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// A row of a filled table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What stands before it.
    pub name: Text,
    /// The computed cells.
    pub cells: Vec<Text>,
}

/// Plays a lesson's steps and fills each table after its step, in the order of the file.
///
/// # Errors
/// Why the lesson cannot be played.
pub fn fill(lesson: &Lesson, seed: Option<u64>) -> Result<Vec<Sheet>, String> {
    let mut play = Play::open(lesson, seed)?;
    let mut filled: Vec<(usize, Sheet)> = Vec::new();
    for step in &lesson.steps {
        for act in &step.acts {
            play.act(act)?;
        }
        let tables = lesson.worksheet.iter().enumerate();
        for (at, table) in tables.filter(|(_, table)| table.after == step.id) {
            filled.push((at, sheet(&play, table)));
        }
    }
    filled.sort_by_key(|(at, _)| *at);
    Ok(filled.into_iter().map(|(_, sheet)| sheet).collect())
}

fn sheet(play: &Play, table: &Table) -> Sheet {
    let scene = play.scene();
    let rows = table.rows.iter().map(|(name, cells)| {
        let said = |value: Value| value.label(Kind::Number);
        Row {
            name: name.clone(),
            cells: cells.iter().map(|cell| said(scene.value(cell))).collect(),
        }
    });
    Sheet {
        id: table.id.clone(),
        title: table.title.clone(),
        heads: table.heads.clone(),
        rows: rows.collect(),
    }
}
