//! Where the API is: github.com, or an Enterprise server with its prefix.

/// The two addresses of one API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise server; no slash at its end.
    pub(super) rest: String,
    /// What stands before `/graphql`: `https://api.github.com`, `https://HOST/api`.
    pub(super) graphql: String,
}

/// A URL that is no API, or that a token must not go to. The user's input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiUrlError {
    /// Not a URL of the web.
    #[error("{0} is no URL of an API, such as https://api.github.com or https://HOST/api/v3")]
    NotAUrl(String),
    /// Not encrypted.
    #[error("{0} is not encrypted: the token would be readable on its way")]
    NotEncrypted(String),
}

impl Api {
    /// `rest` and `graphql` as GITHUB_API_URL and GITHUB_GRAPHQL_URL have them. Without the second it is where an
    /// Enterprise server and github.com have it.
    ///
    /// # Errors
    /// [`ApiUrlError`] for what is no such URL.
    pub fn new(rest: &str, graphql: Option<&str>) -> Result<Self, ApiUrlError> {
        let rest = clean(rest)?;
        let graphql = match graphql {
            Some(url) => {
                let url = clean(url)?;
                let base = url.strip_suffix("/graphql");
                base.ok_or_else(|| ApiUrlError::NotAUrl(url.clone()))?.to_owned()
            }
            None => rest.strip_suffix("/v3").unwrap_or(&rest).to_owned(),
        };
        Ok(Self { rest, graphql })
    }

    /// Scheme and host of the REST API.
    pub(super) fn origin(&self) -> &str {
        let path = self.rest.find("://").and_then(|at| {
            let host = at + "://".len();
            self.rest[host..].find('/').map(|slash| host + slash)
        });
        &self.rest[..path.unwrap_or(self.rest.len())]
    }
}

/// The URL without slashes at its end; only letters that a host and a plain path hold.
fn clean(url: &str) -> Result<String, ApiUrlError> {
    let url = url.trim_end_matches('/');
    let not_a_url = || ApiUrlError::NotAUrl(url.to_owned());
    let (scheme, rest) = url.split_once("://").ok_or_else(not_a_url)?;
    let authority = rest.split('/').next().unwrap_or(rest);
    let of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]".contains(&byte);
    if authority.is_empty() || !rest.bytes().all(of_path) {
        return Err(not_a_url());
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => {}
        "http" if is_this_machine(authority) => {}
        "http" => return Err(ApiUrlError::NotEncrypted(url.to_owned())),
        _ => return Err(not_a_url()),
    }
    Ok(url.to_owned())
}

/// Whether what is sent to this host leaves no machine.
fn is_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host == "localhost"
        || host == "[::1]"
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enterprise_server_keeps_its_prefix_and_loses_slashes() {
        let api = Api::new("https://ghe.example:8443/api/v3/", None).unwrap();
        assert_eq!(api.rest, "https://ghe.example:8443/api/v3");
        assert_eq!(api.graphql, "https://ghe.example:8443/api");
        assert_eq!(api.origin(), "https://ghe.example:8443");
        let api =
            Api::new("https://api.github.com", Some("https://api.github.com/graphql")).unwrap();
        assert_eq!(api.graphql, "https://api.github.com");
        assert_eq!(api.origin(), "https://api.github.com");
    }

    #[test]
    fn a_token_goes_to_encrypted_hosts_and_this_machine_alone() {
        for good in
            ["http://127.0.0.1:80/api/v3", "http://localhost", "http://[::1]:1", "https://h"]
        {
            assert!(Api::new(good, None).is_ok(), "{good}");
        }
        for plain in
            ["http://ghe.example/api/v3", "HTTP://127.0.0.1.evil.example", "http://10.0.0.1"]
        {
            assert!(matches!(Api::new(plain, None), Err(ApiUrlError::NotEncrypted(_))), "{plain}");
        }
        for wrong in [
            "",
            "api.github.com",
            "ftp://h",
            "https://",
            "https://u:p@h",
            "https://h/?a",
            "file:///x",
        ] {
            assert!(matches!(Api::new(wrong, None), Err(ApiUrlError::NotAUrl(_))), "{wrong}");
        }
        assert!(Api::new("https://h", Some("https://h/query")).is_err());
    }
}
