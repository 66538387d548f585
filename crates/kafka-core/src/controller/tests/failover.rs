//! Losing and gaining office.
