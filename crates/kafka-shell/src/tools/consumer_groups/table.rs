//! The tables of `--describe`: each row begins with a line break, columns are
//! padded to the widest cell, the last one may stay unpadded.

/// A column: its head and least width; `None` = never padded.
pub(in crate::tools) struct Column {
    pub(in crate::tools) head: &'static str,
    pub(in crate::tools) width: Option<usize>,
}

/// A padded column.
pub(in crate::tools) const fn wide(head: &'static str, width: usize) -> Column {
    Column {
        head,
        width: Some(width),
    }
}

/// An unpadded column.
pub(in crate::tools) const fn loose(head: &'static str) -> Column {
    Column { head, width: None }
}

/// Lays the table out; it ends in a line break.
pub(in crate::tools) fn lay_out(columns: &[Column], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(i, column)| match column.width {
            None => 0,
            Some(least) => rows
                .iter()
                .filter_map(|row| row.get(i))
                .map(String::len)
                .fold(least, usize::max),
        })
        .collect();
    let heads: Vec<String> = columns.iter().map(|c| c.head.to_string()).collect();
    let mut table = String::new();
    for row in std::iter::once(&heads).chain(rows) {
        table.push('\n');
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        table.push_str(&cells.join(" "));
    }
    table.push('\n');
    table
}
