//! `kafka-dump-log.sh`: the files of a log, in words.
//!
//! Times in a file are the world's wall clock, so checksums are computed over those.

use kafka_core::encode::{TimestampType, encode_batch, marker_coordinator_epoch};
use kafka_core::log::{IndexEntry, ProducerStates};
use kafka_core::record::{Batch, BatchBody, BatchKind, Record};
use kafka_core::types::{Bytes, Offset, Sequence};

use super::decoders::{self, Decoder};
use super::{Stop, exit_status, opening, require};
use crate::data_dir::DataFile;
use crate::hints::Hint;
use crate::java::Exception;
use crate::jopt::{OptionSpec, Parsed, flag, integer, text};
use crate::process::Ctx;

const HELP: &str = "This tool helps to parse a log file and dump its contents to the console, useful for debugging a seemingly corrupt log segment.";

const fn class(name: &'static str) -> OptionSpec {
    text(name, "", "Read keys or values with this class.")
}

/// The options; descriptions are our own.
pub(super) const OPTIONS: &[OptionSpec] = &[
    flag("cluster-metadata-decoder", "Read cluster metadata records."),
    flag(
        "deep-iteration",
        "Print each record; implied by --print-data-log.",
    ),
    text(
        "files",
        "file1, file2, ...",
        "REQUIRED: the files, with commas between them.",
    ),
    flag("help", "Print this table."),
    flag("index-sanity-check", "Only check that an index is sane."),
    class("key-decoder-class"),
    integer(
        "max-bytes",
        "size",
        "Read so many bytes of batches at most.",
    ),
    integer("max-message-size", "size", "Size of the largest message."),
    flag("offsets-decoder", "Read records of __consumer_offsets."),
    flag("print-data-log", "Print the records with their content."),
    flag(
        TIERED,
        "Read records of __remote_log_metadata; there is no tiered storage here.",
    ),
    flag(
        "share-group-state-decoder",
        "Read records of __share_group_state.",
    ),
    flag(
        "skip-record-metadata",
        "Leave out what is known about a record; skips control records.",
    ),
    flag(
        "transaction-log-decoder",
        "Read records of __transaction_state.",
    ),
    class("value-decoder-class"),
    flag("verify-index-only", "Only check an index against its log."),
    flag("version", "Print Kafka's version."),
];

/// An option for a topic that tiered storage has.
const TIERED: &str = "remote-log-metadata-decoder";

/// Runs the tool.
pub(super) async fn run(ctx: Ctx, words: Vec<String>) -> i32 {
    let outcome = dump(&ctx, &words).await;
    exit_status(&ctx, outcome, OPTIONS, |exception| {
        ctx.err(format!(
            "Exception in thread \"main\" {}",
            exception.trace()
        ));
        1
    })
}

async fn dump(ctx: &Ctx, words: &[String]) -> Result<i32, Stop> {
    let options = match crate::jopt::parse(OPTIONS, words) {
        // This tool does not catch what the option parser throws.
        Err(error) => return Err(error.into()),
        Ok(_) => opening(ctx, words, OPTIONS, HELP)?,
    };
    require(&options, &["files"])?;
    if options.has(TIERED) {
        ctx.hint(&Hint::OptionMissing(TIERED.to_string()));
        return Ok(1);
    }
    let show = Show::of(ctx, &options)?;
    let mut complaints = String::new();
    for path in options.one("files")?.unwrap_or_default().split(',') {
        let path = path.trim();
        ctx.out(format!("Dumping {path}\n"));
        complaints.push_str(&file(ctx, path, &show).await?);
    }
    ctx.err(complaints);
    Ok(0)
}

/// How much is printed.
struct Show {
    deep: bool,
    /// How keys and values are read, if they are printed.
    decoder: Option<Decoder>,
    metadata: bool,
    max_bytes: u64,
    index_check: bool,
    index_only: bool,
    epoch_ms: i64,
}

impl Show {
    fn of(ctx: &Ctx, options: &Parsed) -> Result<Show, Stop> {
        let decoder = Decoder::of(options)?;
        Ok(Show {
            deep: decoder.is_some() || options.has("deep-iteration"),
            decoder,
            metadata: !options.has("skip-record-metadata"),
            max_bytes: options
                .integer("max-bytes")?
                .map_or(u64::MAX, |n| n.max(0) as u64),
            index_check: options.has("index-sanity-check"),
            index_only: options.has("verify-index-only"),
            epoch_ms: ctx.wall_ms() - ctx.now().as_ms() as i64,
        })
    }
}

/// Prints one file; gives what is to be said on standard error at the end.
async fn file(ctx: &Ctx, path: &str, show: &Show) -> Result<String, Exception> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
    if !matches!(
        kind,
        "log" | "index" | "timeindex" | "txnindex" | "snapshot" | "checkpoint"
    ) {
        return Ok(format!("Ignoring unknown file {path}\n"));
    }
    if kind == "log" {
        let base = stem.parse::<i64>().unwrap_or_default();
        ctx.out(format!("Log starting offset: {base}\n"));
    }
    if name == "bootstrap.checkpoint" {
        ctx.out("KRaft bootstrap snapshot\n");
    } else if let ("checkpoint", Some((end, epoch))) = (kind, stem.split_once('-')) {
        let number = |digits: &str| digits.parse::<i64>().unwrap_or_default();
        let (end, epoch) = (number(end), number(epoch));
        ctx.out(format!("Snapshot end offset: {end}, epoch: {epoch}\n"));
    }
    let epoch_ms = show.epoch_ms;
    match ctx.data_file(path).await {
        Some(DataFile::Batches {
            batches,
            log_append_time,
            ..
        }) => {
            let gaps = segment(ctx, &batches, log_append_time, show)?;
            return Ok(match gaps.is_empty() {
                true => gaps,
                false => format!("Non-consecutive offsets in {path}\n{gaps}"),
            });
        }
        Some(DataFile::Index(entries)) => index(ctx, path, &entries, show),
        Some(DataFile::TimeIndex(entries)) => {
            for entry in &entries {
                let at = entry.timestamp_ms + epoch_ms;
                ctx.out(format!("timestamp: {at} offset: {}\n", entry.offset));
            }
        }
        Some(DataFile::TxnIndex(entries)) => {
            for txn in &entries {
                ctx.out(format!(
                    "version: 0 producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}\n",
                    txn.producer_id, txn.first_offset, txn.last_offset, txn.last_stable_offset
                ));
            }
        }
        Some(DataFile::Snapshot(producers)) => snapshot(ctx, &producers, epoch_ms),
        Some(DataFile::Text(_)) | None => {
            let class = "java.nio.file.NoSuchFileException";
            return Err(Exception::new(class, path));
        }
    }
    Ok(String::new())
}

fn index(ctx: &Ctx, path: &str, entries: &[IndexEntry], show: &Show) {
    if entries.is_empty() {
        ctx.out(format!("{path} is empty.\n"));
    } else if show.index_check {
        ctx.out(format!("{path} passed sanity check.\n"));
    } else if !show.index_only {
        for entry in entries {
            ctx.out(format!(
                "offset: {} position: {}\n",
                entry.offset, entry.position
            ));
        }
    }
}

fn snapshot(ctx: &Ctx, producers: &ProducerStates, epoch_ms: i64) {
    for (id, entry) in producers.iter() {
        let first = entry.current_txn_first_offset;
        let open = first.map_or("OptionalLong.empty".to_string(), |it| {
            format!("OptionalLong[{it}]")
        });
        let at = entry.last_timestamp_ms + epoch_ms;
        let mut line = format!(
            "producerId: {id} producerEpoch: {} coordinatorEpoch: {} currentTxnFirstOffset: {open} lastTimestamp: {at}",
            entry.epoch, entry.coordinator_epoch
        );
        if let Some(last) = entry.recent().last() {
            let delta = last.last_sequence.0 - last.base_sequence.0;
            line.push_str(&format!(
                " firstSequence: {} lastSequence: {} lastOffset: {} offsetDelta: {delta} timestamp: {at}",
                last.base_sequence,
                last.last_sequence,
                last.base_offset.plus(i64::from(delta)),
            ));
        }
        ctx.out(line + "\n");
    }
}

/// Prints a segment; gives the lines about gaps between offsets.
fn segment(
    ctx: &Ctx,
    batches: &[Batch],
    append_time: bool,
    show: &Show,
) -> Result<String, Exception> {
    let stamps = if append_time {
        TimestampType::LogAppendTime
    } else {
        TimestampType::CreateTime
    };
    let mut gaps = String::new();
    let (mut position, mut last) = (0_u64, Offset(-1));
    for batch in batches {
        if position + u64::from(batch.size_bytes()) > show.max_bytes {
            break;
        }
        let batch = at_wall_clock(batch, show.epoch_ms);
        ctx.out(header(&batch, position, stamps));
        position += u64::from(batch.size_bytes());
        for (offset, record) in batch.records().filter(|_| show.deep) {
            if offset != last.next() {
                gaps.push_str(&format!("  {last} is followed by {offset}\n"));
            }
            last = offset;
            if show.metadata {
                ctx.out(known_of(&batch, offset, record, stamps, show.epoch_ms));
            }
            ctx.out(content(&batch, offset, record, show)? + "\n");
        }
    }
    Ok(gaps)
}

/// The batch with the times its file holds.
fn at_wall_clock(batch: &Batch, epoch_ms: i64) -> Batch {
    let mut body = BatchBody::clone(&batch.body);
    body.max_timestamp_ms += epoch_ms;
    for record in &mut body.records {
        record.timestamp_ms += epoch_ms;
    }
    if let Some(horizon) = body
        .cleaned
        .as_mut()
        .and_then(|it| it.delete_horizon_ms.as_mut())
    {
        *horizon += epoch_ms;
    }
    Batch {
        body: body.into(),
        ..batch.clone()
    }
}

fn stamp_name(stamps: TimestampType) -> &'static str {
    match stamps {
        TimestampType::CreateTime => "CreateTime",
        TimestampType::LogAppendTime => "LogAppendTime",
    }
}

fn header(batch: &Batch, position: u64, stamps: TimestampType) -> String {
    let body = &batch.body;
    let horizon = body.delete_horizon_ms();
    let horizon = horizon.map_or("OptionalLong.empty".to_string(), |it| {
        format!("OptionalLong[{it}]")
    });
    let bytes = encode_batch(batch, stamps);
    // The checksum stands behind base offset, length, leader epoch and magic.
    let crc = bytes[17..21]
        .iter()
        .fold(0_u32, |crc, byte| crc << 8 | u32::from(*byte));
    format!(
        "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {} producerId: {} producerEpoch: {} partitionLeaderEpoch: {} isTransactional: {} isControl: {} deleteHorizonMs: {horizon} position: {position} {}: {} size: {} magic: 2 compresscodec: {} crc: {crc} isvalid: true\n",
        batch.base_offset,
        batch.last_offset(),
        body.count(),
        body.base_sequence,
        body.last_sequence(),
        body.producer_id,
        body.producer_epoch,
        batch.leader_epoch,
        body.is_transactional(),
        body.is_control(),
        stamp_name(stamps),
        body.max_timestamp_ms,
        body.size_bytes,
        body.compression.name(),
    )
}

/// What is known about a record without reading it, and what a control record says.
fn known_of(
    batch: &Batch,
    offset: Offset,
    record: &Record,
    stamps: TimestampType,
    epoch_ms: i64,
) -> String {
    let body = &batch.body;
    let size = |bytes: &Option<Bytes>| bytes.as_ref().map_or(-1, |it| it.len() as i64);
    let delta = (offset.0 - batch.base_offset.0) as u32;
    let sequence = match body.base_sequence {
        Sequence::NONE => Sequence::NONE,
        base => base.plus(delta),
    };
    let headers: Vec<&str> = record.headers.iter().map(|(key, _)| &**key).collect();
    let line = format!(
        "| offset: {offset} {}: {} keySize: {} valueSize: {} sequence: {sequence} headerKeys: [{}]",
        stamp_name(stamps),
        record.timestamp_ms,
        size(&record.key),
        size(&record.value),
        headers.join(",")
    );
    let control = match body.kind {
        BatchKind::Marker(commit) => {
            let name = if commit { "COMMIT" } else { "ABORT" };
            let epoch = marker_coordinator_epoch(record).unwrap_or(-1);
            format!(" endTxnMarker: {name} coordinatorEpoch: {epoch}")
        }
        BatchKind::Control => decoders::control(record, epoch_ms),
        BatchKind::Data | BatchKind::Transactional => String::new(),
    };
    line + &control
}

/// Key and payload of a record, as far as they are printed.
fn content(
    batch: &Batch,
    offset: Offset,
    record: &Record,
    show: &Show,
) -> Result<String, Exception> {
    let Some(decoder) = show.decoder.as_ref().filter(|_| !batch.body.is_control()) else {
        return Ok(String::new());
    };
    let (key, payload) = decoder.read(record, offset, show.epoch_ms)?;
    let key = key.map(|key| format!("key: {key}"));
    let payload = payload.map(|payload| format!("payload: {payload}"));
    let parts: Vec<String> = key.into_iter().chain(payload).collect();
    let prefix = if show.metadata { " " } else { "| " };
    Ok(match parts.is_empty() {
        true => String::new(),
        false => format!("{prefix}{}", parts.join(" ")),
    })
}
