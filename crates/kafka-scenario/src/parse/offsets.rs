//! `send-offsets`: offsets that become part of a producer's transaction.

use super::Parser;
use crate::ast::{Statement, TxnOffsets};
use crate::error::{ParseError, Problem};
use crate::line::Line;

impl Parser {
    pub(super) fn send_offsets(&self, line: &mut Line) -> Result<Statement, ParseError> {
        let producer = self.known(line)?;
        let (mut consumer, mut group, mut topic) = (None, None, None);
        let (mut partition, mut offset) = (0, None);
        for (name, text, column) in line.settings()? {
            let bad = line.error(column, Problem::NotANumber(text.clone()));
            match name.as_str() {
                "consumer" if self.clients.contains(&text) => consumer = Some(text),
                "consumer" => return Err(line.error(column, Problem::UnknownClient(text))),
                "group" => group = Some(text),
                "topic" => topic = Some(text),
                "partition" => partition = text.parse().map_err(|_| bad)?,
                "offset" => {
                    let number = text.parse().ok().filter(|it| *it <= i64::MAX as u64);
                    offset = Some(number.ok_or(bad)?);
                }
                _ => {
                    let known = "consumer, or group, topic, partition, offset";
                    return Err(line.error(column, Problem::UnknownSetting(name, known)));
                }
            }
        }
        let offsets = match (consumer, group, topic, offset) {
            (Some(consumer), None, None, None) => TxnOffsets::Of(consumer),
            (None, Some(group), Some(topic), Some(offset)) => TxnOffsets::At {
                group,
                topic,
                partition,
                offset,
            },
            _ => {
                line.want("consumer=NAME, or group=NAME topic=NAME offset=N,")?;
                return Err(line.error(1, Problem::Missing("consumer=NAME")));
            }
        };
        Ok(Statement::SendOffsets(producer, offsets))
    }
}
