//! Starts the page in the element `#app` of `index.html`.

fn main() {
    console_error_panic_hook::set_once();
    yew::Renderer::<brokerscope::App>::new().render();
}
