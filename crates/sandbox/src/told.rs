//! What the status page shows, as JSON for programs.

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::server::Shared;
use crate::{Count, Mood, RequestLine, Vendor, Violation};

/// The resource of this path; nothing if there is none.
pub(crate) fn told(shared: &Shared, path: &str) -> Option<Value> {
    Some(match path {
        "/state.json" => state(shared),
        "/requests.json" => shared.log.requests().iter().map(request).collect(),
        "/violations.json" => shared.log.violations().iter().map(violation).collect(),
        _ => {
            let slug = path.strip_prefix('/')?.strip_suffix(".json")?;
            let vendor = Vendor::ALL.into_iter().find(|vendor| vendor.slug() == slug)?;
            shared.with(|world| world.holdings(vendor))
        }
    })
}

/// Everything but requests, violations and the vendors' records.
fn state(shared: &Shared) -> Value {
    let counts: Vec<Value> = shared.log.counts().iter().map(count).collect();
    shared.with(|world| {
        let elapsed = world.clock.elapsed();
        let quotas = world.quotas.list(elapsed, world.moods.is(Mood::Quotas));
        let quotas = quotas.iter().map(|used| {
            let windows = used.windows.iter().map(|(window, spent)| {
                json!({"limit": window.limit, "seconds": window.per.as_secs_f64(), "spent": spent})
            });
            json!({
                "pool": used.pool.to_string(),
                "enforced": used.enforced,
                "windows": windows.collect::<Vec<_>>(),
                "refused": used.refused,
            })
        });
        let quotas: Vec<Value> = quotas.collect();
        let faults = world.plans.list().into_iter().map(|plan| {
            json!({
                "target": plan.target.to_string(),
                "when": plan.when,
                "act": plan.act,
                "applied": plan.applied,
                "calls": plan.calls,
                "played": plan.played,
            })
        });
        let faults: Vec<Value> = faults.collect();
        let moods: Vec<&str> = world.moods.iter().map(Mood::name).collect();
        let now = world.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut vendors = Map::new();
        for vendor in Vendor::ALL {
            let held = world.summary(vendor).into_iter();
            let held = held.map(|(what, count)| (what.to_owned(), Value::from(count))).collect();
            vendors.insert(vendor.slug().to_owned(), Value::Object(held));
        }
        json!({
            "now": now,
            "elapsedSeconds": elapsed.as_secs_f64(),
            "moods": moods,
            "faults": faults,
            "quotas": quotas,
            "counts": counts,
            "vendors": vendors,
        })
    })
}

fn count(count: &Count) -> Value {
    json!({
        "vendor": count.vendor.map(Vendor::slug),
        "operation": count.operation,
        "status": count.status,
        "count": count.count,
    })
}

fn request(line: &RequestLine) -> Value {
    let headers: Vec<Value> = line.headers.iter().map(|(name, value)| json!([name, value])).collect();
    json!({
        "at": line.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "vendor": line.vendor.map(Vendor::slug),
        "operation": line.operation,
        "method": line.method,
        "path": line.path,
        "query": line.query,
        "headers": headers,
        "requestBytes": line.request_bytes,
        "status": line.status,
        "responseBytes": line.response_bytes,
        "milliseconds": line.duration.as_secs_f64() * 1000.0,
        "fault": line.fault,
        "remarks": line.remarks,
    })
}

fn violation(violation: &Violation) -> Value {
    let reasons = violation.reasons.iter().map(
        |reason| json!({"place": reason.place.to_string(), "pointer": reason.pointer, "text": reason.text}),
    );
    json!({
        "vendor": violation.vendor.map(Vendor::slug),
        "operation": violation.operation,
        "method": violation.method,
        "path": violation.path,
        "status": violation.status,
        "reasons": reasons.collect::<Vec<_>>(),
    })
}
