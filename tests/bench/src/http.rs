//! One keep-alive HTTP/1.1 connection per virtual user, so that the harness
//! costs little and a server cannot hide work behind connection pooling.

use anyhow::{Context, Result, anyhow, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderMap, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// A whole response, body read.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("{} answered no JSON: {}", self.status, self.excerpt()))
    }

    /// The JSON body of a 2xx answer; anything else is an error.
    pub fn ok_json(&self) -> Result<serde_json::Value> {
        if !self.status.is_success() {
            bail!("{}: {}", self.status, self.excerpt());
        }
        self.json()
    }

    pub fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        text.chars().take(200).collect::<String>().replace('\n', " ")
    }
}

pub struct Conn {
    /// What to open a TCP connection to.
    connect: String,
    host: HeaderValue,
    origin: url::Origin,
    extra: HeaderMap,
    sender: Option<SendRequest<Full<Bytes>>>,
    /// How often a new connection had to be opened.
    pub opened: u64,
}

impl Conn {
    pub fn new(base: &Url, connect: Option<&str>, extra: HeaderMap) -> Result<Self> {
        let host = base.host_str().context("issuer has no host")?;
        let port = base.port_or_known_default().context("issuer has no port")?;
        let authority = format!("{host}:{port}");
        Ok(Self {
            connect: connect.unwrap_or(&authority).to_owned(),
            host: HeaderValue::from_str(&authority)?,
            origin: base.origin(),
            extra,
            sender: None,
            opened: 0,
        })
    }

    /// Connects if there is no live connection.
    pub async fn open(&mut self) -> Result<()> {
        self.sender().await.map(drop)
    }

    pub async fn get(&mut self, url: &Url, headers: HeaderMap) -> Result<Reply> {
        self.send(Method::GET, url, headers, Bytes::new()).await
    }

    /// Sends one request. A connection the server has closed meanwhile is
    /// replaced once; any other failure is the caller's.
    pub async fn send(
        &mut self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply> {
        if url.origin() != self.origin {
            bail!("{url} is not on the server under test");
        }
        for attempt in 0..2 {
            let request = self.request(&method, url, &headers, body.clone())?;
            match self.sender().await?.send_request(request).await {
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    let body = body.collect().await?.to_bytes();
                    return Ok(Reply { status: parts.status, headers: parts.headers, body });
                }
                Err(e) if attempt == 0 && (e.is_canceled() || e.is_closed()) => self.sender = None,
                Err(e) => {
                    self.sender = None;
                    return Err(e.into());
                }
            }
        }
        Err(anyhow!("the server closed two connections in a row"))
    }

    fn request(
        &self,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>> {
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let mut request = Request::builder().method(method).uri(target).body(Full::new(body))?;
        let sent = request.headers_mut();
        sent.insert(HOST, self.host.clone());
        for (name, value) in self.extra.iter().chain(headers) {
            sent.insert(name, value.clone());
        }
        Ok(request)
    }

    async fn sender(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        let alive = match &mut self.sender {
            Some(sender) => !sender.is_closed() && sender.ready().await.is_ok(),
            None => false,
        };
        if !alive {
            let stream = TcpStream::connect(&self.connect)
                .await
                .with_context(|| format!("connecting to {}", self.connect))?;
            stream.set_nodelay(true)?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            self.sender = Some(sender);
            self.opened += 1;
        }
        Ok(self.sender.as_mut().expect("just set"))
    }
}
