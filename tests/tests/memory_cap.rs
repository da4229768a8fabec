//! No answer takes more memory than its cap, however small it is on the wire.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use peak_alloc::PeakAlloc;
use revops_runtime::{Kind, Options};
use revops_sandbox::fault::{Content, Reply, Script};
use revops_tests::faulted::Clients;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const MIB: usize = 1 << 20;

/// One test, as the heap is one for the whole process.
#[tokio::test]
async fn row_34_and_35_a_body_takes_no_more_than_the_cap_and_a_chunk() {
    let cap = Options::default().max_response;
    let endless = || Content::new("[").and_forever("0,");
    for reply in [
        Reply::json(200, "").gzip_bomb(1 << 30),
        Reply::json(200, endless()),
        Reply::json(200, endless()).chunked(64),
    ] {
        let clients = Clients::play(Script::always(reply)).await;
        HEAP.reset_peak_usage();
        let before = HEAP.current_usage();
        let error = clients.gong.list_users().send().await.unwrap_err();
        let peak = HEAP.peak_usage() - before;
        assert_eq!(error.kind(), Kind::TooLarge, "{error}");
        assert!(peak >= cap / 2, "the measure is none: {peak}");
        assert!(peak <= cap + MIB + MIB / 2, "{peak} bytes at a cap of {cap}");
    }
}
