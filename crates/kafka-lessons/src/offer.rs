//! What is offered as answers: the options of the lesson checked against the evaluated answer,
//! merged, filled up and put in order (rules (a), (b) and (g) of questions).

use lesson_format::{Choice, Kind, Question, Tag, Text};

use crate::value::Value;

/// Fewest options offered.
pub const OFFERS_MIN: usize = 3;
/// Most options offered.
pub const OFFERS_MAX: usize = 4;

/// An option as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What a result file calls it: the value, or the number of an action.
    pub key: String,
    /// Its words.
    pub label: Text,
    /// Whether it equals the evaluated answer.
    pub right: bool,
    /// The misconception it shows.
    pub tag: Option<Tag>,
    /// What one may have thought, when no misconception fits.
    pub reason: Option<Text>,
    /// The object it stands for: `broker:2`, `client:w1`.
    pub target: Option<String>,
    /// Its value; an action's is whether it makes the condition true.
    pub value: Value,
}

/// A question's options and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Three or four options, in the order to show them.
    pub options: Vec<Offer>,
    /// The evaluated answer.
    pub value: Value,
    /// Whether the right option is the one the lesson calls golden: false when a teacher's change
    /// of the lesson, or what was done before, gives another answer.
    pub golden: bool,
}

impl Offered {
    /// The option of that key.
    pub fn find(&self, key: &str) -> Option<&Offer> {
        self.options.iter().find(|offer| offer.key == key)
    }

    /// The right options; several only among actions.
    pub fn right(&self) -> impl Iterator<Item = &Offer> {
        self.options.iter().filter(|offer| offer.right)
    }
}

/// What fillers are made of.
#[derive(Clone, Debug, Default)]
pub struct Filling {
    /// Records stored in topics that are not internal.
    pub stored: i64,
    /// Members of all groups.
    pub members: i64,
    /// Numbers of the brokers.
    pub brokers: Vec<i64>,
    /// Partitions of the largest topic.
    pub partitions: i64,
    /// Names of the clients.
    pub clients: Vec<String>,
}

/// Options of a question whose answer is a value; `values` belong to the question's options.
pub fn of_values(
    question: &Question,
    answer: &Value,
    values: &[Value],
    filling: &Filling,
) -> Offered {
    let mut options: Vec<Offer> = Vec::new();
    let mut golden = false;
    for (choice, value) in question.options.iter().zip(values) {
        let right = value.matches(answer, question.within);
        golden |= right && choice.golden;
        let twin = options
            .iter_mut()
            .find(|known| known.value.matches(value, question.within));
        match twin {
            // Equal options are one; it keeps the words of the first.
            Some(known) => known.tag = known.tag.or(choice.tag).filter(|_| !known.right),
            None => options.push(offer(question.kind, choice, value, right)),
        }
    }
    if !options.iter().any(|offer| offer.right) {
        // No written option is right here: the true value takes the place of the last.
        if options.len() >= OFFERS_MIN {
            options.pop();
        }
        options.push(plain(question.kind, answer, true));
    }
    fill(question, answer, filling, &mut options);
    keep_four(&mut options);
    order(question, &mut options);
    Offered {
        options,
        value: answer.clone(),
        golden,
    }
}

/// Options that are actions; `holds` tells of each whether it makes the condition true.
pub fn of_actions(question: &Question, holds: &[bool]) -> Offered {
    let mut options = Vec::new();
    let mut golden = true;
    for (number, (choice, holds)) in question.options.iter().zip(holds).enumerate() {
        golden &= choice.golden == *holds;
        let mut offer = offer(question.kind, choice, &Value::Bool(*holds), *holds);
        offer.key = format!("action {number}");
        options.push(offer);
    }
    order(question, &mut options);
    let value = Value::Bool(holds.contains(&true));
    Offered {
        options,
        value,
        golden,
    }
}

fn offer(kind: Kind, choice: &Choice, value: &Value, right: bool) -> Offer {
    let plain = plain(kind, value, right);
    Offer {
        label: choice.label.clone().unwrap_or(plain.label),
        tag: choice.tag.filter(|_| !right),
        reason: choice.reason.clone().filter(|_| !right),
        target: choice.target.clone().or(plain.target),
        ..plain
    }
}

/// An option that says a value.
fn plain(kind: Kind, value: &Value, right: bool) -> Offer {
    let target = match (kind, value) {
        (Kind::Broker, Value::Number(n)) => Some(format!("broker:{n}")),
        (Kind::Client, Value::Text(name)) => Some(format!("client:{name}")),
        _ => None,
    };
    Offer {
        key: value.key(),
        label: value.label(kind),
        right,
        tag: None,
        reason: None,
        target,
        value: value.clone(),
    }
}

/// Fills up to three options by rule (g): numbers nearest to the answer, other existing names, and
/// for yes or no the two ways in which neither is right.
fn fill(question: &Question, answer: &Value, filling: &Filling, options: &mut Vec<Offer>) {
    for value in candidates(question.kind, answer, filling) {
        if options.len() >= OFFERS_MIN {
            return;
        }
        let known = options
            .iter()
            .any(|offer| offer.value.matches(&value, question.within));
        if !known {
            options.push(plain(question.kind, &value, value == *answer));
        }
    }
}

fn candidates(kind: Kind, answer: &Value, filling: &Filling) -> Vec<Value> {
    let numbers = |all: &[i64]| all.iter().copied().map(Value::Number).collect::<Vec<_>>();
    match (kind, answer) {
        (Kind::YesNo, _) => {
            let all = [
                Value::Bool(true),
                Value::Bool(false),
                Value::Later,
                Value::Varies,
            ];
            all.to_vec()
        }
        (Kind::Number, Value::Span(us)) => [0, us / 2, us.saturating_mul(2), us.saturating_mul(5)]
            .map(Value::Span)
            .to_vec(),
        (Kind::Number, _) => {
            let n = match answer {
                Value::Number(n) => *n,
                _ => 0,
            };
            let mut all = vec![0, 1, n + 1, 2 * n, filling.stored, filling.members];
            all.sort_by_key(|other| (other.abs_diff(n), *other));
            all.dedup();
            numbers(&all)
        }
        (Kind::Broker, _) => {
            let mut all = numbers(&filling.brokers);
            all.push(Value::None);
            all
        }
        (Kind::Partition, _) => {
            let mut all = numbers(&(0..filling.partitions).collect::<Vec<_>>());
            all.push(Value::None);
            all
        }
        (Kind::Client, _) => {
            let mut all: Vec<Value> = filling.clients.iter().cloned().map(Value::Text).collect();
            all.push(Value::None);
            all
        }
        (Kind::Words | Kind::Action, _) => Vec::new(),
    }
}

/// At most four; the right one stays.
fn keep_four(options: &mut Vec<Offer>) {
    while options.len() > OFFERS_MAX {
        let Some(last) = options.iter().rposition(|offer| !offer.right) else {
            return;
        };
        options.remove(last);
    }
}

/// Numbers and names in their order, none and the odd ones last; sentences in an order that does
/// not tell which was written first.
fn order(question: &Question, options: &mut [Offer]) {
    match question.kind {
        Kind::Words | Kind::Action => {
            let seed: usize = question.ask.en.bytes().map(usize::from).sum();
            let count = options.len().max(1);
            options.rotate_left(seed % count);
        }
        Kind::YesNo => {
            let place = |offer: &Offer| match offer.value {
                Value::Bool(true) => 0,
                Value::Bool(false) => 1,
                Value::Later => 2,
                _ => 3,
            };
            options.sort_by_key(place);
        }
        _ => {
            let is_odd = |v: &Value| matches!(v, Value::None | Value::Varies | Value::Later);
            options.sort_by(|a, b| {
                let words =
                    |v: &Value| question.kind == Kind::Number && matches!(v, Value::Text(_));
                let key = |v: &Value| (is_odd(v) || words(v), v.clone());
                key(&a.value).cmp(&key(&b.value))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lesson_format::Lesson;

    fn question(kind: &str, answer: &str, options: &str) -> Question {
        let text = format!(
            "lesson 1 L99\ntitle en \"t\" zh \"t\"\ngroup en \"t\" zh \"t\"\nminutes 1\ngoal en \"t\" zh \"t\"\nidea en \"t\" zh \"t\"\nstart\n| scenario 1\npoke en \"t\" zh \"t\"\nstep S1\ntitle en \"t\" zh \"t\"\nsay en \"t\" zh \"t\"\nasked en \"t\" zh \"t\"\nrun 1s\nquestion P1 {kind}\nask en \"ask\" zh \"ask\"\nanswer {answer}\n{options}\nwhy en \"w\" zh \"w\"\nend en \"e\" zh \"e\"\nholds true\nsolution\nrun 1s\n"
        );
        let lesson = Lesson::read(&text).unwrap_or_else(|error| panic!("{error}"));
        lesson.steps[0].questions[0].clone()
    }

    fn keys(offered: &Offered) -> Vec<(&str, bool)> {
        let options = offered.options.iter();
        options.map(|o| (o.key.as_str(), o.right)).collect()
    }

    fn number(n: i64) -> Value {
        Value::Number(n)
    }

    /// Rule (a): the right option is whichever equals the evaluated answer.
    #[test]
    fn the_right_option_is_the_evaluated_one_and_not_the_golden_one() {
        let q = question(
            "number",
            "2",
            "option 2 golden\noption 6 tag M03\noption 0 tag M05",
        );
        let values = [number(2), number(6), number(0)];
        let offered = of_values(&q, &number(6), &values, &Filling::default());
        assert_eq!(keys(&offered), [("0", false), ("2", false), ("6", true)]);
        assert!(!offered.golden);
        let right: Vec<_> = offered.right().collect();
        assert_eq!(right[0].tag, None, "what is right shows no misconception");
    }

    /// Rule (a): a true value nobody wrote is inserted, the last distractor is dropped.
    #[test]
    fn a_true_value_nobody_wrote_is_inserted() {
        let q = question(
            "number",
            "2",
            "option 2 golden\noption 6 tag M03\noption 0 tag M05",
        );
        let values = [number(2), number(6), number(0)];
        let offered = of_values(&q, &number(5), &values, &Filling::default());
        assert_eq!(keys(&offered), [("2", false), ("5", true), ("6", false)]);
    }

    /// Rules (a) and (g): equal options are one, and the gap is filled with the nearest number.
    #[test]
    fn equal_options_are_merged_and_the_gap_is_filled() {
        let q = question(
            "number",
            "2",
            "option 2 golden\noption 6 tag M03\noption 6 tag M05",
        );
        let values = [number(2), number(6), number(6)];
        let filling = Filling {
            stored: 12,
            members: 3,
            ..Filling::default()
        };
        let offered = of_values(&q, &number(2), &values, &filling);
        assert_eq!(keys(&offered), [("1", false), ("2", true), ("6", false)]);
    }

    #[test]
    fn yes_or_no_gets_the_ways_in_which_neither_is_right() {
        let q = question("yes-no", "true", "option true golden\noption false tag M16");
        let values = [Value::Bool(true), Value::Bool(false)];
        let offered = of_values(&q, &Value::Later, &values, &Filling::default());
        assert_eq!(
            keys(&offered),
            [("yes", false), ("no", false), ("later", true)]
        );
        let offered = of_values(&q, &Value::Bool(true), &values, &Filling::default());
        assert_eq!(
            keys(&offered),
            [("yes", true), ("no", false), ("later", false)]
        );
    }

    #[test]
    fn brokers_are_filled_with_those_there_are() {
        let q = question("broker", "2", "option 2 golden\noption none tag M15");
        let filling = Filling {
            brokers: vec![0, 1, 2],
            ..Filling::default()
        };
        let offered = of_values(&q, &number(2), &[number(2), Value::None], &filling);
        assert_eq!(keys(&offered), [("0", false), ("2", true), ("none", false)]);
        assert_eq!(offered.options[1].target.as_deref(), Some("broker:2"));
    }

    #[test]
    fn spans_within_the_tolerance_are_equal() {
        let q = question(
            "number",
            "9s",
            "within 2s\noption 9s golden\noption 0s tag M15\noption 45s tag M18",
        );
        let s = |s: u64| Value::Span(s * 1_000_000);
        let offered = of_values(&q, &s(10), &[s(9), s(0), s(45)], &Filling::default());
        assert!(offered.golden);
        assert_eq!(offered.options.iter().filter(|o| o.right).count(), 1);
        assert_eq!(offered.options[0].label.en, "at once");
    }
}
