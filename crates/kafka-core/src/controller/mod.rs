//! A controller: a voter of the quorum, and while it leads the one process that
//! changes cluster metadata (RAFT-14).
//!
//! It turns requests and expired sessions into metadata records; it never talks to
//! brokers on its own. Not here: what brokers do with the records. Invariants: the
//! records of one event are one batch; an answer is sent only when that batch is
//! committed; a controller that does not lead answers NOT_CONTROLLER.

mod refusal;

use crate::config::ControllerConfig;
use crate::metadata::ClusterImage;
use crate::node::{Effects, Input, Prng, RequestIds};
use crate::raft::{Raft, RaftDisk, RaftIo};
use crate::types::Time;

/// What a controller keeps over restarts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControllerDisk {
    /// Epoch, vote and metadata log.
    pub raft: RaftDisk,
}

/// A controller process.
#[derive(Clone, Debug)]
pub struct Controller {
    config: ControllerConfig,
    disk: ControllerDisk,
    raft: Raft,
    ids: RequestIds,
    /// Leader: everything appended. Others: everything committed (RAFT-12).
    image: ClusterImage,
}

impl Controller {
    /// A process about to start with what an earlier life left on disk.
    pub fn new(config: ControllerConfig, disk: ControllerDisk) -> Controller {
        let raft = Raft::new(config.node, config.quorum.clone());
        Controller {
            config,
            disk,
            raft,
            ids: RequestIds::default(),
            image: ClusterImage::new(),
        }
    }

    /// What remains when the process is gone.
    pub fn into_disk(self) -> ControllerDisk {
        self.disk
    }

    /// Its settings.
    pub fn config(&self) -> &ControllerConfig {
        &self.config
    }

    /// The cluster as this controller sees it.
    pub fn image(&self) -> &ClusterImage {
        &self.image
    }

    /// Its part in the quorum.
    pub fn raft(&self) -> &Raft {
        &self.raft
    }

    /// Its durable state.
    pub fn disk(&self) -> &ControllerDisk {
        &self.disk
    }

    /// One step of the process.
    pub fn handle(&mut self, now: Time, input: Input<'_>, prng: &mut Prng, fx: &mut Effects) {
        let mut io = RaftIo {
            now,
            disk: &mut self.disk.raft,
            ids: &mut self.ids,
            prng,
            fx,
        };
        match input {
            Input::Started => self.raft.start(&mut io),
            Input::Request { from, id, request } => {
                if !self.raft.on_request(&mut io, from, id, request)
                    && let Some(response) = refusal::not_controller(request)
                {
                    fx.respond(from, id, response);
                }
            }
            Input::Response { from, id, response } => {
                self.raft.on_response(&mut io, from, id, response);
            }
            Input::Disconnected { peer } => self.raft.on_disconnected(&mut io, peer),
            Input::Timer(key) => {
                self.raft.on_timer(&mut io, key);
            }
            Input::Command(_) | Input::Terminate => {}
        }
    }
}
