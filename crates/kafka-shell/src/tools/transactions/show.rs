//! How the tool shows things: tables with tabs, offsets, patterns.

use kafka_core::types::Offset;

/// A table: every cell as wide as its column, and a tab after it.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let cells = cells.map(|cell| cell.chars().count());
        cells.fold(heads[column].len(), usize::max)
    };
    // A table without rows is its head alone, unpadded.
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (cell, width) in cells.zip(&widths) {
            text.push_str(&format!("{cell:<width$}\t"));
        }
        text.push('\n');
        text
    };
    let mut text = line(&mut heads.iter().copied());
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

/// An offset, or that there is none.
pub(super) fn offset(offset: Offset) -> String {
    if offset == Offset::UNKNOWN {
        "None".to_string()
    } else {
        offset.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_pads_every_column_and_ends_lines_in_tabs() {
        let rows = [vec!["pay-tx".to_string(), "1".to_string()]];
        assert_eq!(table(&["Id", "N"], &rows), "Id    \tN\t\npay-tx\t1\t\n");
        assert_eq!(table(&["Id", "N"], &[]), "Id\tN\t\n");
    }
}
