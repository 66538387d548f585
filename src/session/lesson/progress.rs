//! What a learner has done so far, kept over reloads under `brokerscope.lessons`.
//!
//! Text from the browser's storage is not trusted: it is versioned and bounded, and reading gives a
//! value or a reason.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Version of the format.
const VERSION: u32 = 1;
/// Longest text read.
const TEXT_BYTES_MAX: usize = 200_000;
/// Most lessons kept.
const LESSONS_MAX: usize = 200;
/// Most steps and answers kept of a lesson.
const PARTS_MAX: usize = 200;

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Key of the option; `None` = skipped.
    pub choice: Option<String>,
    /// The learner was sure.
    pub sure: bool,
    /// It was the right one.
    pub right: bool,
    /// Hints that were read before.
    pub hints: u32,
}

/// What was done of a lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Ids of the steps done.
    pub steps: BTreeSet<String>,
    /// Answers by the id of the question; the first one counts.
    pub answers: BTreeMap<String, Answered>,
    /// Its end was reached without a script.
    pub finished: bool,
}

/// The place of a lesson that is open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Id of the lesson.
    pub lesson: String,
    /// Id of the step; `None` = before the first.
    pub step: Option<String>,
    /// Seed, when it is not the lesson's own.
    pub seed: Option<u64>,
}

impl Place {
    /// The hash of a link, without `#`.
    pub fn link(&self) -> String {
        let part = |name: &str, value: Option<String>| {
            value.map_or_else(String::new, |value| format!("&{name}={value}"))
        };
        let step = part("step", self.step.clone());
        let seed = part("seed", self.seed.map(|seed| seed.to_string()));
        format!("lesson={}{step}{seed}", self.lesson)
    }

    /// The place a link names; `None` when it is another kind of link.
    ///
    /// # Errors
    /// What is wrong with a link to a lesson.
    pub fn from_link(hash: &str) -> Option<Result<Place, String>> {
        hash.starts_with("lesson=").then(|| Place::read(hash))
    }

    fn read(hash: &str) -> Result<Place, String> {
        let mut place = Place::default();
        for pair in hash.split('&') {
            let Some((name, value)) = pair.split_once('=') else {
                return Err(format!("`{pair}` has no `=`"));
            };
            let is_id =
                (1..=8).contains(&value.len()) && value.chars().all(|c| c.is_ascii_alphanumeric());
            match name {
                "lesson" if is_id => place.lesson = value.to_owned(),
                "step" if is_id => place.step = Some(value.to_owned()),
                "seed" => {
                    let seed = value.parse();
                    place.seed = Some(seed.map_err(|_| format!("`{value}` is not a seed"))?);
                }
                "lesson" | "step" => return Err(format!("`{value}` names no {name}")),
                // Others may come with a later version.
                _ => {}
            }
        }
        Ok(place)
    }
}

/// Progress in all lessons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    v: u32,
    /// By id of the lesson.
    lessons: BTreeMap<String, Done>,
    /// The lesson that is open, to open it again after a reload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Place>,
    /// Grows with every change.
    #[serde(skip)]
    revision: u64,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress {
            v: VERSION,
            lessons: BTreeMap::new(),
            open: None,
            revision: 0,
        }
    }
}

impl Progress {
    /// Reads what was kept.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(text: &str) -> Result<Progress, String> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(format!("the text is longer than {TEXT_BYTES_MAX} bytes"));
        }
        let read: Progress = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if read.v != VERSION {
            return Err(format!("version {} is not known here", read.v));
        }
        let bounded =
            |done: &Done| done.steps.len() <= PARTS_MAX && done.answers.len() <= PARTS_MAX;
        if read.lessons.len() > LESSONS_MAX || !read.lessons.values().all(bounded) {
            return Err("it holds more lessons or answers than there are".into());
        }
        Ok(read)
    }

    /// The text to keep.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What was done of a lesson.
    pub fn of(&self, lesson: &str) -> Option<&Done> {
        self.lessons.get(lesson)
    }

    /// The lesson that was open.
    pub fn open(&self) -> Option<&Place> {
        self.open.as_ref()
    }

    /// A lesson is open at a place, or none is.
    pub fn set_open(&mut self, place: Option<Place>) {
        if self.open != place {
            self.open = place;
            self.revision += 1;
        }
    }

    /// Changes what was done of a lesson.
    pub fn note(&mut self, lesson: &str, change: impl FnOnce(&mut Done)) {
        if self.lessons.len() < LESSONS_MAX || self.lessons.contains_key(lesson) {
            change(self.lessons.entry(lesson.to_owned()).or_default());
            self.revision += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_back() {
        let mut progress = Progress::default();
        progress.note("L12", |done| {
            done.steps.insert("S1".into());
            let answer = Answered {
                choice: Some("2".into()),
                sure: true,
                right: true,
                hints: 1,
            };
            done.answers.insert("P1".into(), answer);
        });
        progress.set_open(Some(Place {
            lesson: "L12".into(),
            step: Some("S2".into()),
            seed: None,
        }));
        let read = Progress::read(&progress.write()).expect("what was written");
        assert_eq!(read.of("L12"), progress.of("L12"));
        assert_eq!(read.open(), progress.open());
    }

    #[test]
    fn damaged_progress_is_refused_with_a_reason() {
        let steps: Vec<String> = (0..=PARTS_MAX).map(|n| format!("\"S{n}\"")).collect();
        let many = format!(
            "{{\"v\":1,\"lessons\":{{\"L\":{{\"steps\":[{}],\"answers\":{{}},\"finished\":false}}}}}}",
            steps.join(",")
        );
        for text in ["", "{", "{\"v\":2,\"lessons\":{}}", "{\"v\":1}", &many] {
            assert!(Progress::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_link_names_lesson_step_and_seed() {
        let hash = "lesson=L06&step=S3&seed=7";
        let place = Place::from_link(hash).expect("a lesson").expect("a place");
        assert_eq!(
            (place.lesson.as_str(), place.step.as_deref(), place.seed),
            ("L06", Some("S3"), Some(7))
        );
        assert_eq!(place.link(), hash);
        assert!(Place::from_link("v1.abc").is_none());
        for wrong in ["lesson=../x", "lesson=L06&seed=x", "lesson=L06&step="] {
            assert!(
                Place::from_link(wrong).is_some_and(|read| read.is_err()),
                "{wrong}"
            );
        }
    }
}
