//! Compressed bodies, right, wrong and explosive.

use std::io::Read;

use flate2::read::GzDecoder;
use revops_sandbox::fault::{Reply, Script};
use tokio::io::AsyncReadExt;

use crate::client::{GET, bytes_of, start};

async fn body_of(reply: Reply) -> Vec<u8> {
    let answer = bytes_of(reply).await;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    assert!(answer[..end].windows(22).any(|window| window == b"content-encoding: gzip"));
    answer[end + 4..].to_vec()
}

#[tokio::test]
async fn a_gzip_body_decodes() {
    let mut text = String::new();
    let body = body_of(Reply::status(200).gzip(b"{\"ok\":true}")).await;
    GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, "{\"ok\":true}");
}

#[tokio::test]
async fn a_corrupt_gzip_body_begins_well_and_does_not_decode() {
    let body = body_of(Reply::status(200).corrupt_gzip(b"{\"ok\":true}")).await;
    assert!(body.starts_with(&[0x1f, 0x8b, 8]));
    GzDecoder::new(&body[..]).read_to_end(&mut Vec::new()).unwrap_err();
}

#[tokio::test]
async fn a_plain_body_can_claim_to_be_gzip() {
    let reply = Reply::json(200, "{}").header("content-encoding", "gzip");
    assert_eq!(body_of(reply).await, b"{}");
}

#[tokio::test]
async fn a_bomb_is_small_on_the_wire_and_huge_decoded() {
    const SIZE: u64 = 32 << 20;
    let body = body_of(Reply::status(200).gzip_bomb(SIZE)).await;
    assert!(body.len() < 40_000, "{}", body.len());
    let mut decoder = GzDecoder::new(&body[..]);
    assert_eq!(std::io::copy(&mut decoder, &mut std::io::sink()).unwrap(), SIZE);
}

#[tokio::test]
async fn a_bomb_of_a_gigabyte_is_a_megabyte_on_the_wire() {
    let (_server, mut raw) = start(Script::always(Reply::status(200).gzip_bomb(1 << 30).then_close())).await;
    raw.send(GET).await;
    let mut bytes = Vec::new();
    raw.0.read_to_end(&mut bytes).await.unwrap();
    assert!((900_000..1_100_000).contains(&bytes.len()), "{}", bytes.len());
    // The trailer keeps the decoded length.
    assert!(bytes.ends_with(&(1_u32 << 30).to_le_bytes()));
}
