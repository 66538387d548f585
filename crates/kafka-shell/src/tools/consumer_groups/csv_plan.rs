//! The files of `--from-file`: `topic,partition,offset` for one group, or
//! `group,topic,partition,offset`.

use kafka_core::types::Name;

use crate::java::Exception;
use crate::process::Ctx;
use crate::tools::Stop;
use crate::tools::group_offsets::Named;

const BAD_VALUE: &str = "com.fasterxml.jackson.databind.exc.InvalidFormatException";
const RECORDS: &str = "org.apache.kafka.tools.consumer.group.CsvUtils";

/// What a file asks for.
pub(super) struct CsvPlan {
    /// Group (none: the only one), partition, offset.
    lines: Vec<(Option<Name>, Named, i64)>,
}

impl CsvPlan {
    /// Reads a file for one group (`single`) or several.
    ///
    /// # Errors
    /// There is no such file, or a number in it is none.
    pub fn read(ctx: &Ctx, path: &str, single: bool) -> Result<CsvPlan, Stop> {
        let text = ctx.files().given(path).map_err(|unread| unread.wrapped())?;
        let rows: Vec<Vec<Cell>> = text.lines().map(cells).collect();
        // The form is guessed from the first line. Kafka prints why the first guess
        // failed, and guesses twice.
        let guess = rows.first().map(|row| line(row, None, "CsvRecordNoGroup"));
        let is_short = !matches!(guess, Some(Err(_)));
        if let Some(Err(failure)) = guess {
            ctx.err(failure.trace());
            ctx.err(failure.trace());
        }
        let mut lines = Vec::new();
        for row in &rows {
            let read = match row.split_first() {
                Some((group, rest)) if !(single && is_short) => {
                    line(rest, Some(group.text.as_str().into()), "CsvRecordWithGroup")
                }
                _ => line(row, None, "CsvRecordNoGroup"),
            };
            lines.push(read.map_err(|failure| Exception {
                causes: vec![failure.text()],
                ..Exception::new("java.lang.RuntimeException", failure.text())
            })?);
        }
        Ok(CsvPlan { lines })
    }

    /// What it asks for that group.
    pub fn of(&self, group: &Name) -> Vec<(Named, i64)> {
        let lines = self.lines.iter();
        lines
            .filter(|(owner, ..)| owner.as_ref().is_none_or(|owner| owner == group))
            .map(|(_, named, offset)| (named.clone(), *offset))
            .collect()
    }
}

/// A cell, and where in its line it begins (from 1).
struct Cell {
    text: String,
    column: usize,
}

fn cells(line: &str) -> Vec<Cell> {
    let mut column = 1;
    let cell = |raw: &str| {
        let cell = Cell {
            text: raw.trim().trim_matches('"').to_string(),
            column,
        };
        column += raw.chars().count() + 1;
        cell
    };
    line.split(',').map(cell).collect()
}

/// Topic, partition, offset; what is missing counts as 0.
fn line(
    row: &[Cell],
    group: Option<Name>,
    record: &str,
) -> Result<(Option<Name>, Named, i64), Exception> {
    let topic = row.first().map_or("", |cell| cell.text.as_str());
    let partition = value::<u32>(row.get(1), "int", "partition", record)?;
    let offset = value::<i64>(row.get(2), "long", "offset", record)?;
    Ok((group, (topic.into(), partition), offset))
}

fn value<T: std::str::FromStr + Default>(
    cell: Option<&Cell>,
    kind: &str,
    field: &str,
    record: &str,
) -> Result<T, Exception> {
    let Some(Cell { text, column }) = cell else {
        return Ok(T::default());
    };
    text.parse().map_err(|_| {
        Exception::new(
            BAD_VALUE,
            format!("Cannot deserialize value of type `{kind}` from String \"{text}\": not a valid `{kind}` value\n at [Source: (StringReader); line: 1, column: {column}] (through reference chain: {RECORDS}${record}[\"{field}\"])"),
        )
    })
}
