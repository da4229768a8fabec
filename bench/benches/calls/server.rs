//! The server that all contenders speak to: it answers at once, with the same bytes for everybody.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::drive::{BATCH, Fallible, PAGE};

/// Prints its base URL, and answers until it is killed.
pub(crate) fn serve() -> Fallible<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("http://{}", listener.local_addr()?);
        let answers: &'static Answers = Box::leak(Box::new(Answers::new()));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = service_fn(move |request| answers.answer(request));
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    })
}

struct Answers {
    user: Bytes,
    page: Bytes,
    upserted: Bytes,
    job: Bytes,
    users: String,
}

impl Answers {
    fn new() -> Self {
        let users = serde_json::to_string(&(0..PAGE).map(newer).collect::<Vec<_>>()).unwrap_or_default();
        let job = json!({
            "job_id": "job-1", "status": "queued", "total_rows": 1, "processed_rows": 0,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        });
        let upserted = json!({
            "result": true, "requestId": "r-1", "errorCode": null, "errorDesc": null,
            "data": { "count": BATCH, "insertedCount": 0, "updatedCount": BATCH, "failures": null },
        });
        Self {
            user: json!({ "requestId": "r-1", "user": user(7) }).to_string().into(),
            page: page(&users, None).into(),
            upserted: upserted.to_string().into(),
            job: job.to_string().into(),
            users,
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, mut body) = request.into_parts();
        while let Some(Ok(_)) = body.frame().await {}
        let path = head.uri.path();
        let answer = if path.ends_with("/users/7") {
            self.user.clone()
        } else if let Some(records) = path.strip_prefix("/list/").and_then(|rest| rest.strip_suffix("/users"))
        {
            self.listed(records.parse().unwrap_or(0), head.uri.query().unwrap_or_default())
        } else if path.ends_with("/users") {
            self.page.clone()
        } else if path.ends_with("/Person") {
            self.upserted.clone()
        } else {
            self.job.clone()
        };
        let mut response = Response::new(Full::new(answer));
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        Ok(response)
    }

    /// One of so many pages that all have `records` together; the cursor is the number of the page.
    fn listed(&self, records: usize, query: &str) -> Bytes {
        let at: usize =
            query.split('&').find_map(|pair| pair.strip_prefix("cursor=")?.parse().ok()).unwrap_or(0);
        let next = at + 1;
        page(&self.users, (next * PAGE < records).then_some(next)).into()
    }
}

fn page(users: &str, next: Option<usize>) -> String {
    let cursor = next.map_or(String::new(), |next| format!(r#","cursor":"{next}""#));
    format!(
        r#"{{"requestId":"r-1","records":{{"totalRecords":1000000,"currentPageSize":{PAGE},"currentPageNumber":0{cursor}}},"users":{users}}}"#
    )
}

/// As full as the document's example.
fn user(number: usize) -> Value {
    json!({
        "id": number.to_string(),
        "emailAddress": format!("person.{number}@example.com"),
        "created": "2024-02-03T04:05:06.789Z",
        "active": !number.is_multiple_of(9),
        "emailAliases": [format!("p{number}@example.com")],
        "trustedEmailAddress": null,
        "firstName": "Jane",
        "lastName": "Doe",
        "title": "Head of Revenue Operations",
        "phoneNumber": "+1 555 0100",
        "extension": null,
        "personalMeetingUrls": ["https://meet.example.com/jane.doe"],
        "settings": {
            "webConferencesRecorded": true, "preventWebConferenceRecording": false,
            "telephonyCallsImported": true, "emailsImported": true, "preventEmailImport": false,
            "nonRecordedMeetingsImported": false, "gongConnectEnabled": true,
        },
        "managerId": "563515258458745",
        "meetingConsentPageUrl": "https://join.example.com/jane.doe",
        "spokenLanguages": [{ "language": "en", "primary": true }],
    })
}

/// A user of a version that no document knows yet: with two members more.
fn newer(number: usize) -> Value {
    let mut user = user(number);
    user["workspaceId"] = json!("623457276584334");
    user["lastSeen"] = json!({ "at": "2026-01-01T00:00:00Z", "from": "web" });
    user
}
