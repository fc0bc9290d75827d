//! What calls somebody who is on duty and looks elsewhere: when there is something to hear, how it sounds, and how it
//! gets out of the loudspeaker.
//!
//! A request rings until somebody has taken it. The ringing is one sound that plays in a loop by itself: browsers slow
//! down the timers of a page in the background, and a bell that hangs on a timer falls silent there.

#[cfg(feature = "staff")]
pub mod audio;
#[cfg(feature = "staff")]
pub mod notice;
pub mod tone;
pub mod watch;
