//! Something that is fetched when it is first needed.

use std::rc::Rc;

/// How far it is.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Fetched<T> {
    /// Nobody needed it so far.
    #[default]
    NotAsked,
    /// Under way.
    Asked,
    /// There.
    Ready(Rc<T>),
    /// Not to be had, with the reason.
    Failed(String),
}

impl<T> Fetched<T> {
    /// It, when it is there.
    pub fn ready(&self) -> Option<&Rc<T>> {
        match self {
            Fetched::Ready(it) => Some(it),
            _ => None,
        }
    }

    /// Notes that it is asked for; false when it is there or under way already.
    pub fn ask(&mut self) -> bool {
        let ask = matches!(self, Fetched::NotAsked | Fetched::Failed(_));
        if ask {
            *self = Fetched::Asked;
        }
        ask
    }
}
