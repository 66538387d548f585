//! Inline icons, 16 units square, in the colour of the text around them.

use yew::prelude::*;

use crate::view_model::time::TickKind;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// To the start.
    First,
    /// One back.
    Back,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// One forward.
    Forward,
    /// To the next important one.
    Next,
    /// Half-filled disc.
    Theme,
    /// Question mark.
    Help,
    /// Arrow into a tray.
    Import,
    /// Arrow out of a tray.
    Share,
    /// Fork.
    Branch,
    /// Plus.
    Add,
    /// Cross.
    Close,
    /// Lines.
    Text,
    /// A screen on a stand.
    Screen,
    /// An open book.
    Book,
}

impl Icon {
    fn data(self) -> &'static str {
        match self {
            Icon::First => "M4 3v10M12.5 3l-5 5 5 5",
            Icon::Back => "M10.5 3L5.5 8l5 5",
            Icon::Play => "M5 3v10l8-5z",
            Icon::Pause => "M4.5 3h2.5v10H4.5zM9 3h2.5v10H9z",
            Icon::Forward => "M5.5 3l5 5-5 5",
            Icon::Next => "M3.5 3l5 5-5 5M12.5 3v10",
            Icon::Theme => "M8 2a6 6 0 100 12A6 6 0 008 2zM8 2v12",
            Icon::Help => "M5.5 6a2.5 2.5 0 113.6 2.2C8.300 8.700 8 9.200 8 10M8 12.800v.1",
            Icon::Import => "M8 2v8M5 7.500L8 10.300l3-2.800M3 8v6h10V8",
            Icon::Share => "M8 10V2M5 4.500L8 1.800l3 2.700M3 8v6h10V8",
            Icon::Branch => "M4 2v12M4 8c5 0 8-1 8-6",
            Icon::Add => "M8 3v10M3 8h10",
            Icon::Close => "M4 4l8 8M12 4l-8 8",
            Icon::Book => {
                "M8 4C6 2.6 4 2.6 2 3v9.5c2-.4 4-.4 6 1 2-1.4 4-1.4 6-1V3c-2-.4-4-.4-6 1zM8 4v9.5"
            }
            Icon::Screen => "M2 3h12v8H2zM8 11v3M5 14h6",
            Icon::Text => "M3 4h10M3 8h10M3 12h6",
        }
    }

    fn filled(self) -> bool {
        matches!(self, Icon::Play | Icon::Pause)
    }

    /// The icon as markup; its meaning must be told by the element around it.
    pub fn html(self) -> Html {
        let fill = if self.filled() {
            "currentColor"
        } else {
            "none"
        };
        html! {
            <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                <path d={self.data()} fill={fill} stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" />
            </svg>
        }
    }
}

/// The sign: a magnifying glass over a log of three records.
pub fn sign() -> Html {
    html! {
        <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="10.5" cy="10.5" r="8.5" fill="none" stroke="currentColor" stroke-width="2" />
            <path d="M16.8 16.8L22 22" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" />
            <rect x="4.5" y="8" width="4" height="5" fill="currentColor" />
            <rect x="9" y="8" width="4" height="5" fill="currentColor" />
            <rect x="13.7" y="8.7" width="2.8" height="3.6" fill="none" stroke="currentColor" stroke-width="1.2" stroke-dasharray="1.5 1" />
        </svg>
    }
}

/// The mark of a story row: the same shapes as in the picture and on the track.
pub fn mark(kind: TickKind) -> Html {
    let body = match kind {
        TickKind::Records => {
            html! { <rect x="3" y="3" width="10" height="10" fill="var(--sheet)" stroke="var(--ink)" stroke-width="1.8" /> }
        }
        TickKind::Control => html! { <path d="M8 2.5l5.5 5.5L8 13.5 2.5 8z" fill="var(--ink)" /> },
        TickKind::Group => html! { <path d="M8 3l5.5 10h-11z" fill="var(--ink)" /> },
        TickKind::Failure => {
            html! { <path d="M3 3L13 13M13 3L3 13" fill="none" stroke="var(--alarm)" stroke-width="2.4" stroke-linecap="square" /> }
        }
        TickKind::Action => {
            html! { <path d="M4 15V2h9l-2.5 3.5L13 9H4" fill="var(--accent)" stroke="var(--accent)" stroke-width="1" /> }
        }
    };
    html! { <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{ body }</svg> }
}
