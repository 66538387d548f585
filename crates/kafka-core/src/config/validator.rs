//! Whether a value is allowed, read from Kafka's own text of the allowed values.

use super::definitions::Definition;
use super::error::ConfigError;
use super::iso_duration::is_duration;
use super::value::ConfigValue;

/// Checks a value that was set against the definition.
///
/// # Errors
/// The value is not allowed.
pub fn check(definition: &Definition, value: &ConfigValue) -> Result<(), ConfigError> {
    let Some(valid) = definition.valid else {
        return Ok(());
    };
    let refused = |why: String| Err(ConfigError::value(definition.name, value, why));
    match value {
        ConfigValue::Int(_) | ConfigValue::Double(_) => match out_of_range(valid, value) {
            Some(why) => refused(why),
            None => Ok(()),
        },
        ConfigValue::List(list) => check_list(definition, valid, list),
        ConfigValue::Text(text) => match refused_text(definition.name, valid, text) {
            Some(why) => refused(why),
            None => Ok(()),
        },
        ConfigValue::Null | ConfigValue::Bool(_) => Ok(()),
    }
}

/// `[1,...]`, `[0,...,1]` or `[1,...,9] or -1`: why the number does not fit.
fn out_of_range(valid: &str, value: &ConfigValue) -> Option<String> {
    let (range, exception) = match valid.split_once(" or ") {
        Some((range, exception)) => (range, Some(exception)),
        None => (valid, None),
    };
    let mut bounds = range.strip_prefix('[')?.strip_suffix(']')?.split(',');
    let least = bounds.next()?;
    let most = bounds.nth(1);
    let below = compare(value, least)?.is_lt();
    let above = most.is_some_and(|most| compare(value, most).is_some_and(|it| it.is_gt()));
    if let (Some(exception), Some(most)) = (exception, most) {
        let is_exception = compare(value, exception)?.is_eq();
        return ((below || above) && !is_exception)
            .then(|| format!("Value must be between {least} and {most} or equal to {exception}"));
    }
    if below {
        return Some(format!("Value must be at least {least}"));
    }
    most.filter(|_| above)
        .map(|most| format!("Value must be no more than {most}"))
}

fn compare(value: &ConfigValue, bound: &str) -> Option<std::cmp::Ordering> {
    match value {
        ConfigValue::Int(number) => Some(number.cmp(&bound.parse().ok()?)),
        ConfigValue::Double(number) => number.partial_cmp(&bound.parse().ok()?),
        _ => None,
    }
}

fn check_list(definition: &Definition, valid: &str, list: &[String]) -> Result<(), ConfigError> {
    let name = definition.name;
    if valid.starts_with("[partitionId]") {
        return check_throttled_replicas(name, list);
    }
    if valid == "non-empty list" {
        // The quorum parses these itself, once it knows its roles.
        return Ok(());
    }
    if list.is_empty() && definition.non_empty {
        let options = match valid {
            "" => "any non-empty value",
            options => options,
        };
        return Err(ConfigError::config(format!(
            "Configuration '{name}' must not be empty. Valid values include: {options}"
        )));
    }
    if list.iter().any(String::is_empty) {
        return Err(ConfigError::config(format!(
            "Configuration '{name}' values must not be empty."
        )));
    }
    let Some(options) = options(valid) else {
        return Ok(());
    };
    match list
        .iter()
        .find(|element| !options.contains(&element.as_str()))
    {
        Some(stranger) => {
            let why = format!("String must be one of: {}", options.join(", "));
            Err(ConfigError::value(name, stranger, why))
        }
        None => Ok(()),
    }
}

/// `*`, or `partition:broker` pairs.
fn check_throttled_replicas(name: &str, list: &[String]) -> Result<(), ConfigError> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let is_pair = |text: &String| {
        text.split_once(':')
            .is_some_and(|(partition, broker)| is_number(partition) && is_number(broker))
    };
    let is_wildcard = matches!(list, [only] if only == "*");
    if is_wildcard || list.iter().all(is_pair) {
        return Ok(());
    }
    let value = ConfigValue::List(list.to_vec());
    let why = format!(
        "{name} must be the literal '*' or a list of replicas in the following format: \
         [partitionId]:[brokerId],[partitionId]:[brokerId],..."
    );
    Err(ConfigError::value(name, value, why))
}

/// Why a text is not allowed.
fn refused_text(name: &str, valid: &str, text: &str) -> Option<String> {
    if valid == "non-empty string" {
        return text
            .is_empty()
            .then(|| "String must be non-empty".to_string());
    }
    if valid.contains("by_duration") {
        return refused_offset_reset(name, valid, text);
    }
    if let Some(list) = valid.strip_prefix("(case insensitive) ") {
        let options = options(list)?;
        let known = options.iter().any(|it| it.eq_ignore_ascii_case(text));
        return (!known).then(|| {
            let options = options.join(", ");
            format!("String must be one of (case insensitive): {options}")
        });
    }
    let options = options(valid)?;
    let known = options.contains(&text);
    (!known).then(|| format!("String must be one of: {}", options.join(", ")))
}

/// The elements of `[a, b]`.
fn options(valid: &str) -> Option<Vec<&str>> {
    let inner = valid.strip_prefix('[')?.strip_suffix(']')?;
    Some(inner.split(", ").collect())
}

/// `auto.offset.reset` and `share.auto.offset.reset`: a word, or a duration to go back.
fn refused_offset_reset(name: &str, valid: &str, text: &str) -> Option<String> {
    let words = options(valid)?;
    let known = match text.strip_prefix("by_duration:") {
        Some(duration) => is_duration(duration),
        None => words.contains(&text),
    };
    let allowed = if words.contains(&"none") {
        "'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'"
    } else {
        "'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'"
    };
    (!known).then(|| {
        format!(
            "Invalid value `{text}` for configuration {name}. The value must be either {allowed}."
        )
    })
}
