//! Shapes of the scene as SVG.

use yew::prelude::*;

use crate::scene::shape::{Anchor, Label, Node, Paint, Shape};

/// The shapes of a node, lowest first.
pub fn shapes(node: &Node) -> Html {
    html! { { for node.shapes.iter().map(shape) } }
}

fn optional(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

fn number(value: f64) -> String {
    // Two decimals are finer than any screen; trailing zeros only cost bytes.
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn opacity(paint: &Paint) -> Option<String> {
    (paint.fill_opacity < 1.0).then(|| number(paint.fill_opacity))
}

fn width(paint: &Paint) -> Option<String> {
    (paint.width > 0.0).then(|| number(paint.width))
}

fn shape(shape: &Shape) -> Html {
    match shape {
        Shape::Rect(area, radius, p) => html! {
            <rect x={number(area.x)} y={number(area.y)} width={number(area.w.max(0.0))} height={number(area.h.max(0.0))}
                rx={(*radius > 0.0).then(|| number(*radius))} fill={p.fill.paint()} fill-opacity={opacity(p)}
                stroke={p.stroke.paint()} stroke-width={width(p)} stroke-dasharray={optional(p.dash)} class={optional(p.class)} />
        },
        Shape::Line(l, p) => html! {
            <line x1={number(l[0])} y1={number(l[1])} x2={number(l[2])} y2={number(l[3])} stroke={p.stroke.paint()}
                stroke-width={width(p)} stroke-dasharray={optional(p.dash)} stroke-linecap="round" />
        },
        Shape::Path(data, p) => html! {
            <path d={data.clone()} fill={p.fill.paint()} fill-opacity={opacity(p)} stroke={p.stroke.paint()} stroke-width={width(p)}
                stroke-dasharray={optional(p.dash)} class={optional(p.class)} />
        },
        Shape::Circle(c, p) => html! {
            <circle cx={number(c[0])} cy={number(c[1])} r={number(c[2])} fill={p.fill.paint()} stroke={p.stroke.paint()} stroke-width={width(p)} />
        },
        Shape::Text(label) => text(label),
    }
}

fn text(label: &Label) -> Html {
    let anchor = match label.anchor {
        Anchor::Start => None,
        Anchor::Middle => Some("middle"),
        Anchor::End => Some("end"),
    };
    html! {
        <text x={number(label.x)} y={number(label.y)} font-size={number(label.size)} font-weight={label.bold.then_some("600")}
            text-anchor={anchor} fill={label.colour.paint()} class={classes!(label.mono.then_some("mono"), optional(label.class))}>
            { label.text.clone() }
        </text>
    }
}

/// The hatch patterns that colours refer to.
pub fn patterns() -> Html {
    html! {
        <defs>
            <pattern id="hatch-dead" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="9" height="9" fill="var(--sheet)" />
                <line x1="0" y1="0" x2="0" y2="9" stroke="var(--hatch)" stroke-width="2" />
            </pattern>
            <pattern id="hatch-lag" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="4" height="4" fill="var(--caution-wash)" />
                <line x1="0" y1="0" x2="0" y2="4" stroke="var(--caution)" stroke-width="1.4" />
            </pattern>
            <pattern id="hatch-alarm" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <line x1="0" y1="0" x2="0" y2="5" stroke="var(--alarm)" stroke-width="1.6" />
            </pattern>
        </defs>
    }
}
