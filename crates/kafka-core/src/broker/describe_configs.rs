//! DescribeConfigs: every setting with its value and where it comes from.

use super::throttle::DYNAMIC_RATES;
use super::{Broker, Cx};
use crate::config::definitions::{self, ConfigType, Definition, Section};
use crate::error::ErrorCode;
use crate::protocol::{
    ConfigEntry, ConfigResource, ConfigSource, DescribeConfigsRequest, DescribeConfigsResponse,
    ListConfigResourcesResponse, Outcome, Response,
};
use crate::topic_name;
use crate::types::{BrokerId, Name, NodeId, RequestId};

/// A value with its source and the name it has there.
type Synonym = (ConfigSource, Name, Option<Name>);

impl Broker {
    pub(super) fn on_describe_configs(
        &mut self,
        cx: &mut Cx<'_>,
        from: NodeId,
        id: RequestId,
        request: &DescribeConfigsRequest,
    ) {
        let results = request.resources.iter().map(|resource| {
            let (outcome, entries) = match self.describe_resource(resource) {
                Ok(entries) => (Outcome::ok(), entries),
                Err(outcome) => (outcome, Vec::new()),
            };
            (resource.clone(), outcome, entries)
        });
        let results = results.collect();
        let response = Response::DescribeConfigs(DescribeConfigsResponse { results });
        cx.fx.respond(from, id, response);
    }

    pub(super) fn on_list_config_resources(
        &self,
        cx: &mut Cx<'_>,
        (from, id): (NodeId, RequestId),
    ) {
        let resources = self.image.configs.keys().cloned().collect();
        let response = ListConfigResourcesResponse { resources };
        cx.fx
            .respond(from, id, Response::ListConfigResources(response));
    }

    fn describe_resource(&self, resource: &ConfigResource) -> Result<Vec<ConfigEntry>, Outcome> {
        match resource {
            ConfigResource::Topic(name) => self.describe_topic_configs(name),
            ConfigResource::Broker(None) => Ok(self.describe_default_broker()),
            ConfigResource::Broker(Some(broker)) => self.describe_broker(*broker),
            ConfigResource::Group(group) => Ok(self.describe_group(group)),
        }
    }

    fn describe_topic_configs(&self, name: &Name) -> Result<Vec<ConfigEntry>, Outcome> {
        if let Err(message) = topic_name::validate(name) {
            return Err(Outcome::fail(ErrorCode::InvalidTopicException, &message));
        }
        if self.image.topic(name).is_none() {
            return Err(Outcome::code(ErrorCode::UnknownTopicOrPartition));
        }
        let resource = ConfigResource::Topic(name.clone());
        let file = self.config.file();
        let definitions = definitions::all(Section::Topic).filter(|d| !d.internal);
        let entries = definitions.map(|definition| {
            let mut synonyms = Vec::new();
            if let Some(value) = self.image.config(&resource, definition.name) {
                let source = ConfigSource::DynamicTopicConfig;
                synonyms.push((source, definition.name.into(), Some(value.clone())));
            }
            if let Some(broker_config) = definition.broker_config {
                self.broker_synonyms(&file, broker_config, &mut synonyms);
            }
            entry(&definition, synonyms, false)
        });
        Ok(entries.collect())
    }

    fn describe_broker(&self, broker: BrokerId) -> Result<Vec<ConfigEntry>, Outcome> {
        if broker != self.me() {
            let me = self.me();
            let message = format!("Unexpected broker id, expected {me} but received {broker}");
            return Err(Outcome::fail(ErrorCode::InvalidRequest, &message));
        }
        let file = self.config.file();
        let definitions = definitions::all(Section::Broker).filter(|d| !d.internal);
        let entries = definitions.map(|definition| {
            let mut synonyms = Vec::new();
            self.broker_synonyms(&file, definition.name, &mut synonyms);
            let read_only = definition.update_mode == Some("read-only");
            entry(&definition, synonyms, read_only)
        });
        Ok(entries.chain(self.unknown_entries()).collect())
    }

    /// The cluster default: only what is set.
    fn describe_default_broker(&self) -> Vec<ConfigEntry> {
        let set = self.image.configs.get(&ConfigResource::Broker(None));
        let source = ConfigSource::DynamicDefaultBrokerConfig;
        let set = set.into_iter().flatten();
        set.map(|(name, value)| plain_entry(name, value, source))
            .collect()
    }

    fn describe_group(&self, group: &Name) -> Vec<ConfigEntry> {
        let resource = ConfigResource::Group(group.clone());
        let file = self.config.file();
        let definitions = definitions::all(Section::Group).filter(|d| !d.internal);
        let entries = definitions.map(|definition| {
            let mut synonyms = Vec::new();
            if let Some(value) = self.image.config(&resource, definition.name) {
                let source = ConfigSource::DynamicGroupConfig;
                synonyms.push((source, definition.name.into(), Some(value.clone())));
            }
            let broker_name = format!("group.{}", definition.name);
            self.broker_synonyms(&file, &broker_name, &mut synonyms);
            // A setting that only groups have has its default from there.
            let is_own = definitions::find(Section::Broker, &broker_name).is_none();
            if let Some(default) = definition.default.filter(|_| is_own) {
                let source = ConfigSource::DefaultConfig;
                synonyms.push((source, definition.name.into(), Some(default.into())));
            }
            entry(&definition, synonyms, false)
        });
        entries.collect()
    }

    /// Where a broker setting has values, strongest first. A setting may stand under
    /// other names too (hours for milliseconds); those weaker than its own are shown.
    fn broker_synonyms(&self, file: &[(Name, Name)], name: &str, synonyms: &mut Vec<Synonym>) {
        let names: &[&str] = alternatives(name);
        let names = if names.is_empty() { &[name] } else { names };
        let mut found: Vec<Synonym> = Vec::new();
        let own = ConfigResource::Broker(Some(self.me()));
        let dynamic = [
            (own, ConfigSource::DynamicBrokerConfig),
            (
                ConfigResource::Broker(None),
                ConfigSource::DynamicDefaultBrokerConfig,
            ),
        ];
        for (resource, source) in dynamic {
            for name in names {
                if let Some(value) = self.image.config(&resource, name) {
                    found.push((source, (*name).into(), Some(value.clone())));
                }
            }
        }
        for name in names {
            if let Some((_, value)) = file.iter().find(|(key, _)| **key == **name) {
                let source = ConfigSource::StaticBrokerConfig;
                found.push((source, (*name).into(), Some(value.clone())));
            }
        }
        for name in names {
            let definition = definitions::find(Section::Broker, name);
            if let Some(default) = definition.and_then(|definition| definition.default) {
                let source = ConfigSource::DefaultConfig;
                found.push((source, (*name).into(), Some(default.into())));
            }
        }
        synonyms.extend(
            found
                .into_iter()
                .skip_while(|(_, known, _)| **known != *name),
        );
    }

    /// Dynamic settings of brokers that no definition knows: accepted, and kept secret.
    fn unknown_entries(&self) -> Vec<ConfigEntry> {
        let own = ConfigResource::Broker(Some(self.me()));
        let dynamic = [
            (own, ConfigSource::DynamicBrokerConfig),
            (
                ConfigResource::Broker(None),
                ConfigSource::DynamicDefaultBrokerConfig,
            ),
        ];
        let mut entries: Vec<ConfigEntry> = Vec::new();
        for (resource, source) in dynamic {
            let set = self.image.configs.get(&resource).into_iter().flatten();
            for (name, value) in set {
                let known = definitions::find(Section::Broker, name).is_some();
                if !known && entries.iter().all(|entry| entry.name != *name) {
                    entries.push(plain_entry(name, value, source));
                }
            }
        }
        entries
    }
}

/// All names of a setting that has several, strongest first.
fn alternatives(name: &str) -> &'static [&'static str] {
    const GROUPS: [&[&str]; 4] = [
        &["log.roll.ms", "log.roll.hours"],
        &["log.roll.jitter.ms", "log.roll.jitter.hours"],
        &["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
        &[
            "log.retention.ms",
            "log.retention.minutes",
            "log.retention.hours",
        ],
    ];
    let found = GROUPS.into_iter().find(|group| group.contains(&name));
    found.unwrap_or_default()
}

fn entry(definition: &Definition, synonyms: Vec<Synonym>, is_read_only: bool) -> ConfigEntry {
    let is_sensitive = definition.config_type == ConfigType::Password;
    let strongest = synonyms.first();
    let value = match strongest {
        Some((_, _, value)) => value.clone(),
        None => definition.default.map(Name::from),
    };
    ConfigEntry {
        name: definition.name.into(),
        value: value.filter(|_| !is_sensitive),
        source: strongest.map_or(ConfigSource::DefaultConfig, |synonym| synonym.0),
        is_sensitive,
        is_read_only,
        synonyms,
    }
}

/// A setting that is looked at by itself; what nobody knows might be a secret.
fn plain_entry(name: &Name, value: &Name, source: ConfigSource) -> ConfigEntry {
    let definition = definitions::find(Section::Broker, name);
    let is_sensitive = match definition {
        Some(found) => found.config_type == ConfigType::Password,
        None => !DYNAMIC_RATES.contains(&&**name),
    };
    let value = Some(value.clone()).filter(|_| !is_sensitive);
    ConfigEntry {
        name: name.clone(),
        value: value.clone(),
        source,
        is_sensitive,
        is_read_only: false,
        synonyms: vec![(source, name.clone(), value)],
    }
}
