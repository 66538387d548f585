//! A subscription by pattern: which topics it means follows from the metadata.
//!
//! The client matches names itself, with both group protocols, as Kafka's `subscribe(Pattern)`
//! does; internal topics are left out (`exclude.internal.topics`). Invariant: the subscription
//! is what the pattern matches among the topics known.

use super::Consumer;
use crate::node::Effects;
use crate::topic_pattern::TopicPattern;
use crate::types::{Name, Time};

impl Consumer {
    /// Subscribes to whatever matches, now and later.
    pub(super) fn subscribe_to(&mut self, pattern: &TopicPattern, now: Time, fx: &mut Effects) {
        self.pattern = Some(pattern.clone());
        self.net.want_all_topics(true);
        self.member.rejoin = true;
        self.match_topics();
        self.resume_polling(now, fx);
    }

    /// The subscription is by names, or by hand, from now on.
    pub(super) fn forget_pattern(&mut self) {
        self.pattern = None;
        self.net.want_all_topics(false);
    }

    /// Looks which topics match now. Other ones than before make a member join again.
    pub(super) fn match_topics(&mut self) {
        let Some(pattern) = &self.pattern else {
            return;
        };
        let topics = self.net.view.topics();
        let matching = topics.filter(|topic| !topic.is_internal && pattern.matches(&topic.name));
        let names: Vec<Name> = matching.map(|topic| topic.name.clone()).collect();
        if names != self.subscribed {
            self.subscribed = names;
            self.member.rejoin = true;
        }
    }

    /// Whether the group decides what is read.
    pub(super) fn is_subscribed(&self) -> bool {
        self.pattern.is_some() || !self.subscribed.is_empty()
    }

    /// Whether a member waits for metadata before it joins (`ensureFreshMetadata`): else the one
    /// that finds a new topic first would make the others join again one by one.
    pub(super) fn awaits_topics(&self) -> bool {
        self.pattern.is_some() && self.net.is_updating()
    }
}
