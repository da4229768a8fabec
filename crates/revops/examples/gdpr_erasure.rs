//! A person asks for their data to be deleted: what would be done, what was done, and what is left for people to
//! do, as a report to be kept.
//!
//! `cargo run --example gdpr_erasure` erases somebody of a sandbox; `-- --real someone@example.com` erases
//! that person at the vendors, after asking.

use futures::TryStreamExt;
use revops::gainsight::Filter;
use revops::people;

mod support;
use support::{Outcome, Vendors};

#[tokio::main]
async fn main() -> Outcome {
    let vendors = Vendors::connect(50).await?;
    let email = match std::env::args().nth(2) {
        Some(email) => email,
        None if vendors.sandbox.is_some() => somebody(&vendors).await?,
        None => return Err("name the e-mail address to be erased after `--real`".into()),
    };
    let erase = || {
        people::erase(&email)
            .in_usergems(&vendors.usergems)
            .in_gainsight(&vendors.gainsight)
            .in_userpilot(&vendors.userpilot)
            .in_gong(&vendors.gong)
    };

    print!("{}", erase().dry_run().run().await?);
    if vendors.sandbox.is_none() && !confirmed(&email)? {
        return Ok(());
    }
    let mut report = erase().run().await?;
    for _ in 0..3 {
        if !report.failures().any(|(_, failed)| failed.retryable) {
            break;
        }
        // What was done is left alone, what failed is tried again.
        report = erase().resume(report).run().await?;
    }
    print!("\n{report}");
    println!("\nto be kept:\n{}", serde_json::to_string_pretty(&report)?);
    if report.is_complete() {
        return Ok(());
    }
    for (entry, failed) in report.failures() {
        eprintln!("{} is open: {failed}", entry.system);
    }
    Err("not everything was erased: mend what the lines above say, and run it again".into())
}

async fn somebody(vendors: &Vendors) -> Outcome<String> {
    let people = vendors.gainsight.people().search(Filter::all()).select(["Email"]);
    let first = people.stream().try_next().await?;
    first.and_then(|person| person.email).ok_or_else(|| "the sandbox is empty".into())
}

fn confirmed(email: &str) -> Outcome<bool> {
    println!("erase {email}? type `erase` to go on");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "erase")
}
