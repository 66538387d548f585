//! The time bar: clock, speed, the run's extent, what happened when, branches.

/// Slow-down steps from fastest to slowest, as virtual seconds a wall second.
pub const SPEEDS: [(&str, f64); 12] = [
    ("60×", 60.0),
    ("10×", 10.0),
    ("1×", 1.0),
    ("1/2×", 0.5),
    ("1/5×", 0.2),
    ("1/10×", 0.1),
    ("1/20×", 0.05),
    ("1/50×", 0.02),
    ("1/100×", 0.01),
    ("1/200×", 0.005),
    ("1/500×", 0.002),
    ("1/1000×", 0.001),
];

/// The speed the page starts with, 1/500: a message between brokers is seen for a quarter of a
/// second. Time in which nothing worth watching flies passes faster.
pub const SPEED_START: usize = 10;

/// Index of 1/100: slow enough to follow every message.
pub const SPEED_SLOW: usize = 8;

/// What a tick of the track stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TickKind {
    /// Records were appended or delivered: square.
    Records,
    /// Control plane: diamond.
    Control,
    /// Group: triangle.
    Group,
    /// A crash, loss or error: cross.
    Failure,
    /// A person's action: pennant.
    Action,
}

/// One tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// When.
    pub at: u64,
    /// What.
    pub kind: TickKind,
}

/// A branch of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchView {
    /// Its number.
    pub id: u32,
    /// Its name; empty = the first one.
    pub name: String,
    /// Where it leaves its parent.
    pub fork: u64,
    /// Its end.
    pub end: u64,
    /// True for the one shown.
    pub current: bool,
}

/// Work that lasts longer than a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it started.
    pub from: u64,
    /// Where it is.
    pub at: u64,
    /// Where it goes.
    pub to: u64,
}

impl Progress {
    /// Share done, 0 to 100.
    pub fn percent(self) -> u64 {
        let whole = self.to.abs_diff(self.from).max(1);
        (self.at.abs_diff(self.from) * 100 / whole).min(100)
    }
}

/// Everything the time bar shows.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TimeView {
    /// Virtual time shown, µs.
    pub now: u64,
    /// End of what has been computed on this branch, µs.
    pub end: u64,
    /// Number of the last event at or before `now`.
    pub event: u64,
    /// True while time flows.
    pub playing: bool,
    /// Index into [`SPEEDS`].
    pub speed: usize,
    /// Ticks in time order.
    pub ticks: Vec<Tick>,
    /// Times without a leader somewhere: from, to.
    pub leaderless: Vec<(u64, u64)>,
    /// Branches.
    pub branches: Vec<BranchView>,
    /// Long work under way.
    pub progress: Option<Progress>,
}

/// The stretch of time a track shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Left end.
    pub from: u64,
    /// Right end.
    pub to: u64,
}

const WHOLE_MAX: u64 = 30_000_000;
const WHOLE_MIN: u64 = 2_000_000;

impl TimeView {
    /// The whole run up to 30 s; of a longer run the 30 s around now, moving by halves so that
    /// the track does not slide under the pointer.
    pub fn window(&self) -> Window {
        let end = self.end.max(self.now);
        if end <= WHOLE_MAX {
            // Grow in whole seconds, so that ticks do not creep while playing.
            let to = (end + 1_000_000).div_ceil(1_000_000) * 1_000_000;
            return Window {
                from: 0,
                to: to.max(WHOLE_MIN),
            };
        }
        let half = WHOLE_MAX / 2;
        let page = self.now / half;
        let from = page.saturating_sub(u64::from(self.now % half < half / 2)) * half;
        Window {
            from,
            to: from + WHOLE_MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_always_inside_the_window() {
        for end in [0, 900_000, 29_999_999, 30_000_001, 95_000_000] {
            for now in (0..=end).step_by(700_001) {
                let view = TimeView {
                    now,
                    end,
                    ..TimeView::default()
                };
                let w = view.window();
                assert!(w.from <= now && now <= w.to, "{now} of {end}: {w:?}");
            }
        }
    }

    #[test]
    fn progress_counts_in_both_directions() {
        let forward = Progress {
            from: 0,
            at: 5,
            to: 10,
        };
        let back = Progress {
            from: 10,
            at: 9,
            to: 0,
        };
        assert_eq!((forward.percent(), back.percent()), (50, 10));
    }
}
