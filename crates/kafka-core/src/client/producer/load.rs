//! Steady loads of an application: one record after another.

use std::rc::Rc;

use super::Producer;
use super::application::{Action, PendingSend};
use crate::client::ProducerLoad;
use crate::node::{Effects, TimerKey};
use crate::record::Record;
use crate::types::{Bytes, Duration, Time};

/// A load with what it need not make twice.
#[derive(Clone, Debug)]
pub(super) struct RunningLoad {
    load: ProducerLoad,
    topic: u32,
    keys: Vec<Bytes>,
}

impl Producer {
    /// Begins a load.
    pub(super) fn start_load(&mut self, load: &ProducerLoad, now: Time, fx: &mut Effects) {
        let topic = self.use_topic(&load.topic);
        self.loads.push(Some(RunningLoad {
            load: load.clone(),
            topic,
            keys: Vec::new(),
        }));
        let index = self.loads.len() as u32 - 1;
        fx.set_timer(TimerKey::ProducerLoad(index), now);
    }

    /// Ends all loads.
    pub(super) fn stop_loads(&mut self, fx: &mut Effects) {
        for index in 0..self.loads.len() as u32 {
            fx.cancel_timer(TimerKey::ProducerLoad(index));
        }
        self.loads.clear();
    }

    /// A load's next record. While `send` blocks, the load waits with it.
    pub(super) fn load_due(&mut self, index: u32, now: Time, fx: &mut Effects) {
        let clock_ms = self.clock_ms(now);
        let Some(Some(running)) = self.loads.get_mut(index as usize) else {
            return;
        };
        let blocked = !self.actions.is_empty();
        if !blocked {
            let pending = running.next_send(clock_ms);
            self.actions.push_back(Action::Send(pending));
        }
        if running.load.remaining == Some(0) {
            self.loads[index as usize] = None;
        } else {
            let every = running.load.every.max(Duration(1));
            fx.set_timer(TimerKey::ProducerLoad(index), now + every);
        }
    }
}

impl RunningLoad {
    fn next_send(&mut self, clock_ms: i64) -> PendingSend {
        let number = self.load.next;
        self.load.next += 1;
        if let Some(remaining) = &mut self.load.remaining {
            *remaining = remaining.saturating_sub(1);
        }
        PendingSend {
            topic: self.topic,
            partition: self.load.partition,
            record: Record {
                key: self.key(number),
                value: Some(value(number, self.load.value_bytes)),
                headers: Vec::new(),
                timestamp_ms: clock_ms,
                tag: 0,
            },
        }
    }

    fn key(&mut self, number: u64) -> Option<Bytes> {
        let names = &self.load.key_names;
        if !names.is_empty() {
            return names.get((number % names.len() as u64) as usize).cloned();
        }
        if self.load.keys == 0 {
            return None;
        }
        let index = number % u64::from(self.load.keys);
        if index == self.keys.len() as u64 {
            self.keys.push(Rc::from(format!("k{index}").into_bytes()));
        }
        let known = self.keys.get(index as usize).cloned();
        Some(known.unwrap_or_else(|| Rc::from(format!("k{index}").into_bytes())))
    }
}

/// The running number as text, filled up with `.` to `len` bytes (0: as it is).
fn value(number: u64, len: u32) -> Bytes {
    let mut digits = [b'.'; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let text = &digits[at..];
    if len == 0 {
        return Rc::from(text);
    }
    let mut value = vec![b'.'; len as usize];
    let shown = text.len().min(value.len());
    value[..shown].copy_from_slice(&text[..shown]);
    Rc::from(value)
}
