//! Expressions over the state of a run, as data. They are typed when they are read, so that an
//! evaluation never meets an accessor that is not there.
//!
//! Not here: how a value is found in a world (`kafka-lessons`).

use crate::accessors::{Get, Root};

/// What an expression is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// A whole number: counts, offsets, broker numbers.
    Number,
    /// A span of virtual time.
    Span,
    /// Yes or no.
    Bool,
    /// A text: names, states.
    Text,
    /// Several numbers in order.
    Numbers,
    /// Several texts in order.
    Texts,
    /// A partition.
    Part,
    /// A topic.
    Topic,
    /// A group.
    Group,
    /// A consumer.
    Consumer,
    /// A producer.
    Producer,
    /// The controllers.
    Controllers,
    /// The all-seeing record of fates, which real Kafka does not have.
    Ledger,
    /// One record's fate.
    Record,
    /// Several entries of the trace.
    Events,
    /// An entry of the trace.
    Event,
    /// A model that is not Kafka.
    Twin,
    /// Known only when it is evaluated: `none` and what may be none.
    Any,
}

impl Type {
    /// What it is called in complaints.
    pub fn name(self) -> &'static str {
        match self {
            Type::Number => "a number",
            Type::Span => "a span of time",
            Type::Bool => "yes or no",
            Type::Text => "a text",
            Type::Numbers => "a list of numbers",
            Type::Texts => "a list of texts",
            Type::Part => "a partition",
            Type::Topic => "a topic",
            Type::Group => "a group",
            Type::Consumer => "a consumer",
            Type::Producer => "a producer",
            Type::Controllers => "the controllers",
            Type::Ledger => "the ledger",
            Type::Record => "a record",
            Type::Events => "a list of events",
            Type::Event => "an event",
            Type::Twin => "a model that is not Kafka",
            Type::Any => "a value",
        }
    }

    /// Whether a value of this type may stand where `wanted` is needed.
    pub fn fits(self, wanted: Type) -> bool {
        self == wanted || (self.is_value() && wanted.is_value() && self.or(wanted) == Type::Any)
    }

    /// Whether it is something that can be shown and compared, not a thing with accessors.
    pub fn is_value(self) -> bool {
        use Type::{Any, Bool, Number, Numbers, Span, Text, Texts};
        matches!(self, Number | Span | Bool | Text | Numbers | Texts | Any)
    }

    fn or(self, other: Type) -> Type {
        if self == Type::Any { self } else { other }
    }

    /// What one element of a list is.
    pub fn element(self) -> Option<Type> {
        match self {
            Type::Numbers => Some(Type::Number),
            Type::Texts => Some(Type::Text),
            Type::Events => Some(Type::Event),
            _ => None,
        }
    }
}

/// A value that stands in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Literal {
    /// `3`.
    Number(i64),
    /// `5s`, in µs.
    Span(u64),
    /// `true`, `false`.
    Bool(bool),
    /// `"w1"`.
    Text(String),
    /// `none`: no leader, nobody.
    None,
    /// `varies`: right exactly when forks over ten seeds disagree.
    Varies,
    /// `later`: right exactly when the answer is yes, but only after more than five seconds.
    Later,
}

/// Operators between two values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binary {
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `=`.
    Equal,
    /// `!=`.
    Differs,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    More,
    /// `>=`.
    AtLeast,
    /// `contains`.
    Contains,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `*`.
    Times,
    /// `/`, of whole numbers.
    Over,
}

/// What is asked of all elements of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Each {
    /// At least one.
    Any,
    /// Every one (and there is one).
    All,
    /// How many.
    Count,
    /// Their sum.
    Sum,
}

/// What is asked of a whole step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watch {
    /// The value right before the step.
    Before,
    /// The lowest value while the step ran.
    Lowest,
    /// The highest value while the step ran.
    Highest,
    /// The virtual time during which it held.
    Spent,
}

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// A value.
    Literal(Literal),
    /// `[0, 1, 2]`.
    List(Vec<Expr>),
    /// A name bound by `any`, `all`, `count` or `sum`.
    Variable(String),
    /// `part("t", 0)`.
    Root(Root, Vec<Expr>),
    /// `.leader`.
    Get(Box<Expr>, Get, Vec<Expr>),
    /// `not X`.
    Not(Box<Expr>),
    /// `-X`.
    Negative(Box<Expr>),
    /// `A + B`.
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `any(g in groups, X)`.
    Each(Each, String, Box<Expr>, Box<Expr>),
    /// `if(C, A, B)`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `round(X, STEP)`: to the nearest multiple.
    Round(Box<Expr>, Box<Expr>),
    /// `before(X)`.
    Watch(Watch, Box<Expr>),
}

impl Expr {
    /// The expressions a whole step has to be watched for.
    pub fn watched(&self) -> Vec<(Watch, &Expr)> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<(Watch, &'a Expr)>) {
        match self {
            Expr::Watch(watch, inner) => found.push((*watch, inner)),
            Expr::Literal(_) | Expr::Variable(_) => {}
            Expr::List(all) | Expr::Root(_, all) => all.iter().for_each(|e| e.collect(found)),
            Expr::Get(of, _, args) => {
                of.collect(found);
                args.iter().for_each(|e| e.collect(found));
            }
            Expr::Not(of) | Expr::Negative(of) => of.collect(found),
            Expr::Binary(_, a, b) | Expr::Each(_, _, a, b) | Expr::Round(a, b) => {
                a.collect(found);
                b.collect(found);
            }
            Expr::If(a, b, c) => [a, b, c].into_iter().for_each(|e| e.collect(found)),
        }
    }
}
