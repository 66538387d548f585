//! Starts the page in the element `#app` of `index.html`.

fn main() {
    brokerscope::start::start();
}
