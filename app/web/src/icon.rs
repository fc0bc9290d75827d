//! The icons, drawn for a field of 24 units with strokes in the colour of the text.
//!
//! Every attribute is a value, not a literal: Leptos would turn an all-literal element into an
//! `innerHTML` assignment, which the pages' Trusted Types policy refuses.

use leptos::prelude::*;

/// A drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say what is drawn.
pub enum Icon {
    ArrowUp,
    Back,
    Bell,
    Bubble,
    Check,
    Clock,
    Close,
    Coin,
    Cross,
    Device,
    Eye,
    Globe,
    Info,
    Key,
    Lock,
    Network,
    People,
    Person,
    Pin,
    Plus,
    Print,
    Trash,
    Warning,
}

impl Icon {
    /// The outline, as the `d` of one SVG path.
    const fn path(self) -> &'static str {
        match self {
            Self::ArrowUp => "M12 19V5M5.5 11.5L12 5l6.5 6.5",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Bell => "M6 16.5v-6a6 6 0 0 1 12 0v6l1.5 1.5h-15ZM10 20.5a2.2 2.2 0 0 0 4 0",
            Self::Bubble => "M21 12a8 8 0 0 1-8 8H4l2.3-3A8 8 0 1 1 21 12Z",
            Self::Check => "M4 12.5l5 5L20 6.5",
            Self::Clock => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 8v4.5l3 2",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Coin => {
                "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM15 9a3.6 3.6 0 0 0-6 2.7V12a3.6 3.6 0 0 0 6 3M7.5 11h4.5M7.5 13.2h4.5"
            }
            Self::Cross => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM9 9l6 6M15 9l-6 6",
            Self::Device => {
                "M7.5 2.5h9a1 1 0 0 1 1 1v17a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-17a1 1 0 0 1 1-1ZM10.5 18.5h3"
            }
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z"
            }
            Self::Globe => {
                "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM3.5 12h17M12 3.5c2.4 2.4 3.5 5.3 3.5 8.5s-1.1 6.1-3.5 8.5c-2.4-2.4-3.5-5.3-3.5-8.5s1.1-6.1 3.5-8.5Z"
            }
            Self::Info => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 11v5M12 8h.01",
            Self::Key => "M8 11.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM11 12.7 19.5 4M16 7.7l3 3M13.8 9.9l2 2",
            Self::Lock => {
                "M6.5 10.5h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2ZM8 10.5v-3a4 4 0 0 1 8 0v3"
            }
            Self::Network => {
                "M2.5 9.5a14 14 0 0 1 19 0M5.7 13a9.3 9.3 0 0 1 12.6 0M8.8 16.3a4.8 4.8 0 0 1 6.4 0M12 19.5h.01"
            }
            Self::People => {
                "M9 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 5.2a3.5 3.5 0 0 1 0 5.6M18.5 14.6A6.5 6.5 0 0 1 21.5 20"
            }
            Self::Person => "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8ZM4 21a8 8 0 0 1 16 0",
            Self::Pin => "M9 3.5h6M10 3.5v6l-3 4h10l-3-4v-6M12 13.5V21",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Print => "M7 9V3.5h10V9M7 17.5H4.5v-8h15v8H17M7 14.5h10v6H7Z",
            Self::Trash => "M4 7h16M9 7V4.5h6V7M6.5 7l1 13h9l1-13",
            Self::Warning => "M12 8.5v5M12 17h.01M12 3l9.5 17h-19Z",
        }
    }
}

/// Draws an icon, hidden from screen readers: what it means stands in words beside it.
pub fn icon(icon: Icon, size: u8) -> impl IntoView {
    view! {
        <svg
            width=size.to_string()
            height=size.to_string()
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=icon.path() />
        </svg>
    }
}

/// A filled dot, for states that words name beside it.
pub fn dot() -> impl IntoView {
    let size = 10.to_string();
    view! {
        <svg width=size.clone() height=size viewBox="0 0 10 10" aria-hidden="true">
            <circle cx=5.to_string() cy=5.to_string() r=4.5.to_string() fill="currentColor" />
        </svg>
    }
}
