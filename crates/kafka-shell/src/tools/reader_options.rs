//! Options that both console consumers have: old names of options, settings from a file and from
//! the line, and what prints records.
//!
//! Invariant: what stands on the line wins over what stands in a file.

use super::message_formatter::MessageFormatter;
use super::{Stop, uncaught};
use crate::jopt::Parsed;
use crate::process::Ctx;

/// Names and values of settings, in the order in which they are set.
pub(super) type Settings = Vec<(String, String)>;

/// Options with an old name, and their new one: not both, and the old one is told of.
pub(super) fn renamed(
    ctx: &Ctx,
    options: &Parsed,
    pairs: &[(&'static str, &'static str)],
) -> Result<(), Stop> {
    for (old, new) in pairs {
        if options.has(old) && options.has(new) {
            return Err(Stop::Usage(format!(
                "Options --{old} and --{new} cannot be specified together."
            )));
        }
        if options.has(old) {
            ctx.out(format!("Option --{old} is deprecated and will be removed in a future version. Use --{new} instead.\n"));
        }
    }
    Ok(())
}

/// The properties of the file that an option names.
fn file(ctx: &Ctx, options: &Parsed, option: &str) -> Result<Settings, Stop> {
    let Some(path) = options.one(option)? else {
        return Ok(Vec::new());
    };
    let read = ctx.files().properties(path);
    read.map_err(|exception| uncaught(ctx, &exception))
}

/// The consumer's properties: those of the file, then those of the line, which win.
pub(super) fn given(ctx: &Ctx, options: &Parsed) -> Result<Settings, Stop> {
    let mut given = Vec::new();
    for name in ["command-config", "consumer.config", "consumer-config"] {
        given.extend(file(ctx, options, name)?);
    }
    for name in ["command-property", "consumer-property"] {
        given.extend(options.all(name).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key.to_string(), value.to_string())
        }));
    }
    Ok(given)
}

/// The group, which may be named in the option and in the settings, but with one name;
/// `file_option` is what the tool calls the settings' file.
pub(super) fn group<'a>(
    options: &'a Parsed,
    given: &'a [(String, String)],
    file_option: &str,
) -> Result<Option<&'a str>, Stop> {
    let mut groups: Vec<&str> = options.one("group")?.into_iter().collect();
    let properties = given.iter().filter(|(key, _)| key == "group.id");
    groups.extend(properties.map(|(_, value)| value.as_str()));
    groups.sort_unstable();
    groups.dedup();
    if groups.len() > 1 {
        let named: Vec<String> = groups.iter().map(|group| format!("'{group}'")).collect();
        return Err(Stop::Usage(format!(
            "The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--{file_option}') do not match. Detected group ids: {}",
            named.join(", ")
        )));
    }
    Ok(groups.first().copied())
}

/// The class that prints records, and its properties: those of the file, then those of the line.
pub(super) fn formatter(ctx: &Ctx, options: &Parsed) -> Result<MessageFormatter, Stop> {
    let file = file(ctx, options, "formatter-config")?;
    let mut properties: Vec<(&str, &str)> = file.iter().map(|(n, v)| (&**n, &**v)).collect();
    let pairs = options.all("formatter-property");
    let pairs = pairs.chain(options.all("property"));
    properties.extend(pairs.filter_map(|pair| pair.split_once('=')));
    for (option, property) in [
        ("key-deserializer", "key.deserializer"),
        ("value-deserializer", "value.deserializer"),
    ] {
        properties.extend(options.one(option)?.map(|class| (property, class)));
    }
    let Some(class) = options.one("formatter")? else {
        return Ok(MessageFormatter::usual(ctx, properties.into_iter()));
    };
    let found = MessageFormatter::of(ctx, class, properties.into_iter());
    found.ok_or_else(|| Stop::Usage(class.to_string()))
}
