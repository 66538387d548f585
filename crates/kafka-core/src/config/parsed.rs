//! Settings of one process or topic after reading: every name of its section with the
//! value that was set, or the default.

use super::definitions::{self, Definition, Section};
use super::error::ConfigError;
use super::validator;
use super::value::ConfigValue;
use std::collections::BTreeMap;

/// Settings as written: name and text.
pub type Properties<'a> = BTreeMap<&'a str, &'a str>;

/// Settings as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    section: Section,
    values: BTreeMap<&'static str, ConfigValue>,
    /// Names that were set, even if to their default.
    set: Vec<&'static str>,
}

impl Parsed {
    /// Reads and checks every setting of the section by itself, in order of name.
    /// Names the section does not know are ignored here.
    ///
    /// # Errors
    /// The first required setting that is missing, or value that is not allowed.
    pub fn read(section: Section, properties: &Properties) -> Result<Parsed, ConfigError> {
        let mut parsed = Parsed {
            section,
            values: BTreeMap::new(),
            set: Vec::new(),
        };
        for definition in definitions::all(section) {
            let value = match properties.get(definition.name) {
                Some(text) => {
                    parsed.set.push(definition.name);
                    read_value(&definition, text)?
                }
                None => default_value(&definition)?,
            };
            parsed.values.insert(definition.name, value);
        }
        Ok(parsed)
    }

    /// Every setting of the section by default; those without one are null.
    ///
    /// # Errors
    /// A default that is not allowed.
    pub fn defaults(section: Section) -> Result<Parsed, ConfigError> {
        let mut values = BTreeMap::new();
        for definition in definitions::all(section) {
            let value = if definition.required {
                ConfigValue::Null
            } else {
                default_value(&definition)?
            };
            values.insert(definition.name, value);
        }
        Ok(Parsed {
            section,
            values,
            set: Vec::new(),
        })
    }

    /// Whether the setting was given a value, as opposed to having its default.
    pub fn is_set(&self, name: &str) -> bool {
        self.set.contains(&name)
    }

    /// The value in force; null for a name of another section.
    pub fn get(&self, name: &str) -> &ConfigValue {
        self.values.get(name).unwrap_or(&ConfigValue::Null)
    }

    /// The value if it is an integer.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            ConfigValue::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether the value is true.
    pub fn is_true(&self, name: &str) -> bool {
        *self.get(name) == ConfigValue::Bool(true)
    }

    /// The value if it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            ConfigValue::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The elements if the value is a list, else none.
    pub fn list(&self, name: &str) -> &[String] {
        match self.get(name) {
            ConfigValue::List(values) => values,
            _ => &[],
        }
    }

    /// Puts a value that follows from others in the place of a default.
    pub(super) fn replace(&mut self, name: &str, value: ConfigValue) {
        if let Some(definition) = definitions::find(self.section, name) {
            self.values.insert(definition.name, value);
        }
    }
}

/// One value, of the right type and allowed.
///
/// # Errors
/// It is not.
pub fn read_value(definition: &Definition, text: &str) -> Result<ConfigValue, ConfigError> {
    let value = ConfigValue::parse(definition.name, definition.config_type, text)?;
    validator::check(definition, &value)?;
    Ok(value)
}

fn default_value(definition: &Definition) -> Result<ConfigValue, ConfigError> {
    if definition.required {
        return Err(ConfigError::config(format!(
            "Missing required configuration \"{}\" which has no default value.",
            definition.name
        )));
    }
    match definition.default {
        Some(text) => ConfigValue::parse(definition.name, definition.config_type, text),
        None => Ok(ConfigValue::Null),
    }
}
