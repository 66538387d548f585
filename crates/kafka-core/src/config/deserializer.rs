//! `value.deserializer`: which bytes an application can make a value of.
//!
//! Not here: the value itself, which nobody in the simulation looks at.

/// Kafka's deserializers that look at nothing but the length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deserializer {
    /// Takes everything.
    ByteArray,
    /// Takes everything: what is no text becomes replacement characters.
    String,
    /// 16 bits.
    Short,
    /// 32 bits.
    Integer,
    /// 64 bits.
    Long,
    /// 32 bits, floating point.
    Float,
    /// 64 bits, floating point.
    Double,
}

/// Package of Kafka's own deserializers.
const PACKAGE: &str = "org.apache.kafka.common.serialization.";

impl Deserializer {
    const ALL: [(&'static str, Deserializer); 7] = [
        ("ByteArrayDeserializer", Deserializer::ByteArray),
        ("StringDeserializer", Deserializer::String),
        ("ShortDeserializer", Deserializer::Short),
        ("IntegerDeserializer", Deserializer::Integer),
        ("LongDeserializer", Deserializer::Long),
        ("FloatDeserializer", Deserializer::Float),
        ("DoubleDeserializer", Deserializer::Double),
    ];

    /// The one of that class, named with its package or without.
    pub fn of(class: &str) -> Option<Deserializer> {
        let class = class.strip_prefix(PACKAGE).unwrap_or(class);
        let found = Deserializer::ALL.iter().find(|(name, _)| *name == class);
        found.map(|(_, deserializer)| *deserializer)
    }

    /// Bytes of every value, if it asks for that many and no others.
    pub fn size(self) -> Option<usize> {
        match self {
            Deserializer::ByteArray | Deserializer::String => None,
            Deserializer::Short => Some(2),
            Deserializer::Integer | Deserializer::Float => Some(4),
            Deserializer::Long | Deserializer::Double => Some(8),
        }
    }

    /// Whether it can make a value of these bytes; null is a value to each of them.
    pub fn takes(self, value: Option<&[u8]>) -> bool {
        let size = self.size();
        value.is_none_or(|bytes| size.is_none_or(|size| bytes.len() == size))
    }
}
