//! Hostile ids, secrets that no header carries, and bytes of any kind.

use percent_encoding::percent_decode_str;
use proptest::collection::vec;
use proptest::prelude::*;
use revops_runtime::{Kind, Options};
use revops_sandbox::fault::{Reply, Script};
use revops_tests::faulted::{Clients, SECRET};

/// The id fills one segment, decodes to itself and changes nothing else; or it is refused.
async fn fills_one_segment(clients: &Clients, id: &str) {
    let before = clients.server.requests().len();
    let outcome = clients.gong.get_user_settings_history().id(id).send().await;
    let sent = clients.server.requests().split_off(before);
    if matches!(id, "" | "." | "..") {
        assert_eq!((outcome.unwrap_err().kind(), sent.len()), (Kind::Invalid, 0), "{id:?}");
        return;
    }
    let [sent] = &sent[..] else { panic!("{id:?}: {} requests", sent.len()) };
    let segment = sent.target.strip_prefix("/users/").and_then(|rest| rest.strip_suffix("/settings-history"));
    let segment = segment.unwrap_or_else(|| panic!("{id:?} left its place: {}", sent.target));
    assert!(segment.bytes().all(|byte| byte.is_ascii_graphic() && !b"/\\?#;".contains(&byte)), "{segment}");
    assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), id);
    assert_eq!(sent.header("host"), Some(clients.server.address().to_string().as_str()));
    let mut names: Vec<&str> = sent.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "authorization", "host", "user-agent"], "{id:?}");
}

#[tokio::test]
async fn row_62_a_hostile_id_fills_exactly_one_segment_or_is_refused() {
    let clients = Clients::always(Reply::json(200, "{}")).await;
    let long = "ü/".repeat(5120);
    for id in [
        "..",
        ".",
        "",
        "a/b",
        r"\..\",
        r"..\..\..\admin\keys",
        "%2e%2e",
        "%2E",
        "?",
        "#",
        "a?b#c",
        "\r\nX-Evil: 1",
        "\0",
        &long,
        "\u{202e}txt.exe\u{200f}",
        ";v=1",
        "//evil.example",
        "@evil.example",
        ":80",
        "...",
        " ",
        "%",
    ] {
        fills_one_segment(&clients, id).await;
    }
}

#[test]
fn row_63_a_secret_that_no_header_carries_is_refused_unseen() {
    for bad in ["quokka\r\nX-Evil: 1", "quokka\n\n", "quökka", "quokka\0", "\u{feff}quokka", ""] {
        let error = revops_gong::Client::builder()
            .bearer_auth(bad)
            .base_url("http://127.0.0.1:1")
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Credential, "{bad:?}");
        assert!(!format!("{error} {error:?}").contains("kka"), "{error}");
    }
    let trimmed = format!("{SECRET}\r\n");
    revops_gong::Client::builder()
        .bearer_auth(trimmed.as_str())
        .base_url("http://127.0.0.1:1")
        .build()
        .unwrap();
}

fn run(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.unwrap().block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn row_62_any_text_fills_exactly_one_segment(ids in vec(vec(any::<char>(), 0..24), 40)) {
        run(async {
            let clients = Clients::always(Reply::json(200, "{}")).await;
            for id in ids {
                fills_one_segment(&clients, &id.into_iter().collect::<String>()).await;
            }
        });
    }

    /// Promise 9, for what a server sends: bodies that are nearly right, waits, cursors.
    #[test]
    fn no_bytes_of_a_server_make_a_client_panic(
        noise in vec(any::<u8>(), 0..60),
        place in 0_usize..70,
        wait in prop_oneof![vec(33_u8..255, 0..12), "[0-9]{1,25}".prop_map(String::into_bytes)],
        status in prop_oneof![Just(200_u16), Just(429), Just(503)],
    ) {
        run(async {
            let page = br#"{"requestId":"r","records":{"cursor":"n"},"users":[{"id":"1"},{"id":"2"}]}"#;
            let place = place.min(page.len());
            let body = [&page[..place], &noise, &page[place..]].concat();
            let reply = Reply::json(status, body).header("retry-after", wait);
            let options = Options::default().with_deadline(std::time::Duration::from_secs(600));
            let clients = Clients::with(Script::always(reply), options).await;
            let _ = clients.gong.list_users().send().await;
            let _ = clients.users.list_users().send().await;
            let _ = clients.userpilot.list_jobs().send().await;
        });
    }
}
