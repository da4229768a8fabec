//! The name under which whoever asks has reached the sandbox, for the addresses in answers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::HeaderMap;
use http::header::HOST;

/// No name of a host is longer.
const LONGEST: usize = 253;

/// An address that can be called on this machine: nobody can call the unspecified one.
pub(crate) fn callable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    (ip, address.port()).into()
}

/// What the request calls the sandbox, or where it listens if the request gives no plain name.
pub(crate) fn asked(headers: &HeaderMap, listens: SocketAddr) -> String {
    let mut sent = headers.get_all(HOST).iter();
    let only = sent.next().filter(|_| sent.next().is_none());
    match only.and_then(|host| host.to_str().ok()).filter(|host| is_plain(host)) {
        Some(host) => host.to_owned(),
        None => callable(listens).to_string(),
    }
}

/// Whether this is a host, with or without a port, and nothing that would mean more in an address.
fn is_plain(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_name = || {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        !host.is_empty() && host.len() <= LONGEST && host.bytes().all(letter)
    };
    let is_host = bracketed.map_or_else(is_name, |host| host.parse::<Ipv6Addr>().is_ok());
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_host && port.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_told_from_what_would_mean_more() {
        for plain in ["localhost", "a.example.com:80", "127.0.0.1:4010", "[::1]", "[::1]:4010", "my_box-1"] {
            assert!(is_plain(plain), "{plain}");
        }
        let long = "a".repeat(254);
        for odd in [
            "", ":80", "a:", "a:+1", "a:65536", "a:b", "a/b", "a@b", "a b", "::1", "[::1", "[a]:1", "a?b",
            "<b>", &long,
        ] {
            assert!(!is_plain(odd), "{odd}");
        }
    }
}
