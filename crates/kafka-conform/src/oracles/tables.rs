//! Whole tables of Kafka 4.3: error codes, configuration names and APIs, a case a row.

use super::fields::{Fields, Trouble, same};
use super::{Part, apis, configs, outcome};
use crate::Outcome;
use kafka_core::error::ErrorCode;
use serde_json::Value;

/// The version whose tables ours are.
const VERSION: &str = "4.3.1";

/// Replays a table file, named without its extension, as in `errors-4.3.1`.
pub fn replay(name: &str, text: &str) -> Vec<Part> {
    let whole = |outcome| vec![(None, outcome)];
    let unsupported = |why: &str| whole(Outcome::Unsupported(why.to_string()));
    let Some((table, version)) = name.split_once('-') else {
        return unsupported("a table that nothing here compares");
    };
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return whole(Outcome::Fail(format!("not JSON: {error}"))),
    };
    match table {
        "errors" | "configs" | "apis" if version != VERSION => unsupported("an era before 4.3"),
        "errors" => errors(&value),
        "configs" => definitions(&value),
        "apis" => apis::replay(&value),
        _ => unsupported("a table that nothing here compares"),
    }
}

/// A case for every error code.
fn errors(table: &Value) -> Vec<Part> {
    let rows = table.as_array().map_or(&[][..], Vec::as_slice);
    rows.iter()
        .map(|row| {
            let fields = Fields::new(row);
            let name = fields.text("name").unwrap_or("?").to_string();
            (Some(name), outcome(error(&fields)))
        })
        .collect()
}

fn error(row: &Fields) -> Result<(), Trouble> {
    let code: i16 = row.int("code")?;
    let Some(ours) = ErrorCode::from_code(code) else {
        return Err(Trouble::Different(format!("code {code} is unknown to us")));
    };
    same("name", row.text("name")?, ours.name())?;
    let class = row.find("exception").and_then(Value::as_str);
    let class = class.unwrap_or("");
    same("exception", class, ours.exception())?;
    same("retriable", row.flag("retriable")?, ours.is_retriable())?;
    let refreshes = row.flag("invalidMetadata")?;
    same("invalidMetadata", refreshes, ours.refreshes_metadata())?;
    same("message", row.text("message")?, ours.message())
}

/// A case for every name of every section.
fn definitions(table: &Value) -> Vec<Part> {
    let mut cases = Vec::new();
    for (section, rows) in table.as_object().into_iter().flatten() {
        for (name, row) in rows.as_object().into_iter().flatten() {
            let verdict = outcome(configs::definition(section, name, &Fields::new(row)));
            cases.push((Some(format!("{section}/{name}")), verdict));
        }
    }
    cases
}
