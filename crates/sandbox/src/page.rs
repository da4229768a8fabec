//! The status page at `/`, for a person who wants to know what their program did.

use std::time::Duration;

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::environment::variables;
use crate::log::Count;
use crate::server::Shared;
use crate::{Mood, PlannedFault, QuotaUse, RequestLine, Vendor, Violation};

/// How many of the last requests and violations are shown.
const SHOWN: usize = 50;

const STYLE: &str = "body{font:15px/1.4 sans-serif;margin:2em;max-width:80em}\
    table{border-collapse:collapse}td,th{padding:.15em .8em .15em 0;text-align:left;vertical-align:top}\
    th{border-bottom:1px solid}code{font-size:90%}.bad{color:#a00}";

/// The whole page, for whoever reaches the sandbox by this host. Every text in it is escaped where it is put in.
pub(crate) fn page(shared: &Shared, host: &str) -> String {
    let (jobs, queue) = shared.with(|world| {
        let (elapsed, now) = (world.clock.elapsed(), world.clock.now());
        (world.userpilot().jobs_told(elapsed, now), world.usergems.last_queued(SHOWN))
    });
    let (now, elapsed, moods, plans, quotas, summaries) = shared.with(|world| {
        let moods: Vec<Mood> = world.moods.iter().collect();
        let quotas = world.quotas.list(world.clock.elapsed(), world.moods.is(Mood::Quotas));
        let summaries = Vendor::ALL.map(|vendor| (vendor, world.summary(vendor)));
        (world.clock.now(), world.clock.elapsed(), moods, world.plans.list(), quotas, summaries)
    });
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "revops sandbox" } style { (STYLE) } }
            body {
                h1 { "revops sandbox" }
                p {
                    "It is " b { (now.format("%Y-%m-%d %H:%M:%S")) " UTC" } " here, "
                    (elapsed.as_secs()) " seconds after the start. Reload to see what changed."
                }
                (state(shared, host, &summaries))
                (violations(&shared.log.violations()))
                (requests(&shared.log.requests()))
                (jobs_of(&jobs))
                (queue_of(&queue))
                (counts(&shared.log.counts()))
                (moods_of(&moods))
                (faults(&plans))
                (quotas_of(&quotas))
                (controls())
                (environment_of(host))
            }
        }
    };
    page.into_string()
}

fn state(shared: &Shared, host: &str, summaries: &[(Vendor, Vec<(&'static str, usize)>)]) -> Markup {
    html! {
        h2 { "Vendors" }
        table {
            tr { th { "vendor" } th { "base URL" } th { "holds" } }
            @for (vendor, summary) in summaries {
                tr {
                    td { (vendor) }
                    td { code { "http://" (host) (shared.catalog.base(*vendor)) } }
                    td {
                        @for (index, (what, count)) in summary.iter().enumerate() {
                            @if index > 0 { ", " }
                            (what) ": " b { (count) }
                        }
                    }
                }
            }
        }
    }
}

/// What became of bulk updates and imports; a value of a row is never in its error.
fn jobs_of(jobs: &[Value]) -> Markup {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    html! {
        h2 { "Background jobs of Userpilot" }
        @if jobs.is_empty() { p { "None." } } @else {
            table {
                tr { th { "job" } th { "type" } th { "status" } th { "rows done" } th { "errors" } }
                @for job in jobs.iter().rev().take(SHOWN) {
                    tr {
                        td { code { (text(&job["job_id"])) } }
                        td { (text(&job["type"])) }
                        td { (text(&job["status"])) }
                        td { (text(&job["completed_rows"])) " of " (text(&job["total_rows"])) }
                        td class="bad" {
                            @if let Some(error) = job["error"].as_str() { (error) br; }
                            @for row in job["row_errors"].as_array().into_iter().flatten().take(SHOWN) {
                                "row " (text(&row["row"])) ": " (text(&row["message"])) br;
                            }
                        }
                    }
                }
            }
        }
    }
}

fn queue_of(queue: &[(&'static str, String)]) -> Markup {
    html! {
        h2 { "Queue of UserGems" }
        @if queue.is_empty() { p { "Empty." } } @else {
            table {
                tr { th { "task" } th { "about" } }
                @for (task, about) in queue { tr { td { (task) } td { (about) } } }
            }
        }
    }
}

fn environment_of(host: &str) -> Markup {
    html! {
        h2 { "Environment" }
        pre {
            @for (name, value) in variables(host) { "export " (name) "=" (value) "\n" }
        }
    }
}

fn moods_of(on: &[Mood]) -> Markup {
    html! {
        h2 { "Moods" }
        p {
            @for (index, mood) in Mood::ALL.into_iter().enumerate() {
                @if index > 0 { ", " }
                @if on.contains(&mood) { b { (mood) " is on" } } @else { (mood) }
            }
        }
    }
}

fn faults(plans: &[PlannedFault]) -> Markup {
    html! {
        h2 { "Planned faults" }
        @if plans.is_empty() { p { "None." } } @else {
            table {
                tr { th { "for" } th { "when" } th { "what" } th { "applied" } th { "calls" } th { "played" } }
                @for plan in plans {
                    tr {
                        td { (plan.target) } td { (plan.when) } td { code { (plan.act) } }
                        td { (if plan.applied { "before the fault" } else { "not at all" }) }
                        td { (plan.calls) } td { (plan.played) }
                    }
                }
            }
        }
    }
}

fn quotas_of(quotas: &[QuotaUse]) -> Markup {
    html! {
        h2 { "Quotas" }
        table {
            tr { th { "calls" } th { "enforced" } th { "spent" } th { "refused" } }
            @for used in quotas {
                tr {
                    td { (used.pool) }
                    td { (if used.enforced { "yes" } else { "no" }) }
                    td {
                        @for (window, spent) in &used.windows {
                            (spent) " of " (window.limit) " in " (period(window.per)) br;
                        }
                    }
                    td { (used.refused) }
                }
            }
        }
    }
}

fn period(time: Duration) -> String {
    match time.as_secs() {
        1 => "a second".to_owned(),
        60 => "a minute".to_owned(),
        3600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        seconds => format!("{seconds} s"),
    }
}

fn violations(violations: &[Violation]) -> Markup {
    html! {
        h2 { "Requests that break their document" }
        @if violations.is_empty() { p { "None." } } @else {
            p { "The last " (violations.len().min(SHOWN)) " of " (violations.len()) ", the newest first." }
            table {
                tr { th { "request" } th { "status" } th { "why" } }
                @for violation in violations.iter().rev().take(SHOWN) {
                    tr {
                        td { code { (violation.method) " " (violation.path) } }
                        td { (violation.status) }
                        td class="bad" { @for reason in &violation.reasons { (reason) br; } }
                    }
                }
            }
        }
    }
}

fn requests(lines: &[RequestLine]) -> Markup {
    html! {
        h2 { "Last requests" }
        @if lines.is_empty() { p { "None." } } @else {
            p { "The last " (lines.len().min(SHOWN)) " of " (lines.len()) ", the newest first." }
            table {
                tr {
                    th { "time" } th { "request" } th { "operation" } th { "status" } th { "ms" }
                    th { "bytes in" } th { "bytes out" } th { "headers" }
                }
                @for line in lines.iter().rev().take(SHOWN) { (request(line)) }
            }
        }
    }
}

fn request(line: &RequestLine) -> Markup {
    html! {
        tr {
            td { (line.at.format("%H:%M:%S%.3f")) }
            td {
                code {
                    (line.method) " " (line.path)
                    @for (index, name) in line.query.iter().enumerate() {
                        (if index == 0 { "?" } else { "&" }) (name) @if name != "…" { "=…" }
                    }
                }
            }
            td { (line.operation.unwrap_or_default()) }
            td {
                @if line.status > 0 { (line.status) } @else { "none" }
                @if line.fault { " by a planned fault" }
                @for remark in &line.remarks { br; (remark) }
            }
            td { (format!("{:.1}", line.duration.as_secs_f64() * 1000.0)) }
            td { (line.request_bytes) }
            td { (line.response_bytes) }
            td { details { summary { (line.headers.len()) }
                @for (name, value) in &line.headers { code { (name) ": " (value) } br; }
            } }
        }
    }
}

fn counts(counts: &[Count]) -> Markup {
    html! {
        h2 { "Answers since the start" }
        table {
            tr { th { "vendor" } th { "operation" } th { "status" } th { "count" } }
            @for count in counts {
                tr {
                    td { @if let Some(vendor) = count.vendor { (vendor) } }
                    td { (count.operation.unwrap_or_default()) }
                    td { (count.status) }
                    td { (count.count) }
                }
            }
        }
    }
}

fn controls() -> Markup {
    let controls = [
        (
            "GET /state.json",
            "time, moods, faults, quotas, counts; /requests.json and /violations.json the log",
        ),
        (
            "GET /userpilot.json",
            "what a vendor holds; so /usergems.json with its queue, /gainsight.json, /gong.json",
        ),
        ("POST /advance?seconds=3600", "moves its clock ahead: windows pass, jobs go on, cursors expire"),
        ("POST /moods/quotas?on=true", "turns a mood on, or off with on=false"),
        (
            "POST /faults?operation=upsertPeople&call=3&act=reset",
            "plans a fault: act is reset, close, hang or a status (with retry-after=7 or body=, if wanted); \
             times=2 or every=10 in place of call; applied=true to lose only the answer; vendor=gong with or \
             without an operation",
        ),
        ("DELETE /faults", "forgets all planned faults"),
        (
            "POST /quotas?pool=gong&limit=2&seconds=10",
            "other windows for a pool, enforced in any mood; without limit and seconds every call passes",
        ),
        ("POST /reset", "begins anew: people, moods and time of the start, nothing in the log"),
    ];
    html! {
        h2 { "Controls" }
        table { @for (request, text) in controls { tr { td { code { (request) } } td { (text) } } } }
    }
}
