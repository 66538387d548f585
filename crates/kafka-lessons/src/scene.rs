//! What an expression may look at, and its evaluation.
//!
//! A scene is borrowed from whoever holds a run: a [`crate::Play`], the page's session. It changes
//! nothing. Invariant: an expression that was read without complaint has a value in every world;
//! what is not there is `none`, 0 or an empty list.

mod clients;
mod cluster;
mod groups;
mod records;

use kafka_check::Checker;
use kafka_core::types::NodeId;
use kafka_sim::World;
use lesson_format::accessors::{Get, Root};
use lesson_format::expr::{Binary, Each, Watch};
use lesson_format::{Expr, Literal, Twin, TwinKind};

use crate::twin;
use crate::value::Value;

/// Most elements of `range(n)`.
const RANGE_MAX: i64 = 10_000;

/// What an expression may look at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The world.
    pub world: &'a World,
    /// What is known of its records.
    pub checker: &'a Checker,
    /// The lesson's models that are not Kafka.
    pub twins: &'a [Twin],
    /// What was seen of a step as a whole.
    pub watched: Option<&'a Watched>,
}

/// Values of `before`, `lowest`, `highest` and `spent`, collected while a step runs.
#[derive(Clone, Default, Debug)]
pub struct Watched {
    seen: Vec<Seen>,
    /// Virtual time of the last look, µs.
    last: u64,
}

#[derive(Clone, Debug)]
struct Seen {
    watch: Watch,
    expr: Expr,
    value: Value,
    /// Whether it held at the last look.
    held: bool,
}

/// An entry of the trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Event {
    from: &'static str,
    to: &'static str,
    at: u64,
}

/// What the parts of an expression stand for.
enum Thing {
    Value(Value),
    Part(String, u32),
    Topic(String),
    Group(String),
    Client(Option<NodeId>),
    Controllers,
    Ledger,
    Record(Option<u64>),
    Events(Vec<Event>),
    Event(Option<Event>),
    Twin(TwinKind),
}

type Bound<'b> = Vec<(&'b str, Thing)>;

impl<'a> Scene<'a> {
    /// A scene without models and without a step.
    pub fn new(world: &'a World, checker: &'a Checker) -> Scene<'a> {
        Scene {
            world,
            checker,
            twins: &[],
            watched: None,
        }
    }

    /// The same scene with the lesson's models.
    pub fn with_twins(self, twins: &'a [Twin]) -> Scene<'a> {
        Scene { twins, ..self }
    }

    /// The value of an expression.
    pub fn value(&self, expr: &Expr) -> Value {
        self.eval(expr, &mut Vec::new())
    }

    /// Whether a yes-or-no expression is yes.
    pub fn holds(&self, expr: &Expr) -> bool {
        self.value(expr).is_true()
    }

    fn eval<'e>(&self, expr: &'e Expr, bound: &mut Bound<'e>) -> Value {
        match self.thing(expr, bound) {
            Thing::Value(value) => value,
            _ => Value::None,
        }
    }

    fn thing<'e>(&self, expr: &'e Expr, bound: &mut Bound<'e>) -> Thing {
        let value = match expr {
            Expr::Root(root, args) => return self.root(*root, args, bound),
            Expr::Get(of, get, args) => {
                let of = self.thing(of, bound);
                let args: Vec<Value> = args.iter().map(|arg| self.eval(arg, bound)).collect();
                return self.get(of, *get, &args);
            }
            Expr::Variable(name) => {
                let found = bound.iter().rev().find(|(known, _)| known == name);
                return match found {
                    Some((_, Thing::Value(value))) => Thing::Value(value.clone()),
                    Some((_, Thing::Event(event))) => Thing::Event(*event),
                    _ => Thing::Value(Value::None),
                };
            }
            Expr::Literal(literal) => self::literal(literal),
            Expr::List(all) => {
                let values: Vec<Value> = all.iter().map(|e| self.eval(e, bound)).collect();
                list(values)
            }
            Expr::Not(of) => Value::Bool(!self.eval(of, bound).is_true()),
            Expr::Negative(of) => match self.eval(of, bound) {
                Value::Number(n) => Value::Number(-n),
                other => other,
            },
            Expr::Binary(operator, a, b) => self.binary(*operator, a, b, bound),
            Expr::Each(each, name, list, body) => self.each(*each, name, list, body, bound),
            Expr::If(condition, yes, no) => {
                let chosen = if self.eval(condition, bound).is_true() {
                    yes
                } else {
                    no
                };
                self.eval(chosen, bound)
            }
            Expr::Round(of, step) => round(self.eval(of, bound), &self.eval(step, bound)),
            Expr::Watch(watch, inner) => {
                let watched = self.watched.and_then(|w| w.value(*watch, inner));
                watched.unwrap_or_else(|| self.eval(inner, bound))
            }
        };
        Thing::Value(value)
    }

    fn binary<'e>(
        &self,
        operator: Binary,
        a: &'e Expr,
        b: &'e Expr,
        bound: &mut Bound<'e>,
    ) -> Value {
        let left = self.eval(a, bound);
        match operator {
            Binary::Or if left.is_true() => return left,
            Binary::And if !left.is_true() => return Value::Bool(false),
            _ => {}
        }
        let right = self.eval(b, bound);
        compute(operator, left, right)
    }

    fn each<'e>(
        &self,
        each: Each,
        name: &'e str,
        list: &'e Expr,
        body: &'e Expr,
        bound: &mut Bound<'e>,
    ) -> Value {
        let elements: Vec<Thing> = match self.thing(list, bound) {
            Thing::Value(Value::Numbers(all)) => {
                let number = |n| Thing::Value(Value::Number(n));
                all.into_iter().map(number).collect()
            }
            Thing::Value(Value::Texts(all)) => {
                let text = |t| Thing::Value(Value::Text(t));
                all.into_iter().map(text).collect()
            }
            Thing::Events(all) => all.into_iter().map(|e| Thing::Event(Some(e))).collect(),
            _ => Vec::new(),
        };
        let (mut count, mut sum, total) = (0_usize, 0_i64, elements.len());
        for element in elements {
            bound.push((name, element));
            match self.eval(body, bound) {
                Value::Bool(true) => count += 1,
                Value::Number(n) => sum = sum.saturating_add(n),
                _ => {}
            }
            bound.pop();
        }
        match each {
            Each::Any => Value::Bool(count > 0),
            Each::All => Value::Bool(count == total && total > 0),
            Each::Count => Value::Number(count as i64),
            Each::Sum => Value::Number(sum),
        }
    }

    fn root<'e>(&self, root: Root, args: &'e [Expr], bound: &mut Bound<'e>) -> Thing {
        let args: Vec<Value> = args.iter().map(|arg| self.eval(arg, bound)).collect();
        let text = |at: usize| match args.get(at) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let number = |at: usize| match args.get(at) {
            Some(Value::Number(n)) => *n,
            _ => -1,
        };
        let value = match root {
            Root::Part => {
                return Thing::Part(text(0), u32::try_from(number(1)).unwrap_or(u32::MAX));
            }
            Root::Topic => return Thing::Topic(text(0)),
            Root::Group => return Thing::Group(text(0)),
            Root::Consumer | Root::Producer => {
                return Thing::Client(crate::names::client(self.world, &text(0)));
            }
            Root::Controllers => return Thing::Controllers,
            Root::Ledger => return Thing::Ledger,
            Root::LedgerRecord => return Thing::Record(u64::try_from(number(0)).ok()),
            Root::Record => return Thing::Record(self.tag_at(&text(0), number(1), number(2))),
            Root::Trace => return Thing::Events(self.events(&text(0))),
            Root::Twin if text(0) == "push" => return Thing::Twin(TwinKind::Push),
            Root::Twin => return Thing::Twin(TwinKind::Queue),
            Root::Clock => Value::Span(self.world.now().0),
            Root::Groups => Value::Texts(self.group_names()),
            Root::Topics => Value::Texts(self.topic_names()),
            Root::Consumers => Value::Texts(self.client_names(true)),
            Root::Producers => Value::Texts(self.client_names(false)),
            Root::Brokers => Value::Numbers(self.broker_ids(false)),
            Root::RunningBrokers => Value::Numbers(self.broker_ids(true)),
            Root::Range => Value::Numbers((0..number(0).min(RANGE_MAX)).collect()),
            Root::Last => self.last_consumer(),
        };
        Thing::Value(value)
    }

    fn get(&self, of: Thing, get: Get, args: &[Value]) -> Thing {
        let value = match of {
            Thing::Part(topic, partition) => self.part(&topic, partition, get, args),
            Thing::Topic(topic) => self.topic(&topic, get),
            Thing::Group(group) => self.group(&group, get, args),
            Thing::Client(client) => self.client(client, get, args),
            Thing::Controllers => self.controllers(get),
            Thing::Ledger => self.ledger(get, args),
            Thing::Record(tag) => self.record(tag, get, args),
            Thing::Twin(kind) => self.twin(kind, get, args),
            Thing::Events(events) => match get {
                Get::First => return Thing::Event(events.first().copied()),
                Get::LastOf => return Thing::Event(events.last().copied()),
                _ => Value::Number(events.len() as i64),
            },
            Thing::Event(event) => event.map_or(Value::None, |event| match get {
                Get::EventFrom => Value::Text(event.from.into()),
                Get::EventTo => Value::Text(event.to.into()),
                _ => Value::Span(event.at),
            }),
            Thing::Value(value) => of_list(value, get),
        };
        Thing::Value(value)
    }

    fn twin(&self, kind: TwinKind, get: Get, args: &[Value]) -> Value {
        let Some(plan) = self.twins.iter().find(|twin| twin.kind == kind) else {
            return Value::Number(0);
        };
        let run = twin::run(self, plan);
        Value::Number(match (get, args.first()) {
            (Get::TwinReceived, Some(Value::Text(name))) => run.received(name) as i64,
            (Get::TwinDeliveries, _) => run.deliveries.len() as i64,
            _ => run.stored.len() as i64,
        })
    }
}

impl Watched {
    /// Begins to watch for all these expressions; `scene` is the step's beginning.
    pub fn begin<'e>(scene: &Scene<'_>, exprs: impl Iterator<Item = &'e Expr>) -> Watched {
        let mut watched = Watched {
            seen: Vec::new(),
            last: scene.world.now().0,
        };
        for (watch, expr) in exprs.flat_map(Expr::watched) {
            let now = scene.value(expr);
            let held = now.is_true();
            let value = match watch {
                Watch::Spent => Value::Span(0),
                _ => now,
            };
            watched.seen.push(Seen {
                watch,
                expr: expr.clone(),
                value,
                held,
            });
        }
        watched
    }

    /// Whether there is more to see than the beginning.
    pub fn is_live(&self) -> bool {
        self.seen.iter().any(|seen| seen.watch != Watch::Before)
    }

    /// Looks at the world; to be called after every event.
    pub fn look(&mut self, scene: &Scene<'_>) {
        let now = scene.world.now().0;
        for seen in self.seen.iter_mut().filter(|s| s.watch != Watch::Before) {
            let value = scene.value(&seen.expr);
            match (seen.watch, &mut seen.value, &value) {
                (Watch::Lowest, Value::Number(low), Value::Number(n)) => *low = (*low).min(*n),
                (Watch::Highest, Value::Number(high), Value::Number(n)) => *high = (*high).max(*n),
                (Watch::Spent, Value::Span(span), _) if seen.held => *span += now - self.last,
                _ => {}
            }
            seen.held = value.is_true();
        }
        self.last = now;
    }

    fn value(&self, watch: Watch, expr: &Expr) -> Option<Value> {
        let mut seen = self.seen.iter();
        let found = seen.find(|seen| seen.watch == watch && seen.expr == *expr);
        found.map(|seen| seen.value.clone())
    }
}

fn literal(literal: &Literal) -> Value {
    match literal {
        Literal::Number(n) => Value::Number(*n),
        Literal::Span(us) => Value::Span(*us),
        Literal::Bool(b) => Value::Bool(*b),
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::None => Value::None,
        Literal::Varies => Value::Varies,
        Literal::Later => Value::Later,
    }
}

fn list(values: Vec<Value>) -> Value {
    let texts: Vec<String> = values
        .iter()
        .filter_map(|value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    if !texts.is_empty() {
        return Value::Texts(texts);
    }
    let numbers = values.iter().filter_map(|value| match value {
        Value::Number(n) => Some(*n),
        _ => None,
    });
    Value::Numbers(numbers.collect())
}

fn compute(operator: Binary, left: Value, right: Value) -> Value {
    use Value::{Bool, Number, Span};
    match operator {
        Binary::Or | Binary::And => Bool(right.is_true()),
        Binary::Equal => Bool(left == right),
        Binary::Differs => Bool(left != right),
        Binary::Contains => Bool(match (&left, &right) {
            (Value::Numbers(all), Number(n)) => all.contains(n),
            (Value::Texts(all), Value::Text(text)) => all.contains(text),
            _ => false,
        }),
        Binary::Less | Binary::AtMost | Binary::More | Binary::AtLeast => {
            let order = match (&left, &right) {
                (Number(a), Number(b)) => a.cmp(b),
                (Span(a), Span(b)) => a.cmp(b),
                _ => return Bool(false),
            };
            Bool(match operator {
                Binary::Less => order.is_lt(),
                Binary::AtMost => order.is_le(),
                Binary::More => order.is_gt(),
                _ => order.is_ge(),
            })
        }
        Binary::Plus | Binary::Minus | Binary::Times | Binary::Over => {
            arithmetic(operator, &left, &right).unwrap_or(Value::None)
        }
    }
}

/// `None` where there is no such number.
fn arithmetic(operator: Binary, left: &Value, right: &Value) -> Option<Value> {
    let apply = |a: i64, b: i64| match operator {
        Binary::Plus => a.checked_add(b),
        Binary::Minus => a.checked_sub(b),
        Binary::Times => a.checked_mul(b),
        _ => a.checked_div(b),
    };
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => apply(*a, *b).map(Value::Number),
        (Value::Span(a), Value::Span(b)) => {
            let span = apply(i64::try_from(*a).ok()?, i64::try_from(*b).ok()?)?;
            Some(Value::Span(u64::try_from(span).unwrap_or(0)))
        }
        (Value::Span(a), Value::Number(b)) => {
            let span = apply(i64::try_from(*a).ok()?, *b)?;
            Some(Value::Span(u64::try_from(span).unwrap_or(0)))
        }
        _ => None,
    }
}

fn round(value: Value, step: &Value) -> Value {
    match (value, step) {
        (Value::Number(n), Value::Number(step)) if *step > 0 => {
            Value::Number((n + step / 2).div_euclid(*step) * step)
        }
        (Value::Span(us), Value::Span(step)) if *step > 0 => {
            Value::Span((us + step / 2) / step * step)
        }
        (value, _) => value,
    }
}

fn of_list(value: Value, get: Get) -> Value {
    let number = |n: usize| Value::Number(n as i64);
    match (value, get) {
        (Value::Numbers(all), Get::Length) => number(all.len()),
        (Value::Texts(all), Get::Length) => number(all.len()),
        (Value::Numbers(all), Get::First) => all.first().map_or(Value::None, |n| Value::Number(*n)),
        (Value::Numbers(all), Get::LastOf) => all.last().map_or(Value::None, |n| Value::Number(*n)),
        (Value::Texts(all), Get::First) => {
            all.first().map_or(Value::None, |t| Value::Text(t.clone()))
        }
        (Value::Texts(all), Get::LastOf) => {
            all.last().map_or(Value::None, |t| Value::Text(t.clone()))
        }
        (Value::Numbers(all), Get::Sum) => {
            Value::Number(all.iter().fold(0, |sum: i64, n| sum.saturating_add(*n)))
        }
        (Value::Texts(mut all), Get::Distinct) => {
            all.sort();
            all.dedup();
            Value::Texts(all)
        }
        _ => Value::None,
    }
}
