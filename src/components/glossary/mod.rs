//! The glossary: a page of all terms, and cards beside the terms of a text.

pub mod page;
pub mod terms;
