//! What to do next, for failures whose status or cause tells more than their kind.

use std::error::Error as StdError;
use std::io;

/// What to do about a status that has no kind of its own.
pub(crate) fn of_status(status: u16) -> Option<&'static str> {
    Some(match status {
        402 => "the account's plan does not include this, or a bill is open; ask whoever pays the vendor",
        405 => "the vendor does not know this method here; check the base URL",
        406 => "the vendor cannot answer in the format asked for; check the base URL",
        411 | 413 => "the request is larger than the vendor takes; send less at once",
        414 => "the URL is longer than the vendor takes; send less in the query",
        415 => {
            "the vendor does not take this kind of body; check the media type of what is uploaded, and the base URL"
        }
        421 => "this host does not serve the account; check the base URL",
        426 => "the vendor wants another version of the protocol; check the base URL and proxies on the way",
        431 => "the request's headers are larger than the vendor takes; check the length of the credential",
        451 => "the vendor may not serve this for legal reasons; sending it again changes nothing",
        _ => return None,
    })
}

/// Why no connection could be made, in words that name no host.
pub(crate) fn of_connect(chain: &[&(dyn StdError + 'static)]) -> &'static str {
    let told = |words: &str| chain.iter().any(|cause| cause.to_string().contains(words));
    if told("dns error") || told("failed to lookup address") {
        return "no connection could be made, as the host's name was not found; check the base URL; nothing was sent";
    }
    let fault = chain.iter().find_map(|cause| cause.downcast_ref::<io::Error>());
    match fault.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            "no connection could be made, as the host refused it; check host and port; nothing was sent"
        }
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            "no connection could be made, as there is no way to the host; check the network; nothing was sent"
        }
        Some(
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::UnexpectedEof,
        ) => "no connection could be made, as it broke while it was made; nothing was sent",
        Some(io::ErrorKind::TimedOut) => {
            "no connection could be made in time; check host, port and firewalls; nothing was sent"
        }
        _ if told("timed out") => {
            "no connection could be made in time; check host, port and firewalls; nothing was sent"
        }
        _ => "no connection could be made; nothing was sent",
    }
}

/// What failed, if it was not the network but what the caller gave to be sent. The cause is told by its kind,
/// as its own words may name a file or a person.
pub(crate) fn of_own_body(chain: &[&(dyn StdError + 'static)]) -> Option<String> {
    let at = chain
        .iter()
        .position(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_user))?;
    let causes = chain.iter().skip(at);
    let mut fault = causes.filter_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    let gist = fault.next_back().filter(|kind| *kind != io::ErrorKind::Other);
    let gist = gist.map(|kind| format!(" ({kind})")).unwrap_or_default();
    Some(format!("the body given to be sent failed while it was read{gist}; the vendor has part of it"))
}
