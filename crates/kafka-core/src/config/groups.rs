//! Brokers' settings for groups of the newer protocols (sections 9 and 10).

/// The `group.consumer.*` or `group.share.*` settings that both kinds have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModernKindConfig {
    /// `session.timeout.ms`.
    pub session_timeout_ms: u32,
    /// `heartbeat.interval.ms`.
    pub heartbeat_interval_ms: u32,
    /// `assignment.interval.ms`: the least time between two target assignments.
    pub assignment_interval_ms: u32,
    /// `max.size`.
    pub max_size: u32,
}

impl ModernKindConfig {
    /// Kafka's defaults, for groups of at most that many members.
    pub const fn with_max_size(max_size: u32) -> ModernKindConfig {
        ModernKindConfig {
            session_timeout_ms: 45_000,
            heartbeat_interval_ms: 5_000,
            assignment_interval_ms: 1_000,
            max_size,
        }
    }
}

/// Assignors of the coordinator (NGP-9, NGP-10).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ServerAssignor {
    /// `uniform`.
    Uniform,
    /// `range`.
    Range,
}

impl ServerAssignor {
    /// The name in requests and settings.
    pub fn name(self) -> &'static str {
        match self {
            ServerAssignor::Uniform => "uniform",
            ServerAssignor::Range => "range",
        }
    }

    /// The assignor of that name.
    pub fn parse(name: &str) -> Option<ServerAssignor> {
        [ServerAssignor::Uniform, ServerAssignor::Range]
            .into_iter()
            .find(|assignor| assignor.name() == name)
    }
}

/// `group.consumer.assignors`; the first one is the default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerAssignors(pub Vec<ServerAssignor>);

impl std::str::FromStr for ServerAssignors {
    type Err = ();

    fn from_str(text: &str) -> Result<ServerAssignors, ()> {
        let names = text
            .split(',')
            .map(|name| ServerAssignor::parse(name.trim()));
        let all: Option<Vec<ServerAssignor>> = names.collect();
        all.map(ServerAssignors).ok_or(())
    }
}

/// `group.consumer.migration.policy` (NGP-12).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MigrationPolicy {
    /// No group is converted while it has members.
    Disabled,
    /// Only from the consumer protocol to the classic one.
    Downgrade,
    /// Only from the classic protocol to the consumer one.
    Upgrade,
    /// Both ways.
    Bidirectional,
}

impl MigrationPolicy {
    /// Whether a classic group with members may become a consumer group.
    pub fn may_upgrade(self) -> bool {
        matches!(
            self,
            MigrationPolicy::Upgrade | MigrationPolicy::Bidirectional
        )
    }

    /// Whether a consumer group may become a classic one.
    pub fn may_downgrade(self) -> bool {
        matches!(
            self,
            MigrationPolicy::Downgrade | MigrationPolicy::Bidirectional
        )
    }
}

impl std::str::FromStr for MigrationPolicy {
    type Err = ();

    fn from_str(text: &str) -> Result<MigrationPolicy, ()> {
        let policies = [
            ("disabled", MigrationPolicy::Disabled),
            ("downgrade", MigrationPolicy::Downgrade),
            ("upgrade", MigrationPolicy::Upgrade),
            ("bidirectional", MigrationPolicy::Bidirectional),
        ];
        let found = policies
            .into_iter()
            .find(|(name, _)| text.eq_ignore_ascii_case(name));
        found.map(|(_, policy)| policy).ok_or(())
    }
}

/// What a broker's coordinator knows about groups of the newer protocols.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModernGroupsConfig {
    /// `group.consumer.*`.
    pub consumer: ModernKindConfig,
    /// `group.share.*`.
    pub share: ModernKindConfig,
    /// `group.consumer.assignors`; the first one is the default.
    pub assignors: ServerAssignors,
    /// `group.consumer.migration.policy`.
    pub migration: MigrationPolicy,
}

impl ModernGroupsConfig {
    /// The assignor of a group whose members ask for none.
    pub fn default_assignor(&self) -> ServerAssignor {
        let first = self.assignors.0.first();
        first.copied().unwrap_or(ServerAssignor::Uniform)
    }
}

impl Default for ModernGroupsConfig {
    fn default() -> ModernGroupsConfig {
        ModernGroupsConfig {
            consumer: ModernKindConfig::with_max_size(u32::MAX >> 1),
            share: ModernKindConfig::with_max_size(200),
            assignors: ServerAssignors(vec![ServerAssignor::Uniform, ServerAssignor::Range]),
            migration: MigrationPolicy::Bidirectional,
        }
    }
}
