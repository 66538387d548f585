//! Starts the page in the element `#app` of `index.html`, whose waiting text it replaces.

fn main() {
    console_error_panic_hook::set_once();
    let place = gloo::utils::document().get_element_by_id("app");
    let place = place.unwrap_or_else(|| gloo::utils::body().into());
    yew::Renderer::<brokerscope::App>::with_root(place).render();
}
