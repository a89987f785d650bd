//! The HTTP client that `openidconnect` talks through: reqwest 0.13, where the crate's own is 0.12.

use std::pin::Pin;

use openidconnect::{AsyncHttpClient, HttpClientError, HttpRequest, HttpResponse};

/// One pool of connections for the life of the program; a clone shares it.
#[derive(Clone)]
pub struct HttpClient(pub reqwest::Client);

impl HttpClient {
    /// # Errors
    /// The machine's root certificates cannot be read.
    pub fn new() -> Result<Self, reqwest::Error> {
        Ok(Self(
            reqwest::Client::builder()
                // A redirect could lead a token request, with its secret, to somebody else.
                .redirect(reqwest::redirect::Policy::none())
                .timeout(std::time::Duration::from_secs(10))
                .build()?,
        ))
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpClientError<reqwest::Error>;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into().map_err(Box::new)?).await.map_err(Box::new)?;
            let mut response = openidconnect::http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            Ok(response.body(answer.bytes().await.map_err(Box::new)?.to_vec())?)
        })
    }
}
