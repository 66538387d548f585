//! What `--add-config`, `--add-config-file` and `--delete-config` ask for.

use std::collections::BTreeMap;

use kafka_core::protocol::AlterOp;
use kafka_core::types::Name;

use crate::java::Exception;
use crate::jopt::Parsed;
use crate::process::Ctx;
use crate::tools::Stop;

/// The changes, by config name.
pub(super) fn read(ctx: &Ctx, options: &Parsed) -> Result<Vec<(Name, AlterOp)>, Stop> {
    let mut set: BTreeMap<String, String> = BTreeMap::new();
    if let Some(path) = options.one("add-config-file")? {
        set.extend(ctx.files().properties(path)?);
    }
    if let Some(text) = options.one("add-config")? {
        for pair in outside_brackets(text, ',') {
            let parts = outside_brackets(pair, '=');
            let [key, value] = parts.as_slice() else {
                let text = "requirement failed: Invalid entity config: all configs to be added must be in the format \"key=val\" or  \"key=[val1,val2]\" to group values which contain commas.";
                return Err(Exception::illegal_argument(text).into());
            };
            let value = value.replace(['[', ']'], "");
            set.insert(key.trim().to_string(), value.trim().to_string());
        }
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if let Some(key) = set.keys().find(|key| !key.chars().all(is_plain)) {
        let text = format!("Invalid character found for config key: {key}");
        return Err(Exception::illegal_argument(text).into());
    }
    let set = set.into_iter();
    let set = set.map(|(key, value)| (key.as_str().into(), AlterOp::Set(value.as_str().into())));
    let mut changes: Vec<(Name, AlterOp)> = set.collect();
    for list in options.all("delete-config") {
        let names = list.split(',').map(str::trim);
        changes.extend(names.map(|name| (name.into(), AlterOp::Delete)));
    }
    Ok(changes)
}

/// The parts between the separators that do not stand in brackets.
fn outside_brackets(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut depth) = (0, 0u32);
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_brackets_separate_nothing() {
        let parts = outside_brackets("a=1,b=[x,y],c=", ',');
        assert_eq!(parts, ["a=1", "b=[x,y]", "c="]);
        assert_eq!(outside_brackets("b=[x=1,y]", '='), ["b", "[x=1,y]"]);
        assert_eq!(outside_brackets("noequals", '='), ["noequals"]);
    }
}
