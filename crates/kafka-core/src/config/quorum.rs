//! Settings of the controller quorum.

use crate::types::NodeId;

/// Where controllers listen: side by side, the first here.
const FIRST_CONTROLLER_PORT: u32 = 9_192;

/// Settings of the controller quorum, the same on every voter and observer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuorumConfig {
    /// `controller.quorum.voters`; of a quorum whose voters may change, the controllers that
    /// `controller.quorum.bootstrap.servers` names.
    pub voters: Vec<NodeId>,
    /// What this node's directory was formatted for.
    pub format: QuorumFormat,
    /// `controller.quorum.election.timeout.ms`.
    pub election_timeout_ms: u32,
    /// `controller.quorum.fetch.timeout.ms`.
    pub fetch_timeout_ms: u32,
    /// `controller.quorum.election.backoff.max.ms`.
    pub election_backoff_max_ms: u32,
    /// `controller.quorum.append.linger.ms`.
    pub append_linger_ms: u32,
    /// `controller.quorum.request.timeout.ms`.
    pub request_timeout_ms: u32,
    /// `controller.quorum.retry.backoff.ms`.
    pub retry_backoff_ms: u32,
    /// `metadata.max.idle.interval.ms`.
    pub max_idle_interval_ms: u32,
    /// Longest park of a metadata fetch (constant of the Raft client).
    pub fetch_max_wait_ms: u32,
    /// `controller.quorum.auto.join.enable`: a controller that is no voter asks to become one. Of
    /// controllers only.
    pub auto_join: bool,
}

/// What `kafka-storage.sh format` made of a node's directory (RAFT-15).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum QuorumFormat {
    /// With `controller.quorum.voters`: these voters for ever (`kraft.version` 0).
    #[default]
    Static,
    /// `--standalone` or `--initial-controllers`: the directory names the first voters of a quorum
    /// whose voters may change (`kraft.version` 1).
    Initial(Vec<NodeId>),
    /// `--no-initial-controllers`: the log will tell who votes.
    Joining,
}

impl Default for QuorumConfig {
    fn default() -> QuorumConfig {
        QuorumConfig {
            voters: vec![NodeId(100), NodeId(101), NodeId(102)],
            format: QuorumFormat::Static,
            election_timeout_ms: 1_000,
            fetch_timeout_ms: 2_000,
            election_backoff_max_ms: 1_000,
            append_linger_ms: 25,
            request_timeout_ms: 2_000,
            retry_backoff_ms: 20,
            max_idle_interval_ms: 500,
            fetch_max_wait_ms: 500,
            auto_join: false,
        }
    }
}

impl QuorumConfig {
    /// The port of a controller, from its distance to the first one.
    pub fn port(&self, controller: NodeId) -> u16 {
        let first = self.voters.iter().map(|voter| voter.0).min();
        let distance = controller.0.saturating_sub(first.unwrap_or(controller.0));
        FIRST_CONTROLLER_PORT
            .saturating_add(distance)
            .min(u32::from(u16::MAX)) as u16
    }

    /// The line of a properties file that says where the controllers are.
    pub(super) fn property(&self) -> (&'static str, String) {
        let is_static = self.format == QuorumFormat::Static;
        let controller = |id: &NodeId| match is_static {
            true => format!("{id}@localhost:{}", self.port(*id)),
            false => format!("localhost:{}", self.port(*id)),
        };
        let controllers: Vec<String> = self.voters.iter().map(controller).collect();
        let name = match is_static {
            true => "controller.quorum.voters",
            false => "controller.quorum.bootstrap.servers",
        };
        (name, controllers.join(","))
    }
}
