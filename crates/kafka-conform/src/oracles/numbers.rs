//! Variable-length integers, and the generator Kafka draws from.

use super::fields::{Fields, Trouble, as_int, number_of, same, to_hex};
use kafka_core::java_random::{JavaRandom, NextInt, shuffle};
use kafka_core::varint;

/// `varint.jsonl`.
pub fn varint(case: &Fields) -> Result<(), Trouble> {
    let mut bytes = Vec::new();
    match case.text("type")? {
        "int" => {
            let value: i32 = case.int("value")?;
            varint::write_varint(value, &mut bytes);
            encoded(
                case,
                "varint",
                "size",
                &bytes,
                varint::size_of_varint(value),
            )?;
            let read = varint::read_varint(&bytes);
            same("read back", Some((value, bytes.len())), read)?;
            bytes.clear();
            let unsigned = value as u32;
            varint::write_unsigned_varint(unsigned, &mut bytes);
            let size = varint::size_of_unsigned_varint(unsigned);
            encoded(case, "unsigned", "unsignedSize", &bytes, size)?;
            let read = varint::read_unsigned_varint(&bytes);
            same("unsigned read back", Some((unsigned, bytes.len())), read)
        }
        "long" => {
            let value: i64 = case.int("value")?;
            varint::write_varlong(value, &mut bytes);
            encoded(
                case,
                "varint",
                "size",
                &bytes,
                varint::size_of_varlong(value),
            )?;
            same(
                "read back",
                Some((value, bytes.len())),
                varint::read_varlong(&bytes),
            )
        }
        other => Err(Trouble::Unsupported(format!("type {other}"))),
    }
}

fn encoded(case: &Fields, hex: &str, size: &str, bytes: &[u8], ours: u32) -> Result<(), Trouble> {
    same(hex, case.text(hex)?, to_hex(bytes))?;
    same(size, case.int::<u32>(size)?, ours)
}

/// `java-random.jsonl`: every list is drawn from a fresh generator.
pub fn java_random(case: &Fields) -> Result<(), Trouble> {
    let fresh = JavaRandom::new(case.int("seed")?);
    let draw = |field, draw: fn(&mut JavaRandom) -> i64| {
        let kafka = case.ints::<i64>(field)?;
        let mut random = fresh.clone();
        let ours: Vec<i64> = kafka.iter().map(|_| draw(&mut random)).collect();
        same(field, kafka, ours)
    };
    draw("nextInt", |random| i64::from(random.next_i32()))?;
    draw("nextLong", JavaRandom::next_i64)?;
    let mut random = fresh.clone();
    for kafka in case.list("nextBoolean")? {
        same("nextBoolean", kafka.as_bool(), Some(random.next_bool()))?;
    }
    let mut random = fresh.clone();
    for kafka in case.list("nextDouble")? {
        same("nextDouble", kafka.as_f64(), Some(random.next_f64()))?;
    }
    for (bound, values) in case.table("nextIntBound")? {
        let mut random = fresh.clone();
        let bound: i32 = number_of(bound)?;
        for kafka in values.as_array().into_iter().flatten() {
            let ours = random.next_int(bound);
            same("nextIntBound", as_int::<i32>(kafka), Some(ours))?;
        }
    }
    for (length, order) in case.table("shuffle")? {
        let mut ours: Vec<i64> = (0..number_of(length)?).collect();
        shuffle(&mut ours, &mut fresh.clone());
        let kafka: Option<Vec<i64>> = order
            .as_array()
            .map(|order| order.iter().filter_map(as_int).collect());
        same("shuffle", kafka, Some(ours))?;
    }
    Ok(())
}
