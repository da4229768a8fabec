//! Scripts by order, by path, by request and by chance.

use std::io;

use revops_sandbox::fault::{Act, EventKind, FaultServer, Mayhem, Reply, Script, Turns};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Raw, start};

async fn status(server: &FaultServer, target: &str, header: &str) -> io::Result<u16> {
    let mut raw = Raw::connect(server).await;
    let request = format!("GET {target} HTTP/1.1\r\nconnection: close\r\n{header}\r\n");
    raw.0.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    raw.0.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer[9..12]).parse().unwrap())
}

#[tokio::test]
async fn each_request_has_its_turn_and_one_too_many_is_told() {
    let script = Script::new().on_request(Reply::status(401)).times(2, Reply::status(503));
    let (server, _raw) = start(script).await;
    for expected in [401, 503, 503, 501] {
        assert_eq!(status(&server, "/", "").await.unwrap(), expected);
    }
    assert!(server.events().iter().any(|event| event.kind == EventKind::Unscripted(3)));
}

#[tokio::test]
async fn paths_have_turns_of_their_own() {
    let script = Script::outage().at(
        "/token",
        Turns::new().on_request(Reply::status(500)).on_request(Reply::status(200)).then_cycle(),
    );
    let (server, _raw) = start(script).await;
    for (target, expected) in
        [("/token?a", 500), ("/", 503), ("/token", 200), ("/token/", 503), ("/token", 500)]
    {
        assert_eq!(status(&server, target, "").await.unwrap(), expected, "{target}");
    }
}

#[tokio::test]
async fn a_request_can_decide_on_its_answer() {
    let script = Script::always(Act::choose(|received| match received.header("authorization") {
        Some("Bearer new") => Reply::json(200, received.target.clone()).into(),
        Some(_) => Reply::status(401).into(),
        None => Act::close_before_answer(),
    }));
    let (server, _raw) = start(script).await;
    assert_eq!(status(&server, "/", "authorization: Bearer old\r\n").await.unwrap(), 401);
    assert_eq!(status(&server, "/", "authorization: Bearer new\r\n").await.unwrap(), 200);
}

#[tokio::test]
async fn a_choice_that_never_ends_is_silence() {
    fn again() -> Act {
        Act::choose(|_| again())
    }
    let (server, mut raw) = start(Script::always(again())).await;
    raw.send(crate::client::GET).await;
    server.until(|events| events.iter().any(|event| event.kind == EventKind::Hanging)).await;
}

#[tokio::test]
async fn another_script_can_follow() {
    let (server, _raw) = start(Script::outage()).await;
    assert_eq!(status(&server, "/", "").await.unwrap(), 503);
    server.play(Script::always(Reply::status(200)));
    assert_eq!(status(&server, "/", "").await.unwrap(), 200);
    assert_eq!(server.request_count(), 2);
}

#[tokio::test]
async fn mayhem_is_the_same_for_the_same_seed() {
    let run = async |seed| {
        let mayhem = Mayhem::seeded(seed)
            .reset(0.1)
            .status(503, 0.2)
            .cut(0.1)
            .act(0.1, Act::close_before_answer())
            .otherwise(Reply::json(200, vec![b'x'; 1000]));
        let server = FaultServer::start(Script::always(mayhem)).await.unwrap();
        let mut outcomes = Vec::new();
        for _ in 0..200 {
            let mut raw = Raw::connect(&server).await;
            raw.send(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n").await;
            let (bytes, end) = raw.rest().await;
            outcomes.push((bytes.len(), end.map_err(|error| error.kind())));
        }
        outcomes
    };
    let outcomes = run(7).await;
    let count = |wanted: fn(&(usize, Result<(), io::ErrorKind>)) -> bool| {
        outcomes.iter().filter(|outcome| wanted(outcome)).count()
    };
    let resets = count(|(length, end)| *length == 0 && end.is_err());
    let closes = count(|(length, end)| *length == 0 && end.is_ok());
    let cuts = count(|(length, end)| *length > 0 && end.is_err());
    let outages = count(|(length, end)| (1..1000).contains(length) && end.is_ok());
    for (share, number) in [(20, resets), (20, closes), (20, cuts), (40, outages)] {
        assert!((share / 2..share * 2).contains(&number), "{resets} {closes} {cuts} {outages}");
    }
    assert_eq!(outcomes, run(7).await);
    assert_ne!(outcomes, run(8).await);
}
