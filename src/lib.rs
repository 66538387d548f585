//! The page: everything a browser shows, as a library, so that its pure parts are tested natively.
//!
//! What it is not: a place for Kafka's rules. Those live in `kafka-core`; this crate reads the
//! simulation and draws it.

pub mod i18n;
pub mod scene;
pub mod view_model;

use yew::prelude::*;

/// The root component.
#[component]
pub fn App() -> Html {
    html! {
        <main><h1>{ "Brokerscope" }</h1></main>
    }
}
