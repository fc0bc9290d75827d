//! Requests and live channels from any address of this machine, with small buffers.

use super::LoadError;
use crate::native::Address;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use beistand_protocol::{
    api::route,
    codec::{decode, encode},
    error::{Code, Refusal},
    limit,
    live::{ClientFrame, ServerFrame},
};
use beistand_vault::client::transport::Unreachable;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Bytes, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde::{Serialize, de::DeserializeOwned};
use std::net::Ipv4Addr;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _, protocol::WebSocketConfig},
};

/// The n-th address of a /16 of this machine.
#[must_use]
pub fn source(network: u8, number: usize) -> Ipv4Addr {
    let [.., high, low] = (number % 60_000 + 1).to_be_bytes();
    Ipv4Addr::new(127, network, high, low)
}

/// An HTTP/2 connection.
#[derive(Clone)]
pub struct Requests {
    sender: http2::SendRequest<Full<Bytes>>,
    authority: String,
}

impl Requests {
    /// Connects. Must run inside a `LocalSet`.
    ///
    /// # Errors
    /// [`LoadError::Unreachable`].
    pub async fn open(address: &Address, source: Ipv4Addr) -> Result<Self, LoadError> {
        let stream = TokioIo::new(address.connect_from(source, false).await?);
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), stream).await.map_err(|_| Unreachable)?;
        // It ends when the other side closes; the next request finds out.
        tokio::task::spawn_local(async move { drop(connection.await) });
        Ok(Self { sender, authority: address.authority() })
    }

    /// `GET`s a value.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn get<A: Serialize + DeserializeOwned>(
        &mut self,
        path: &str,
        token: Option<&[u8; 32]>,
    ) -> Result<A, LoadError> {
        self.exchange("GET", path, token, Vec::new()).await
    }

    /// `POST`s a value and reads the answer.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn post<Q: Serialize, A: Serialize + DeserializeOwned>(
        &mut self,
        path: &str,
        token: Option<&[u8; 32]>,
        body: &Q,
    ) -> Result<A, LoadError> {
        self.exchange("POST", path, token, encode(body)).await
    }

    async fn exchange<A: Serialize + DeserializeOwned>(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&[u8; 32]>,
        body: Vec<u8>,
    ) -> Result<A, LoadError> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("https://{}{path}", self.authority))
            .header("content-type", "application/octet-stream");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {}", URL_SAFE_NO_PAD.encode(token)));
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|_| Unreachable)?;
        self.sender.ready().await.map_err(|_| Unreachable)?;
        let response = self.sender.send_request(request).await.map_err(|_| Unreachable)?;
        let good = response.status().is_success();
        let body = response.into_body().collect().await.map_err(|_| Unreachable)?.to_bytes();
        if good {
            return decode(&body).map_err(|_| LoadError::Unexpected("an answer of another form"));
        }
        Err(LoadError::Refused(decode::<Refusal>(&body).map_or(Code::Internal, |refusal| refusal.code)))
    }
}

/// A WebSocket.
pub type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// Opens a WebSocket; nothing is sent on it yet.
///
/// # Errors
/// [`LoadError::Unreachable`].
pub async fn open_socket(address: &Address, source: Ipv4Addr) -> Result<Socket, LoadError> {
    let stream = address.connect_from(source, true).await?;
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(0)
        .max_message_size(Some(limit::FRAME_BYTES_MAX * 2));
    let request = format!("wss://{}{}", address.authority(), route::LIVE)
        .into_client_request()
        .map_err(|_| Unreachable)?;
    let opened = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await;
    Ok(opened.map_err(|_| Unreachable)?.0)
}

/// Opens a live channel and waits for its welcome.
///
/// # Errors
/// [`LoadError`].
pub async fn open_live(address: &Address, source: Ipv4Addr, token: &[u8; 32]) -> Result<Socket, LoadError> {
    let mut socket = open_socket(address, source).await?;
    send(&mut socket, &ClientFrame::Hello { token: token.to_vec() }).await?;
    match next(&mut socket).await? {
        ServerFrame::Welcome { .. } => Ok(socket),
        _ => Err(LoadError::Unexpected("no welcome")),
    }
}

/// Sends a frame.
///
/// # Errors
/// [`LoadError::Unreachable`].
pub async fn send(
    socket: &mut (impl futures_util::Sink<Message> + Unpin),
    frame: &ClientFrame,
) -> Result<(), LoadError> {
    Ok(socket.send(Message::Binary(encode(frame).into())).await.map_err(|_| Unreachable)?)
}

/// The next frame; answers to pings go out by themselves.
///
/// # Errors
/// [`LoadError`].
pub async fn next<S, E>(socket: &mut S) -> Result<ServerFrame, LoadError>
where
    S: futures_util::Stream<Item = Result<Message, E>> + Unpin,
{
    loop {
        match socket.next().await {
            Some(Ok(Message::Binary(bytes))) => {
                return decode(&bytes).map_err(|_| LoadError::Unexpected("a frame of another form"));
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Unreachable.into()),
            Some(Ok(_)) => {}
        }
    }
}
