//! Values of settings: read from text as Kafka reads them, printed as Java prints them.

use super::definitions::ConfigType;
use super::error::ConfigError;
use std::fmt;

/// A value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigValue {
    /// Not set, and no default.
    Null,
    /// BOOLEAN.
    Bool(bool),
    /// SHORT, INT, LONG.
    Int(i64),
    /// DOUBLE; never NaN.
    Double(f64),
    /// STRING, CLASS, PASSWORD.
    Text(String),
    /// LIST, without duplicates.
    List(Vec<String>),
}

impl ConfigValue {
    /// Reads `text` as a value of the setting `name`.
    ///
    /// # Errors
    /// The text is no value of that type.
    pub fn parse(name: &str, config_type: ConfigType, text: &str) -> Result<Self, ConfigError> {
        let trimmed = text.trim();
        let not_a_number = || {
            let why = format!("Not a number of type {}", config_type.name());
            ConfigError::value(name, text, why)
        };
        let integer = |smallest: i64, largest: i64| {
            let number = trimmed.parse::<i64>().ok();
            let in_range = number.filter(|number| (smallest..=largest).contains(number));
            in_range.map(ConfigValue::Int).ok_or_else(not_a_number)
        };
        match config_type {
            ConfigType::Boolean if trimmed.eq_ignore_ascii_case("true") => {
                Ok(ConfigValue::Bool(true))
            }
            ConfigType::Boolean if trimmed.eq_ignore_ascii_case("false") => {
                Ok(ConfigValue::Bool(false))
            }
            ConfigType::Boolean => Err(ConfigError::value(
                name,
                text,
                "Expected value to be either true or false",
            )),
            ConfigType::Short => integer(i16::MIN.into(), i16::MAX.into()),
            ConfigType::Int => integer(i32::MIN.into(), i32::MAX.into()),
            ConfigType::Long => integer(i64::MIN, i64::MAX),
            ConfigType::Double => parse_double(trimmed)
                .map(ConfigValue::Double)
                .ok_or_else(not_a_number),
            ConfigType::List => Ok(ConfigValue::List(parse_list(trimmed))),
            ConfigType::Class if !class_exists(trimmed) => {
                let why = format!("Class {text} could not be found.");
                Err(ConfigError::value(name, text, why))
            }
            ConfigType::Text | ConfigType::Class | ConfigType::Password => {
                Ok(ConfigValue::Text(trimmed.to_string()))
            }
        }
    }
}

/// Digits, a point, an exponent, and Java's suffix; neither NaN nor infinite.
fn parse_double(text: &str) -> Option<f64> {
    let number = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let plain = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
    if !number.chars().all(plain) {
        return None;
    }
    number
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

/// Comma-separated, blanks around commas dropped, a repeated element counted once.
fn parse_list(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    if text.is_empty() {
        return list;
    }
    for element in text.split(',').map(str::trim) {
        if !list.iter().any(|known| known == element) {
            list.push(element.to_string());
        }
    }
    list
}

/// There is no class path here: Kafka's and Java's own packages are taken to be there.
pub(super) fn class_exists(name: &str) -> bool {
    ["org.apache.kafka.", "kafka.", "java."]
        .iter()
        .any(|package| name.starts_with(package))
}

impl fmt::Display for ConfigValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigValue::Null => f.write_str("null"),
            ConfigValue::Bool(value) => write!(f, "{value}"),
            ConfigValue::Int(value) => write!(f, "{value}"),
            ConfigValue::Double(value) => f.write_str(&java_double(*value)),
            ConfigValue::Text(value) => f.write_str(value),
            ConfigValue::List(values) => write!(f, "[{}]", values.join(", ")),
        }
    }
}

/// `Double.toString`: plain from 0.001 to ten million, else with an exponent.
fn java_double(value: f64) -> String {
    java_float(value, value.abs())
}

/// A number of either width as Java prints it; `size` is its absolute value.
pub fn java_float<T: fmt::Debug + fmt::UpperExp>(value: T, size: f64) -> String {
    if size.is_infinite() {
        return format!("{value:?}").replace("inf", "Infinity");
    }
    if size.is_nan() || size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let scientific = format!("{value:E}");
    match scientific.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_in_java() {
        let print = |value| ConfigValue::Double(value).to_string();
        assert_eq!(print(1.5), "1.5");
        assert_eq!(print(2.0), "2.0");
        assert_eq!(print(-0.25), "-0.25");
        assert_eq!(print(1e7), "1.0E7");
        assert_eq!(print(0.00025), "2.5E-4");
    }

    #[test]
    fn infinite_and_undefined_numbers_are_refused() {
        for text in ["NaN", "Infinity", "inf", "1e999", "", "e"] {
            assert!(ConfigValue::parse("x", ConfigType::Double, text).is_err());
        }
    }
}
