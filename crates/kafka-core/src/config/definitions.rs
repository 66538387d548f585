//! Kafka's own table of configuration names: type, default, allowed values, importance
//! and, for brokers, how the value may be changed (4.3.1).
//!
//! The rows are data files beside this one, sorted by name, columns separated by tabs.
//! Not here: what a setting does. Invariant: a name that Kafka knows is a row, and a row
//! is a name that Kafka knows.

use std::cmp::Ordering;

/// Whose settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// A producer.
    Producer,
    /// A consumer.
    Consumer,
    /// An admin client.
    Admin,
    /// A topic.
    Topic,
    /// A broker or controller.
    Broker,
    /// A group.
    Group,
}

impl Section {
    /// All sections.
    pub const ALL: [Section; 6] = [
        Section::Producer,
        Section::Consumer,
        Section::Admin,
        Section::Topic,
        Section::Broker,
        Section::Group,
    ];

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Section::Producer => "producer",
            Section::Consumer => "consumer",
            Section::Admin => "admin",
            Section::Topic => "topic",
            Section::Broker => "broker",
            Section::Group => "group",
        }
    }

    fn rows(self) -> &'static str {
        match self {
            Section::Producer => include_str!("definitions/producer.tsv"),
            Section::Consumer => include_str!("definitions/consumer.tsv"),
            Section::Admin => include_str!("definitions/admin.tsv"),
            Section::Topic => include_str!("definitions/topic.tsv"),
            Section::Broker => include_str!("definitions/broker.tsv"),
            Section::Group => include_str!("definitions/group.tsv"),
        }
    }
}

/// Type of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigType {
    /// true or false.
    Boolean,
    /// 16-bit integer.
    Short,
    /// 32-bit integer.
    Int,
    /// 64-bit integer.
    Long,
    /// Floating point.
    Double,
    /// Text.
    Text,
    /// Texts separated by commas.
    List,
    /// Name of a Java class.
    Class,
    /// Text that is never shown.
    Password,
}

impl ConfigType {
    const NAMES: [(&'static str, ConfigType); 9] = [
        ("BOOLEAN", ConfigType::Boolean),
        ("SHORT", ConfigType::Short),
        ("INT", ConfigType::Int),
        ("LONG", ConfigType::Long),
        ("DOUBLE", ConfigType::Double),
        ("STRING", ConfigType::Text),
        ("LIST", ConfigType::List),
        ("CLASS", ConfigType::Class),
        ("PASSWORD", ConfigType::Password),
    ];

    /// Kafka's name of the type, as in "Not a number of type INT".
    pub fn name(self) -> &'static str {
        let named = ConfigType::NAMES.iter().find(|(_, known)| *known == self);
        named.map_or("", |(name, _)| name)
    }

    fn of(name: &str) -> Option<ConfigType> {
        let named = ConfigType::NAMES.iter().find(|(known, _)| *known == name);
        named.map(|(_, config_type)| *config_type)
    }
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Type of its value.
    pub config_type: ConfigType,
    /// Whether there is no default and it has to be set.
    pub required: bool,
    /// Default as text; `None` for null.
    pub default: Option<&'static str>,
    /// Kafka's own text of the allowed values, for example `[0,...]`; `None` if
    /// everything of the type is allowed.
    pub valid: Option<&'static str>,
    /// HIGH, MEDIUM or LOW.
    pub importance: &'static str,
    /// Topics: the broker setting that gives the default.
    pub broker_config: Option<&'static str>,
    /// Brokers: read-only, per-broker or cluster-wide.
    pub update_mode: Option<&'static str>,
    /// Not meant for users.
    pub internal: bool,
    /// Lists: at least one element is needed.
    pub non_empty: bool,
}

/// All settings of a section, sorted by name.
pub fn all(section: Section) -> impl Iterator<Item = Definition> {
    section
        .rows()
        .lines()
        .filter_map(move |line| read_row(section, line))
}

/// The setting of this name. Rows are sorted by name, so each look halves the text: share
/// groups read settings at every fetch.
pub fn find(section: Section, name: &str) -> Option<Definition> {
    let mut rows = section.rows();
    while !rows.is_empty() {
        let half = &rows.as_bytes()[..rows.len() / 2];
        let start = half.iter().rposition(|byte| *byte == b'\n');
        let (before, from) = rows.split_at(start.map_or(0, |at| at + 1));
        let (row, after) = from.split_once('\n').unwrap_or((from, ""));
        let (known, _) = row.split_once('\t')?;
        rows = match name.cmp(known) {
            Ordering::Equal => return read_row(section, row),
            Ordering::Less => before,
            Ordering::Greater => after,
        };
    }
    None
}

fn read_row(section: Section, row: &'static str) -> Option<Definition> {
    let mut columns = row.split('\t');
    let name = columns.next()?;
    let config_type = ConfigType::of(columns.next()?)?;
    let default = columns.next()?;
    let valid = nullable(columns.next()?);
    let importance = columns.next()?;
    let extra = nullable(columns.next()?);
    let flags = columns.next()?;
    Some(Definition {
        name,
        config_type,
        required: default == "required",
        default: nullable(default).filter(|default| *default != "required"),
        valid,
        importance,
        broker_config: extra.filter(|_| section == Section::Topic),
        update_mode: extra.filter(|_| section == Section::Broker),
        internal: flags.contains("internal"),
        non_empty: flags.contains("non-empty"),
    })
}

/// A column that may hold null or the empty text.
fn nullable(column: &'static str) -> Option<&'static str> {
    match column {
        "null" => None,
        "\"\"" => Some(""),
        text => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No row is lost to a typing mistake, rows are sorted, and each is found by name.
    #[test]
    fn every_row_is_read_and_found() {
        for section in Section::ALL {
            let rows: Vec<Definition> = all(section).collect();
            assert_eq!(rows.len(), section.rows().lines().count(), "{section:?}");
            assert!(rows.is_sorted_by(|a, b| a.name < b.name), "{section:?}");
            for row in rows {
                assert_eq!(find(section, row.name), Some(row));
            }
        }
        assert_eq!(find(Section::Topic, "retention"), None);
    }
}
