//! How a controller makes itself known: one REGISTER_CONTROLLER record a life.

use super::{Controller, Env};
use crate::error::ErrorCode;
use crate::metadata::MetadataRecord;
use crate::node::TimerKey;
use crate::protocol::{ControllerRegistrationRequest, Request, Response};
use crate::types::{Duration, NodeId, RequestId};

/// Pause before a controller announces itself again.
const REGISTRATION_RETRY: Duration = Duration::from_ms(100);

/// Whether this life of the controller is known to the cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Registration {
    Needed,
    Asked(NodeId, RequestId),
    Paused,
    Done,
}

impl Controller {
    /// Announces this life to the active controller once the cluster has begun.
    pub(super) fn maybe_register(&mut self, env: &mut Env<'_>) {
        let begun = self.committed >= self.image.next_offset && !self.image.features.is_empty();
        let leader = self.raft.leader();
        if matches!(self.registration, Registration::Asked(to, _) if leader.is_some_and(|it| it != to))
        {
            // The one that was asked leads no more; it may never answer.
            self.registration = Registration::Needed;
        }
        if self.registration != Registration::Needed || !begun || self.stopping {
            return;
        }
        let controller = self.config.node;
        if self.active.is_some() {
            self.registration = Registration::Done;
            self.append(env, vec![MetadataRecord::RegisterController { controller }]);
        } else if let Some(leader) = leader.filter(|leader| *leader != controller) {
            let id = self.ids.next_id();
            self.registration = Registration::Asked(leader, id);
            let request = ControllerRegistrationRequest { controller };
            env.fx
                .request(leader, id, Request::ControllerRegistration(request));
        }
    }

    pub(super) fn on_response(&mut self, env: &mut Env<'_>, id: RequestId, response: &Response) {
        let asked = matches!(self.registration, Registration::Asked(_, asked) if asked == id);
        if let Response::ControllerRegistration(answer) = response
            && asked
        {
            match answer.error {
                ErrorCode::None => self.registration = Registration::Done,
                _ => self.pause_registration(env),
            }
        }
    }

    pub(super) fn pause_registration(&mut self, env: &mut Env<'_>) {
        self.registration = Registration::Paused;
        let at = env.now + REGISTRATION_RETRY;
        env.fx.set_timer(TimerKey::ControllerRegistration, at);
    }

    pub(super) fn registration_pause_ended(&mut self) {
        self.registration = Registration::Needed;
    }
}
