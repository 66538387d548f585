//! The picture as data: a text snapshot, no overlapping labels, nothing outside the stage.

use super::cluster::{self, Options};
use super::layout::{Layout, Zoom};
use super::message::{Motion, sprites};
use super::phone;
use super::phone_layout::PhoneLayout;
use super::shape::{Area, Label, Node, Shape};
use crate::i18n::Lang;
use crate::view_model::cluster::{ClusterView, Passage};
use crate::view_model::object::{ObjectId, PartitionName};
use crate::view_model::sample;
use crate::view_model::shows::Shows;

fn options(lang: Lang) -> Options<'static> {
    Options {
        lang,
        selected: None,
        key_line: true,
        shows: Shows::ALL,
    }
}

fn picture(view: &ClusterView, lang: Lang, w: f64, h: f64) -> Vec<Node> {
    let layout = Layout::new(view, w, h, None);
    cluster::draw(view, &layout, options(lang))
}

/// A lesson without those features: their words are not in the picture, the brokers are.
#[test]
fn what_a_lesson_keeps_for_later_is_not_drawn() {
    let view = sample::failover();
    let (wide, phone) = (
        Layout::new(&view, 1062.0, 488.0, None),
        PhoneLayout::new(&view, 390.0, 398.0, None),
    );
    for (shows, seen) in [(Shows::of(&[]), false), (Shows::ALL, true)] {
        let options = Options {
            shows,
            ..options(Lang::En)
        };
        let drawn = [
            cluster::draw(&view, &wide, options),
            phone::draw(&view, &phone, options),
        ];
        for nodes in &drawn {
            let words: Vec<&str> = labels(nodes).iter().map(|l| l.text.as_str()).collect();
            let has = |part: &str| words.iter().any(|w| w.contains(part));
            assert!(has("Broker 1") && has("LEO"), "{words:?}");
            assert_eq!(has("KRaft"), seen, "{words:?}");
            assert_eq!(has("ISR"), seen, "{words:?}");
        }
        let wide: Vec<&str> = labels(&drawn[0]).iter().map(|l| l.text.as_str()).collect();
        for part in ["HW 5", "e1", "Stable"] {
            assert_eq!(
                wide.iter().any(|w| w.contains(part)),
                seen,
                "{part} in {wide:?}"
            );
        }
        assert_no_overlap(&drawn[0], "without features");
    }
}

fn labels(nodes: &[Node]) -> Vec<&Label> {
    nodes
        .iter()
        .flat_map(|n| &n.shapes)
        .filter_map(|s| match s {
            Shape::Text(label) => Some(label),
            _ => None,
        })
        .collect()
}

/// Words get 1.15 times their estimate, which is itself a tenth above the usual interface fonts
/// (1.3 in all); monospaced Kafka terms have an exact width and are never translated.
fn box_of(label: &Label) -> Area {
    label.area(if label.mono { 1.0 } else { 1.15 })
}

fn assert_no_overlap(nodes: &[Node], what: &str) {
    let labels = labels(nodes);
    for (i, a) in labels.iter().enumerate() {
        for b in &labels[i + 1..] {
            assert!(
                !box_of(a).overlaps(&box_of(b)),
                "{what}: {:?} over {:?}\n{a:?}\n{b:?}",
                a.text,
                b.text
            );
        }
    }
}

#[test]
fn no_two_labels_overlap_in_the_failover_picture() {
    for lang in Lang::ALL {
        for (w, h) in [
            (1062.0, 488.0),
            (1062.0, 460.0),
            (1520.0, 712.0),
            (900.0, 420.0),
        ] {
            assert_no_overlap(
                &picture(&sample::failover(), lang, w, h),
                &format!("{lang:?} {w}x{h}"),
            );
        }
    }
}

#[test]
fn no_two_labels_overlap_however_many_brokers_and_partitions_there_are() {
    for brokers in [1, 2, 3, 5, 8, 12, 30] {
        for partitions in [1, 3, 6, 12, 40] {
            let view = sample::grid(brokers, partitions);
            let nodes = picture(&view, Lang::En, 1062.0, 488.0);
            assert_no_overlap(
                &nodes,
                &format!("{brokers} brokers, {partitions} partitions"),
            );
        }
    }
}

#[test]
fn a_phone_of_320_or_390_px_has_no_overlapping_labels_and_every_controller() {
    let mut view = sample::failover();
    for more in 0..2 {
        for lang in Lang::ALL {
            for w in [320.0, 390.0] {
                let layout = PhoneLayout::new(&view, w, 398.0, None);
                let nodes = phone::draw(&view, &layout, options(lang));
                assert_no_overlap(&nodes, &format!("phone {w} {lang:?} {more}"));
                for controller in &view.quorum.controllers {
                    let id = controller.id.to_string();
                    let told = labels(&nodes).iter().any(|label| label.text == id);
                    assert!(told, "{id} at {w}");
                }
            }
        }
        let mut fourth = view.quorum.controllers[0].clone();
        fourth.id = 103;
        view.quorum.controllers.push(fourth);
    }
}

#[test]
fn no_label_leaves_the_stage() {
    let stage = Area::new(0.0, 0.0, 1062.0, 488.0);
    for lang in Lang::ALL {
        for label in labels(&picture(&sample::failover(), lang, 1062.0, 488.0)) {
            assert!(stage.contains(&label.area(1.0)), "{lang:?}: {label:?}");
        }
    }
}

#[test]
fn replicas_of_a_partition_stand_under_each_other_on_one_offset_scale() {
    let view = sample::failover();
    let layout = Layout::new(&view, 1062.0, 488.0, None);
    assert_eq!(layout.zoom, Zoom::Full);
    let column = layout
        .column(&PartitionName {
            topic: "orders".into(),
            partition: 2,
        })
        .expect("orders-2 has a column");
    assert_eq!(
        (column.first, column.folded),
        (3, true),
        "nine records in room for six"
    );
    assert!((column.at(9) - column.at(3) - 6.0 * column.cell).abs() < 0.001);
}

#[test]
fn space_decides_what_a_replica_shows() {
    let zoom = |brokers, partitions| {
        Layout::new(&sample::grid(brokers, partitions), 1062.0, 488.0, None).zoom
    };
    assert_eq!(zoom(3, 3), Zoom::Full);
    assert_eq!(zoom(4, 3), Zoom::Compact);
    assert_eq!(zoom(3, 12), Zoom::Glyph);
    let crowded = Layout::new(&sample::grid(3, 40), 1062.0, 488.0, None);
    let folded = crowded
        .folded
        .as_ref()
        .expect("forty partitions do not fit");
    assert_eq!(crowded.columns.len() + folded.partitions, 40);
    assert!(crowded.columns.iter().all(|c| c.x + c.w <= folded.x + 1.0));
}

#[test]
fn a_message_is_halfway_when_half_its_time_has_passed() {
    let view = sample::failover();
    let layout = Layout::new(&view, 1062.0, 488.0, None);
    let at = |now| {
        let sprites = sprites(&view, &view.messages, &layout, now, Motion::default());
        sprites.into_iter().find(|s| s.id == 11).map(|s| (s.x, s.y))
    };
    let (start, middle, end) = (
        at(21_055_000).unwrap(),
        at(21_056_000).unwrap(),
        at(21_057_000).unwrap(),
    );
    assert_eq!(start.0, end.0, "replication runs vertically in its column");
    assert!(((start.1 + end.1) / 2.0 - middle.1).abs() < 0.01);
    assert_eq!(at(21_057_001), None, "arrived");
    assert_eq!(at(21_054_999), None, "not sent yet");
}

#[test]
fn a_dropped_message_stays_where_it_was_lost_and_then_goes() {
    let mut view = sample::failover();
    view.messages.retain(|m| m.id == 11);
    view.messages[0].passage = Passage::Dropped { at: 21_055_500 };
    let layout = Layout::new(&view, 1062.0, 488.0, None);
    let at = |now| sprites(&view, &view.messages, &layout, now, Motion::default());
    let lost = at(21_055_900);
    assert!(lost[0].lost && lost[0].y == at(21_055_500)[0].y);
    assert_eq!(at(21_055_500 + super::message::CROSS_MICROS + 1), vec![]);
}

#[test]
fn a_message_for_a_paused_process_waits_at_its_door_and_a_flash_is_left_out() {
    let mut view = sample::failover();
    view.messages.retain(|m| m.id == 11);
    let layout = Layout::new(&view, 1062.0, 488.0, None);
    let shown = |view: &ClusterView, now, shortest| {
        let motion = Motion {
            shortest,
            ..Motion::default()
        };
        sprites(view, &view.messages, &layout, now, motion).len()
    };
    assert_eq!(shown(&view, 21_056_000, 2_000), 1);
    assert_eq!(shown(&view, 21_056_000, 2_001), 0, "it flies 2 ms");
    assert_eq!(shown(&view, 21_900_000, 0), 0, "arrived");
    view.messages[0].passage = Passage::AtDoor;
    assert_eq!(shown(&view, 21_900_000, 2_001), 1);
}

#[test]
fn labels_of_messages_do_not_overlap_and_the_selected_one_comes_first() {
    let mut view = sample::failover();
    let pattern = view.messages[2].clone();
    for i in 0..30 {
        let mut copy = pattern.clone();
        copy.id = 100 + i;
        copy.sent -= i * 60;
        view.messages.push(copy);
    }
    let layout = Layout::new(&view, 1062.0, 488.0, None);
    let selected = ObjectId::Message(13);
    let motion = Motion {
        paused: true,
        selected: Some(&selected),
        ..Motion::default()
    };
    let all = sprites(&view, &view.messages, &layout, view.now, motion);
    let boxes: Vec<Area> = all
        .iter()
        .filter_map(|s| s.label.as_ref().map(|l| l.0))
        .collect();
    assert!(boxes.len() <= 6);
    for (i, a) in boxes.iter().enumerate() {
        assert!(boxes[i + 1..].iter().all(|b| !a.overlaps(b)));
        assert!(!a.overlaps(&layout.strip), "{a:?} hides the quorum");
    }
    assert!(all.iter().any(|s| s.id == 13 && s.label.is_some()));
    assert!(
        all.iter().any(|s| s.count > 1),
        "crowded marks become one with a count"
    );
}

/// The replica of broker 2 after the failover, shape by shape, as `ui.md` section 4 tells them.
#[test]
fn the_new_leaders_cell_is_drawn_by_the_encoding_table() {
    let nodes = picture(&sample::failover(), Lang::En, 1062.0, 488.0);
    let id = ObjectId::Replica(
        PartitionName {
            topic: "my-replicated-topic".into(),
            partition: 0,
        },
        2,
    );
    let node = nodes
        .iter()
        .find(|n| n.handle.as_ref().is_some_and(|h| h.id == id))
        .expect("drawn");
    let name = &node.handle.as_ref().expect("an object").name;
    assert_eq!(
        name,
        "my-replicated-topic-0 on broker 2, leader, in ISR, high watermark 5, log end 6"
    );
    let told: Vec<String> = node.shapes.iter().map(tell).collect();
    assert_eq!(
        told,
        include_str!("tests/leader_cell.txt")
            .lines()
            .collect::<Vec<_>>(),
        "got:\n{}",
        told.join("\n")
    );
}

fn tell(shape: &Shape) -> String {
    match shape {
        Shape::Rect(a, _, p) => format!(
            "rect {:.1},{:.1} {:.1}x{:.1} {:?}/{:?} {}",
            a.x, a.y, a.w, a.h, p.fill, p.stroke, p.dash
        ),
        Shape::Line(l, p) => format!(
            "line {:.1},{:.1} to {:.1},{:.1} {:?}",
            l[0], l[1], l[2], l[3], p.stroke
        ),
        Shape::Path(d, p) => format!("path {d} {:?}/{:?}", p.fill, p.stroke),
        Shape::Circle(c, p) => format!(
            "circle {:.1},{:.1} {:.1} {:?}/{:?}",
            c[0], c[1], c[2], p.fill, p.stroke
        ),
        Shape::Text(t) => format!(
            "text {:.1},{:.1} {:?}{}",
            t.x,
            t.y,
            t.text,
            if t.bold { " bold" } else { "" }
        ),
    }
    .trim_end()
    .to_owned()
}
