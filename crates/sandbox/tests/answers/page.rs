//! The status page shows what happened, escaped, and the controls do what the page says.

use std::time::Duration;

use crate::support::{Answer, Call, operation};
use revops_sandbox::fault::Act;
use revops_sandbox::{Mood, Pool, Sandbox, Vendor, Window};

async fn ask(sandbox: &Sandbox, method: &str, target: &str) -> Answer {
    Call::new(method, format!("http://{}{target}", sandbox.address())).send().await
}

async fn page(sandbox: &Sandbox) -> String {
    let answer = ask(sandbox, "GET", "/").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")));
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[tokio::test]
async fn the_page_shows_what_happened_and_is_not_in_the_log_itself() {
    let sandbox = Sandbox::builder().mood(Mood::Nulls).start().await.unwrap();
    sandbox.before("upsertPeople").on_call(3, Act::reset_before_answer()).unwrap();
    sandbox.set_quota(Pool::Gong, [Window::new(41, Duration::from_secs(97))]);
    let right = Call::example(&sandbox, operation(&sandbox, "addContact"));
    right.clone().send().await;
    right.replace("content-type", "text/plain").header("traceparent", "a canary").send().await;
    let page = page(&sandbox).await;
    for expected in [
        sandbox.base_url(Vendor::Gainsight).as_str(),
        "nulls is on",
        "people: <b>250</b>, users: <b>240</b>, ",
        "requests queued so far: <b>1</b>, tracked contacts: <b>1</b>, tracked accounts: <b>0</b>",
        "background jobs: <b>1</b>, jobs under way: <b>0</b>",
        "<td>upsertPeople</td><td>call 3</td><td><code>reset</code></td>",
        "0 of 41 in 97 s",
        "POST /usergems/v1/contact",
        "`text/plain` is not declared, expected `application/json`",
        "export USERPILOT_API_KEY=test-userpilot-key",
        "<td>addContact</td><td>415</td><td>1</td>",
        "traceparent: …",
    ] {
        assert!(page.contains(expected), "{expected} is not in {page}");
    }
    assert!(!page.contains("a canary"));
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn what_was_sent_is_escaped() {
    let sandbox = Sandbox::start().await.unwrap();
    let raw = "GET /gong/<script>alert(1)</script>?<b>=1 HTTP/1.1\r\nhost: <i>\r\nuser-agent: <u>&\"\r\nconnection: close\r\n\r\n";
    let mut stream = tokio::net::TcpStream::connect(sandbox.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, raw.as_bytes()).await.unwrap();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut Vec::new()).await.unwrap();
    let url = format!("{}/users/filter?filter=x&%3Cscript%3E=1", sandbox.base_url(Vendor::Gong));
    Call::new("POST", url).credential(&sandbox, Vendor::Gong).header("user-agent", "<u>").send().await;
    let page = page(&sandbox).await;
    for raw in ["<script", "<b>=", "<i>", "<u>"] {
        assert!(!page.contains(raw), "{raw} is in {page}");
    }
    assert!(page.contains("user-agent: &lt;u&gt;"), "{page}");
}

#[tokio::test]
async fn the_controls_do_what_the_page_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let said = |answer: Answer| (answer.status, String::from_utf8(answer.body.to_vec()).unwrap());
    sandbox.set_quota(Pool::UserGems, [Window::new(1, Duration::from_secs(3600))]);
    let call = || Call::example(&sandbox, operation(&sandbox, "addContact")).send();
    assert_eq!((call().await.status, call().await.status), (200, 429));
    let (status, line) = said(ask(&sandbox, "POST", "/advance?seconds=3600").await);
    assert!(status == 200 && line.starts_with("it is 2"), "{line}");
    assert_eq!(call().await.status, 200);

    assert_eq!(said(ask(&sandbox, "POST", "/moods/nulls?on=true").await), (200, "nulls is on\n".to_owned()));
    assert_eq!(sandbox.moods(), [Mood::Nulls]);
    assert_eq!(said(ask(&sandbox, "POST", "/moods/nulls?on=false").await).0, 200);
    assert_eq!(sandbox.moods(), []);

    let fault = "/faults?operation=POST+%2Fv1%2Ftrack&act=503&retry-after=7&every=1";
    assert_eq!(said(ask(&sandbox, "POST", fault).await).0, 200);
    let answer = Call::example(&sandbox, operation(&sandbox, "POST /v1/track")).send().await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
    let fault = "/faults?vendor=gong&operation=listUsers&act=reset&call=2&applied=true";
    assert_eq!(said(ask(&sandbox, "POST", fault).await), (200, "Gong listUsers: call 2\n".to_owned()));
    assert!(sandbox.planned_faults()[1].applied);
    assert_eq!(said(ask(&sandbox, "DELETE", "/faults").await).0, 200);
    assert_eq!(sandbox.planned_faults(), []);
}

#[tokio::test]
async fn a_control_that_is_not_understood_says_what_is_wrong() {
    let sandbox = Sandbox::start().await.unwrap();
    for (target, text) in [
        ("/advance", "seconds: a number"),
        ("/advance?seconds=-1", "seconds: "),
        ("/moods/gloomy", "`gloomy` is no mood; there are quotas"),
        ("/moods/nulls?on=1", "on: true or false"),
        ("/faults?operation=nothing&act=reset", "operation: no document has `nothing`"),
        ("/faults?vendor=acme&act=reset", "vendor: there is no `acme`"),
        ("/faults?act=99", "act: reset, close, hang or a status"),
        ("/faults?act=reset&call=1&every=2", "one of call, times and every"),
        ("/faults?act=reset&call=0", "call: 1 or more"),
        ("/faults?act=reset&every=0", "every: 1 or more"),
        ("/faults?act=reset&times=0", "times: 1 or more"),
        ("/faults?act=503&retry-after=a%0d%0aX-Evil:1", "retry-after: seconds, or a date"),
        ("/advance?seconds=1e19", "seconds: a hundred years at most"),
        ("/quotas?pool=acme", "pool: one of gong, gainsight-objects, "),
        ("/quotas?pool=gong&limit=1", "seconds: a number"),
        ("/faults?act=reset&call=x", "call: a number"),
        ("/faults?act=reset&applied=1", "applied: true or false"),
    ] {
        let answer = ask(&sandbox, "POST", target).await;
        let body = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(answer.status == 400 && body.starts_with(text), "{target}: {} {body}", answer.status);
    }
    for (target, allowed) in [
        ("/advance?seconds=1", "POST"),
        ("/faults", "POST, DELETE"),
        ("/moods/nulls", "POST"),
        ("/reset", "POST"),
    ] {
        let answer = ask(&sandbox, "GET", target).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{target}");
    }
    assert_eq!(ask(&sandbox, "POST", "/").await.header("allow"), Some("GET, HEAD"));
    assert_eq!(ask(&sandbox, "HEAD", "/").await.status, 200);
    assert_eq!(ask(&sandbox, "GET", "/favicon.ico").await.status, 204);
    assert_eq!((sandbox.requests(), sandbox.violations()), (vec![], vec![]));
    assert_eq!(sandbox.planned_faults(), []);
}

#[tokio::test]
async fn a_web_page_of_another_site_controls_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("http://{}/moods/nulls", sandbox.address());
    let answer = Call::new("POST", url).header("origin", "https://elsewhere.example.com").send().await;
    assert_eq!((answer.status, sandbox.moods()), (403, Vec::new()));
}
