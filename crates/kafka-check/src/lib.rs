//! kafka-check
