//! Every night: who is active at our customers, by Gainsight, goes to UserGems to be tracked and to Userpilot
//! as a user. It can be interrupted at any time, and goes on the next time where it stood.
//!
//! `cargo run --example nightly_sync` runs it against a sandbox and interrupts itself once; `-- --real` runs it
//! against the vendors, with the credentials of the environment.

use std::path::Path;

use futures::TryStreamExt;
use revops::Checkpoint;
use revops::gainsight::{Person, field};
use revops::people::{self, Tracking};
use revops::usergems::Contact;

mod support;
use support::{Outcome, Vendors};

#[tokio::main]
async fn main() -> Outcome {
    let vendors = Vendors::connect(250).await?;
    let place = std::env::temp_dir().join("nightly_sync.checkpoint.json");
    let _ = std::fs::remove_file(&place);
    if vendors.sandbox.is_some() {
        println!("… and the power fails after 60 people");
        sync(&vendors, &place, Some(60)).await?;
    }
    sync(&vendors, &place, None).await
}

/// Goes on from the place in the file, if there is one, and keeps it up to date.
async fn sync(vendors: &Vendors, place: &Path, interrupt_after: Option<usize>) -> Outcome {
    let active = field("IsActive").eq(true);
    let mut search =
        vendors.gainsight.people().search(active).select(["Email", "FirstName", "LastName", "Title"]);
    if let Ok(saved) = std::fs::read(place) {
        let checkpoint: Checkpoint = serde_json::from_slice(&saved)?;
        println!("going on after {} people", checkpoint.records());
        search = search.resume(checkpoint);
    }
    let mut sync = people::track_all(search.page_size(100).stream())
        .into_usergems(&vendors.usergems, |person: &Person| {
            Some(Contact::new(person.email.as_deref()?).relationship("User"))
        })
        .into_userpilot(&vendors.userpilot, |person: &Person| {
            let user = revops::userpilot::User::new(person.gsid.as_deref()?);
            Some(user.property("email", person.email.as_deref()?).property("title", person.title.as_deref()?))
        })
        .concurrency(16);
    let (mut written, mut failed) = (0, 0);
    while let Some(person) = sync.try_next().await? {
        let count = if person.is_written() { &mut written } else { &mut failed };
        *count += 1;
        for (system, tracking) in &person.targets {
            if let Tracking::Failed(failed) = tracking {
                eprintln!("{system}: {failed}");
            }
        }
        // Often enough to lose little, seldom enough to cost nothing.
        if (written + failed) % 50 == 0 {
            std::fs::write(place, serde_json::to_vec(&sync.checkpoint())?)?;
        }
        if interrupt_after == Some(written + failed) {
            return Ok(());
        }
    }
    println!("{written} people synced, {failed} not");
    Ok(std::fs::remove_file(place)?)
}
