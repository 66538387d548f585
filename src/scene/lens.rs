//! The cluster lens on a wide stage and on a phone, behind one face for the stage component.

use super::cluster::{self, Options};
use super::layout::Layout;
use super::message::{self, Motion, Sprite};
use super::phone;
use super::phone_layout::PhoneLayout;
use super::shape::Node;
use crate::view_model::cluster::{ClusterView, MessageView};

/// Stages narrower than this show one partition at a time.
const PHONE_BELOW: f64 = 760.0;

/// A laid out stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Lens {
    /// All partitions.
    Wide(Box<Layout>),
    /// One partition.
    Phone(Box<PhoneLayout>),
}

impl Lens {
    /// Lays the view out on a stage of `w` x `h` px.
    pub fn new(view: &ClusterView, w: f64, h: f64, options: Options<'_>) -> Lens {
        let partition = options.selected.and_then(|s| s.partition());
        if w < PHONE_BELOW {
            Lens::Phone(Box::new(PhoneLayout::new(view, w, h, partition)))
        } else {
            let open = partition.map(|p| p.topic.as_str());
            Lens::Wide(Box::new(Layout::new(view, w, h, open)))
        }
    }

    /// The still part.
    pub fn draw(&self, view: &ClusterView, options: Options<'_>) -> Vec<Node> {
        match self {
            Lens::Wide(layout) => cluster::draw(view, layout, options),
            Lens::Phone(layout) => phone::draw(view, layout, options),
        }
    }

    /// The moving part.
    pub fn sprites(
        &self,
        view: &ClusterView,
        messages: &[MessageView],
        now: u64,
        motion: Motion<'_>,
    ) -> Vec<Sprite> {
        match self {
            Lens::Wide(layout) => message::sprites(view, messages, layout, now, motion),
            Lens::Phone(layout) => {
                message::sprites_by(messages, now, motion, &layout.label_room(), |m| {
                    layout.route(view, m)
                })
            }
        }
    }
}
