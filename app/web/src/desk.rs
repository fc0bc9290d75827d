//! How the workplace arranges talks, apart from any page: the rows of its list and the places side by side.
//!
//! Nothing here knows a browser or a conversation; the staff's pages give it ids and draw what comes out.

pub mod promise;
pub mod rows;
pub mod slots;
