//! Measures how fast a sandbox starts, and how many requests it answers in a second over
//! connections that are kept alive; fails if one answer is not what its document promises, or if
//! it is slower than was promised.
//!
//! ```sh
//! cargo run --release -p revops-sandbox --example load
//! ```

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures, for a terminal")]

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use revops_sandbox::{Operation, Sandbox};

const CONNECTIONS: u32 = 16;
const REQUESTS: u32 = 20_000;
const STARTS: u32 = 20;
/// What is promised, of a release build on two cores.
const LEAST_RATE: f64 = 2000.0;
const LONGEST_START: Duration = Duration::from_millis(50);
/// A search, a write with a body, an acknowledgement, and a whole page of a hundred records.
const OPERATIONS: [&str; 4] = ["listUsersByFilter", "upsertPeople", "addContact", "scimListUsers"];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let begun = Instant::now();
    let sandbox = Sandbox::start().await.unwrap();
    let first_start = begun.elapsed();
    println!("first start, documents read: {first_start:?}");
    let begun = Instant::now();
    for _ in 0..STARTS {
        Sandbox::start().await.unwrap().stop().await;
    }
    println!("every later start and stop:  {:?}", begun.elapsed() / STARTS);

    let operations = OPERATIONS.map(|id| sandbox.operations().iter().find(|it| it.id() == id).unwrap());
    let requests = operations.map(|operation| request(&sandbox, operation));
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (client, requests) = (client.clone(), requests.clone());
            tokio::spawn(async move {
                let (mut slowest, mut judged) = (Duration::ZERO, HashSet::new());
                for (request, operation) in requests.iter().zip(operations).cycle().take(PER_CONNECTION) {
                    let begun = Instant::now();
                    let (parts, body) = client.request(request.clone()).await.unwrap().into_parts();
                    let body = body.collect().await.unwrap().to_bytes();
                    slowest = slowest.max(begun.elapsed());
                    assert!(parts.status.is_success(), "{parts:?}");
                    // The same answer is judged once: it is the sandbox's time that is to be measured.
                    if !judged.contains(&body) {
                        let content_type = parts.headers.get("content-type").map(|it| it.to_str().unwrap());
                        let objections = operation.judge_answer(parts.status.as_u16(), content_type, &body);
                        assert!(objections.is_empty(), "{parts:?} {objections:?}");
                        judged.insert(body);
                    }
                }
                slowest
            })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for task in tasks {
        slowest = slowest.max(task.await.unwrap());
    }
    let (elapsed, answered) = (begun.elapsed(), sandbox.counts().iter().map(|it| it.count).sum::<u64>());
    assert_eq!((answered, sandbox.violations().len()), (u64::from(REQUESTS), 0));
    let rate = f64::from(REQUESTS) / elapsed.as_secs_f64();
    println!(
        "{answered} requests over {CONNECTIONS} connections in {elapsed:?}: {rate:.0} a second, the slowest {slowest:?}"
    );
    assert!(rate >= LEAST_RATE && first_start <= LONGEST_START, "slower than was promised");
}

const PER_CONNECTION: usize = (REQUESTS / CONNECTIONS) as usize;

fn request(sandbox: &Sandbox, operation: &Operation) -> Request<Full<Bytes>> {
    let example = sandbox.example(operation);
    let query: Vec<String> = example.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let url = format!("{}{}?{}", sandbox.base_url(operation.vendor()), example.path, query.join("&"));
    let credential = sandbox.credentials(operation.vendor()).next().unwrap();
    let request =
        Request::builder().method(operation.method()).uri(url).header(credential.header, credential.value);
    match example.body {
        Some((media_type, value)) => {
            request.header("content-type", media_type).body(Full::from(value.to_string())).unwrap()
        }
        None => request.body(Full::default()).unwrap(),
    }
}
