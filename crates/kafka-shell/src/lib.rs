//! kafka-shell
