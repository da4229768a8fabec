//! What is taken for an e-mail address: one rule for the flows and for UserGems.

use crate::support::sandbox;
use revops::Kind;
use revops::people::Email;
use revops::usergems::UserGems;
use revops_sandbox::Vendor;

#[tokio::test]
async fn the_flows_and_usergems_take_the_same_texts_for_addresses() {
    let sandbox = sandbox(0).await;
    let usergems = UserGems::sandbox(sandbox.base_url(Vendor::UserGems)).unwrap();
    for (text, reason) in [
        ("", "it is empty"),
        ("a", "it has no `@`"),
        ("@b.c", "nothing stands before its `@`"),
        ("a@", "nothing stands after its `@`"),
        ("a b@c.com", "it holds white space, within or around it"),
        (" jane@example.com ", "it holds white space, within or around it"),
        ("jane@example.com\n", "it holds a character that cannot be seen (U+000A)"),
        ("jane@example.com\u{200b}", "it holds a character that cannot be seen (U+200B)"),
        ("\u{feff}jane@example.com", "it holds a character that cannot be seen (U+FEFF)"),
        ("jane\u{3164}@example.com", "it holds a character that cannot be seen (U+3164)"),
        ("<jane@example.com>", "it stands in brackets; the address alone is asked for"),
        ("mailto:jane@example.com", "it holds characters that no single address has there"),
        ("jane@example,com", "it holds characters that no single address has there"),
        ("jane@example.com,bob@example.com", "it holds characters that no single address has there"),
        ("a@@b", "it holds characters that no single address has there"),
        ("a@b..com", "its domain has an empty part"),
        ("a@-.", "it holds characters that no single address has there"),
        ("jane@example.com.", "its domain has an empty part"),
        ("jane@[192.0.2.1]", "a number stands where its domain should"),
    ] {
        let invalid = text.parse::<Email>().expect_err(text);
        assert_eq!(invalid.reason(), reason, "{text:?}");
        for error in [
            usergems.contacts().track(text).send().await.unwrap_err(),
            usergems.privacy().erase(text).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), Kind::Invalid, "{text:?}");
            assert!(error.to_string().contains(&format!("no e-mail address: {reason}; it was not sent")));
        }
    }
    assert_eq!(sandbox.requests().len(), 0);
    for text in ["a@b", "jane.o'neil+tag@mail.example.com", "jürgen@bücher.example", "x_1@127.example"] {
        assert!(text.parse::<Email>().is_ok(), "{text:?}");
    }
    usergems.contacts().track("jane.o'neil+tag@mail.example.com").send().await.unwrap();
}
