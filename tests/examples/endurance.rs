//! A bad night: a million users paged from a server that fails one request in five, by a process that is
//! killed now and then and goes on from its checkpoint.
//!
//! `cargo run --release -p revops-tests --example endurance [records]`. It prints what it met, and fails if a
//! record is missing, if one comes more often than a page is repeated, or if memory grows with the list.

#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error as StdError;
use std::time::Duration;

use futures::TryStreamExt as _;
use revops_gong::Client;
use revops_runtime::options::{Options, Timeouts};
use revops_runtime::paging::{Checkpoint, Cursor, Fingerprint, Page, cursor_pages};
use revops_runtime::retry::RetryPolicy;
use revops_runtime::{Error, Quota};
use revops_sandbox::fault::{Act, FaultServer, Mayhem, Reply, Script};
use serde_json::json;

const PAGE: u64 = 100;
/// Of how many records one is the last that a process reads.
const KILLED: u64 = 10_007;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError>> {
    let records: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let mayhem = Mayhem::seeded(7)
        .reset(0.05)
        .status(503, 0.10)
        .cut(0.03)
        .act(0.02, Reply::status(429).header("retry-after", "0"))
        .otherwise(Act::choose(move |received| page(received.query().unwrap_or_default(), records).into()));
    let server = FaultServer::start(Script::always(mayhem).keep(16).discard_bodies()).await?;
    let client = client(&server.base_url())?;

    let (mut seen, mut repeated, mut kills) = (0_u64, 0_u64, 0_u64);
    let mut checkpoint = None;
    let mut early = None;
    loop {
        let mut users = users(&client, checkpoint.take())?;
        let mut died = false;
        while let Some(id) = users.try_next().await? {
            if id < seen {
                repeated += 1;
                continue;
            }
            if id > seen {
                return Err(format!("record {seen} is missing: {id} came instead").into());
            }
            seen += 1;
            if seen == records / 10 {
                early = resident();
            }
            if seen.is_multiple_of(KILLED) {
                // The process dies here; what it saved is text.
                checkpoint = Some(serde_json::from_str(&serde_json::to_string(&users.checkpoint())?)?);
                kills += 1;
                died = true;
                break;
            }
        }
        if !died {
            break;
        }
    }
    println!(
        "{seen} of {records} records, {repeated} repeated, {kills} kills, {} requests",
        server.request_count()
    );
    if seen != records || repeated > kills * PAGE {
        return Err("the list is not complete, or repeats more than a page a kill".into());
    }
    if let (Some(early), Some(late)) = (early, resident()) {
        println!("resident memory: {early} KiB after a tenth of the records, {late} KiB at the end");
        if late > early + 8 * 1024 {
            return Err("memory grows with the list".into());
        }
    }
    Ok(())
}

fn client(base_url: &str) -> Result<Client, Error> {
    let mut retry = RetryPolicy::default();
    retry.attempts = 12;
    retry.base = Duration::from_micros(50);
    let options = Options::default().with_retry(retry).with_timeouts(Timeouts::default());
    let client = Client::builder().bearer_auth("token").base_url(base_url);
    client.options(options).quota(Quota::unlimited()).build()
}

/// The ids of all users, from `checkpoint` on.
fn users(
    client: &Client,
    checkpoint: Option<Checkpoint>,
) -> Result<revops_runtime::paging::Decoded<u64, Error>, Box<dyn StdError>> {
    let client = client.clone();
    let paging = cursor_pages(Fingerprint::of("listUsers", &()), move |cursor: Option<Cursor>| {
        let client = client.clone();
        async move {
            let mut call = client.list_users();
            if let Some(cursor) = cursor {
                call = call.cursor(cursor.into_string());
            }
            let page = call.send().await?.into_inner();
            let ids = page.users.into_iter().flatten().filter_map(|user| user.id?.parse().ok());
            let next = page.records.and_then(|records| records.cursor);
            Ok::<_, Error>(Page::of(ids).next(next))
        }
    });
    let paging = match checkpoint {
        Some(checkpoint) => paging.resume(checkpoint)?,
        None => paging,
    };
    Ok(paging.records().decoded(|_| Ok(())))
}

/// The page that a query asks for; its cursor is the number of its first record.
fn page(query: &str, records: u64) -> Reply {
    let first: u64 =
        query.split('&').find_map(|pair| pair.strip_prefix("cursor=")?.parse().ok()).unwrap_or(0);
    let last = (first + PAGE).min(records);
    let users: Vec<_> = (first..last).map(|id| json!({ "id": id.to_string(), "title": null })).collect();
    let mut body = json!({ "users": users, "records": { "totalRecords": records } });
    if last < records {
        body["records"]["cursor"] = json!(last.to_string());
    }
    Reply::json(200, body.to_string())
}

/// The memory this process holds, in KiB, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
}
