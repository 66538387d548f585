//! Keys inside the picture: arrows roam over the objects, Enter opens the menu, Escape leaves.

use yew::prelude::*;

use super::focus;
use crate::platform::{Element, document};
use crate::scene::shape::{Area, Node};
use crate::tasks::Task;
use crate::view_model::object::ObjectId;

/// The key handler of the picture.
pub fn handler(
    nodes: &[Node],
    picture: &NodeRef,
    roving: &UseStateHandle<Option<String>>,
    on_task: &Callback<Task>,
) -> Callback<KeyboardEvent> {
    let places: Vec<(ObjectId, Area)> = nodes
        .iter()
        .filter_map(|n| n.handle.as_ref())
        .map(|h| (h.id.clone(), h.area))
        .collect();
    let (picture, roving, on_task) = (picture.clone(), roving.clone(), on_task.clone());
    Callback::from(move |event: KeyboardEvent| {
        let element = event.target_unchecked_into::<Element>();
        let Some(here) = element
            .get_attribute("data-id")
            .and_then(|key| ObjectId::parse(&key))
        else {
            return;
        };
        let menu_key = event.key() == "ContextMenu" || (event.key() == "F10" && event.shift_key());
        let used = match event.key().as_str() {
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" if !event.shift_key() => {
                if let Some(next) = neighbour(&places, &here, &event.key()) {
                    roving.set(Some(next.key()));
                    focus(&picture, &next.key());
                }
                true
            }
            "Enter" => {
                on_task.emit(Task::Select(Some(here.clone())));
                open_menu(&element, here, &on_task);
                true
            }
            _ if menu_key => {
                open_menu(&element, here, &on_task);
                true
            }
            _ => false,
        };
        if used {
            event.prevent_default();
            event.stop_propagation();
        }
    })
}

fn open_menu(element: &Element, object: ObjectId, on_task: &Callback<Task>) {
    let (x, y) = document::middle_of(element);
    on_task.emit(Task::OpenMenu(object, x, y));
}

/// The nearest object in that direction: distance along it, and twice the distance across.
fn neighbour(places: &[(ObjectId, Area)], here: &ObjectId, key: &str) -> Option<ObjectId> {
    let from = places.iter().find(|(id, _)| id == here)?.1;
    let centre = |a: &Area| (a.x + a.w / 2.0, a.y + a.h / 2.0);
    let (fx, fy) = centre(&from);
    let ahead = |area: &Area| {
        let (x, y) = centre(area);
        match key {
            "ArrowLeft" => (fx - x, (y - fy).abs()),
            "ArrowRight" => (x - fx, (y - fy).abs()),
            "ArrowUp" => (fy - y, (x - fx).abs()),
            _ => (y - fy, (x - fx).abs()),
        }
    };
    places
        .iter()
        .filter(|(id, _)| id != here)
        .map(|(id, area)| (id, ahead(area)))
        .filter(|(_, (along, _))| *along > 1.0)
        .min_by(|(_, a), (_, b)| (a.0 + 2.0 * a.1).total_cmp(&(b.0 + 2.0 * b.1)))
        .map(|(id, _)| id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_to_the_nearest_object_ahead() {
        let at = |x, y| Area::new(x, y, 10.0, 10.0);
        let places = vec![
            (ObjectId::Broker(0), at(0.0, 0.0)),
            (ObjectId::Broker(1), at(0.0, 100.0)),
            (ObjectId::Controller(100), at(60.0, 5.0)),
            (ObjectId::Message(1), at(30.0, 90.0)),
        ];
        let go = |key| neighbour(&places, &ObjectId::Broker(0), key);
        assert_eq!(go("ArrowDown"), Some(ObjectId::Broker(1)));
        assert_eq!(go("ArrowRight"), Some(ObjectId::Controller(100)));
        assert_eq!(go("ArrowLeft"), None);
    }
}
