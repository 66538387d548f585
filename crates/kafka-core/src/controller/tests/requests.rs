//! Answers and refusals of the active controller, with Kafka's texts.
