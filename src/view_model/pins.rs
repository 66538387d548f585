//! Pins: the letters of a question's answers, on the objects of the picture that they name.

use super::object::ObjectId;

/// What a pin tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinMark {
    /// It can be chosen.
    Offered,
    /// The learner chose it.
    Chosen,
    /// It is the answer.
    Right,
    /// The learner's answer, which was not right.
    Wrong,
}

/// A pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinView {
    /// The object it stands on.
    pub object: ObjectId,
    /// Number of the option.
    pub option: usize,
    /// The option's letter.
    pub letter: char,
    /// What it tells.
    pub mark: PinMark,
    /// Its words, for those who listen.
    pub words: String,
}

impl PinView {
    /// True while it can be pressed.
    pub fn is_open(&self) -> bool {
        matches!(self.mark, PinMark::Offered | PinMark::Chosen)
    }
}
