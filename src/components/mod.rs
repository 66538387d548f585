//! Yew components, one panel a folder. They show plain data and turn presses into tasks.
//!
//! What they are not: a place for state of the run. A component keeps only what nobody else needs
//! (the size of its element, the text of a field).

pub mod app;
pub mod dialogs;
pub mod glossary;
pub mod header;
pub mod icon;
pub mod inspector;
pub mod lesson;
pub mod matrix;
pub mod menu;
pub mod presenter;
pub mod shapes;
pub mod stage;
pub mod story;
pub mod terminal;
pub mod text_view;
pub mod time_bar;
pub mod toast;
pub mod worksheet;
