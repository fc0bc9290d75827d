//! The WebSocket's beginning.

use crate::{app::App, live::socket};
use axum::{
    extract::{State, WebSocketUpgrade},
    response::Response,
};
use beistand_protocol::limit::FRAME_BYTES_MAX;
use std::sync::Arc;

/// tungstenite's default of 128 KiB would dwarf everything else that a connection costs.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Written out at once: a chat has nothing to gather.
const WRITE_BUFFER_BYTES: usize = 0;
/// What may wait for a slow reader inside the WebSocket, beside its queue.
const WRITE_BUFFER_BYTES_MAX: usize = 2 * FRAME_BYTES_MAX;

/// `GET /api/v1/live`
pub async fn upgrade(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        .on_upgrade(async move |socket| drop(app.live.clone().spawn(socket::run(app, socket))))
}
