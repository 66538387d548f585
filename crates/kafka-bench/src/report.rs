//! What a bench measured, as one line of JSON.

use serde_json::{Map, Number, Value};

/// The caller's clock and memory gauge.
#[derive(Clone, Copy)]
pub struct Meter<'a> {
    /// Seconds since any fixed moment.
    pub seconds: &'a dyn Fn() -> f64,
    /// Most bytes the process ever held; 0 if nobody knows.
    pub peak_bytes: &'a dyn Fn() -> u64,
}

impl Meter<'_> {
    /// Runs something; gives its outcome and how many seconds it took.
    pub fn time<T>(&self, run: impl FnOnce() -> T) -> (T, f64) {
        let start = (self.seconds)();
        let outcome = run();
        (outcome, (self.seconds)() - start)
    }
}

/// One line of outcome.
#[derive(Clone, Debug)]
pub struct Report {
    fields: Map<String, Value>,
}

impl Report {
    /// A report of that bench.
    pub fn new(name: &str) -> Report {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), Value::from(name));
        Report { fields }
    }

    /// Adds a whole number: a parameter or a count.
    pub fn count(mut self, name: &str, value: u64) -> Report {
        self.fields.insert(name.to_owned(), Value::from(value));
        self
    }

    /// Adds a measured number, rounded to four significant digits or so.
    pub fn measure(mut self, name: &str, value: f64) -> Report {
        let digits = if value.abs() >= 1_000.0 { 1.0 } else { 1e6 };
        let rounded = (value * digits).round() / digits;
        let number = Number::from_f64(rounded).map_or(Value::Null, Value::Number);
        self.fields.insert(name.to_owned(), number);
        self
    }

    /// Adds events, seconds and events a second.
    pub fn events(self, events: u64, seconds: f64) -> Report {
        self.count("events", events)
            .measure("seconds", seconds)
            .measure("events_per_s", events as f64 / seconds)
    }

    /// Adds a digest, as 16 hexadecimal digits.
    pub fn digest(mut self, digest: u64) -> Report {
        let text = format!("{digest:016x}");
        self.fields.insert("digest".to_owned(), Value::from(text));
        self
    }

    /// Adds the most memory the process ever held.
    pub fn peak(self, meter: Meter<'_>) -> Report {
        let bytes = (meter.peak_bytes)();
        self.count("peak_bytes", bytes)
    }

    /// A measured number by name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.fields.get(name)?.as_f64()
    }

    /// The line.
    pub fn to_json(&self) -> String {
        Value::Object(self.fields.clone()).to_string()
    }
}
