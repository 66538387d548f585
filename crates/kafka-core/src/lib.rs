//! kafka-core
